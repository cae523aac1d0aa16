import type { ServerResponse } from 'node:http';
import type { Answers } from './answers.ts';
import type { Fault } from './faults.ts';
import type { OrderBook } from './orders.ts';

export type PerformContext = {
  readonly orders: OrderBook;
  readonly answers: Answers;
  readonly pay: (orderNo: string) => void;
};

/**
 * Handles one accepted cancel as its fault says (see `faultMeanings`). Returns the cancel's
 * result, undefined where the cancel was not executed.
 */
export function perform(
  context: PerformContext,
  { orderNo, fault }: { readonly orderNo: string; readonly fault: Fault },
  response: ServerResponse,
): boolean | undefined {
  const result = execute(context, orderNo, fault);
  answer(context.answers, { response, fault, result });
  return result;
}

const notExecuted = new Set<Fault['name']>([
  'silent-before',
  'reset-before',
  'http-500',
  'html',
  'code',
]);

function execute(
  { orders, pay }: PerformContext,
  orderNo: string,
  { name }: Fault,
): boolean | undefined {
  if (notExecuted.has(name)) return undefined;
  if (name === 'duplicate-delivery') orders.cancel(orderNo);
  if (name === 'paid-during') pay(orderNo);
  return orders.cancel(orderNo);
}

type Answering = {
  readonly response: ServerResponse;
  readonly fault: Fault;
  readonly result: boolean | undefined;
};

function answer(answers: Answers, { response, fault, result }: Answering): void {
  switch (fault.name) {
    case 'silent-before':
    case 'silent-after':
      return;
    case 'reset-before':
    case 'reset-after':
      response.socket?.resetAndDestroy();
      return;
    case 'http-500':
      answers.json(response, 500, { message: 'Internal Server Error' });
      return;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>Maintenance</title><p>Back soon.</p>');
      return;
    case 'code':
      answers.envelope(response, {
        responseCode: fault.responseCode ?? '500',
        responseMsg: 'as planned',
        data: null,
      });
      return;
    case 'wrong-type':
      answers.cancelResult(response, String(result));
      return;
    case 'truncated':
    case 'slow-bytes':
      answers.cancelResult(response, result, fault.name);
      return;
    case 'ok':
    case 'duplicate-delivery':
    case 'paid-during':
      answers.cancelResult(response, result);
      return;
  }
}
