import type { ServerResponse } from 'node:http';
import type { BillParams } from '../gateway/bill-wire.ts';
import type { Answers } from './answers.ts';
import type { BillFaultName, Fault, FaultName, QueryFaultName } from './faults.ts';
import type { OrderBook } from './orders.ts';

type Context = { readonly orders: OrderBook; readonly answers: Answers };

/**
 * Handles one accepted cancel as its fault says (see `faultMeanings`). Returns the cancel's
 * result, undefined where the cancel was not executed.
 */
export function performCancel(
  { orders, answers }: Context,
  { orderNo, fault }: { readonly orderNo: string; readonly fault: Fault },
  response: ServerResponse,
): boolean | undefined {
  const result = execute(orders, orderNo, fault.name);
  const data = { cancel_result: fault.name === 'wrong-type' ? String(result) : result };
  respond(answers, fault, data, response);
  return result;
}

/** Answers one accepted question about an order as its fault says (see `queryFaultMeanings`). */
export function performQuery(
  { orders, answers }: Context,
  { orderNo, fault }: { readonly orderNo: string; readonly fault: Fault<QueryFaultName> },
  response: ServerResponse,
): void {
  const report = orders.report(orderNo);
  const data = report === null ? null : (reshaped[fault.name]?.(report) ?? report);
  respond(answers, fault, fault.name === 'no-data' ? null : data, response);
}

type Reshape = (report: object) => unknown;

/** What a fault makes of an answer's data; the others leave it as it is. */
const reshaped: Readonly<Partial<Record<QueryFaultName | 'code', Reshape>>> = {
  'odd-status': (report) => ({ ...report, status: 'CLOSED' }),
  'null-status': (report) => ({ ...report, status: null }),
  'other-order': (report) => ({ ...report, etc_order_no: 'ANOTHER-ORDER', status: 'succeeded' }),
  array: (report) => [report],
};

/** Answers one accepted question for a bill as its fault says (see `billFaultMeanings`). */
export function performBill(
  { orders, answers }: Context,
  { params, fault }: { readonly params: BillParams; readonly fault: Fault<BillFaultName> },
  response: ServerResponse,
): void {
  const rows = orders.bill(params);
  const first = fault.name === 'bad-row' ? [{ etc_order_no: 'O1', amount: 'a lot' }] : [];
  respond(answers, fault, fault.name === 'no-data' ? null : [...first, ...rows], response);
}

/** Sends the answer, or does to it what the fault says. */
function respond(
  answers: Answers,
  fault: Fault<FaultName | QueryFaultName | BillFaultName>,
  data: unknown,
  response: ServerResponse,
): void {
  switch (fault.name) {
    case 'silent':
    case 'silent-before':
    case 'silent-after':
      break;
    case 'reset':
    case 'reset-before':
    case 'reset-after':
      response.socket?.resetAndDestroy();
      break;
    case 'http-500':
      answers.json(response, 500, { message: 'Internal Server Error' });
      break;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>Maintenance</title><p>Back soon.</p>');
      break;
    case 'code':
      answers.rejected(response, fault.responseCode ?? '500', 'as planned');
      break;
    case 'odd-words':
      answers.success(response, data, { words: oddWords });
      break;
    case 'truncated':
    case 'slow-bytes':
      answers.success(response, data, { manner: fault.name });
      break;
    case 'ok':
    case 'wrong-type':
    case 'duplicate-delivery':
    case 'paid-during':
    case 'odd-status':
    case 'null-status':
    case 'other-order':
    case 'no-data':
    case 'array':
    case 'bad-row':
      answers.success(response, data);
      break;
  }
}

/** No event can hold them as they are. */
const oddWords = { requestId: 20_261_129, responseMsg: '成功 '.repeat(1_000) };

const notExecuted = new Set<Fault['name']>([
  'silent-before',
  'reset-before',
  'http-500',
  'html',
  'code',
]);

function execute(orders: OrderBook, orderNo: string, fault: Fault['name']): boolean | undefined {
  if (notExecuted.has(fault)) return undefined;
  if (fault === 'duplicate-delivery') orders.cancel(orderNo);
  if (fault === 'paid-during') orders.set(orderNo, { status: 'paid' });
  return orders.cancel(orderNo);
}
