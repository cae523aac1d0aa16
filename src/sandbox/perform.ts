import type { ServerResponse } from 'node:http';
import type { Answers } from './answers.ts';
import type { Fault } from './faults.ts';
import type { OrderBook } from './orders.ts';

/**
 * Handles one accepted cancel as its fault says (see `faultMeanings`). Returns the cancel's
 * result, undefined where the cancel was not executed.
 */
export function perform(
  { orders, answers }: { readonly orders: OrderBook; readonly answers: Answers },
  { orderNo, fault }: { readonly orderNo: string; readonly fault: Fault },
  response: ServerResponse,
): boolean | undefined {
  const result = execute(orders, orderNo, fault.name);
  switch (fault.name) {
    case 'silent-before':
    case 'silent-after':
      break;
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
    case 'wrong-type':
      answers.cancelResult(response, String(result));
      break;
    case 'odd-words':
      answers.cancelResult(response, result, { words: oddWords });
      break;
    case 'truncated':
    case 'slow-bytes':
      answers.cancelResult(response, result, { manner: fault.name });
      break;
    case 'ok':
    case 'duplicate-delivery':
    case 'paid-during':
      answers.cancelResult(response, result);
      break;
  }
  return result;
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
