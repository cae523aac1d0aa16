import type { ServerResponse } from 'node:http';
import type { Answers } from './answers.ts';
import type { Fault } from './faults.ts';
import type { OrderBook } from './orders.ts';

export type PerformContext = {
  readonly orders: OrderBook;
  readonly answers: Answers;
  readonly pay: (orderNo: string) => void;
};

/** Handles one accepted cancel as its fault wants it. What each does: `faultMeanings`. */
export function perform(
  { orders, answers, pay }: PerformContext,
  { orderNo, fault }: { readonly orderNo: string; readonly fault: Fault },
  response: ServerResponse,
): void {
  const reset = (): void => {
    response.socket?.resetAndDestroy();
  };
  switch (fault.name) {
    case 'ok':
      answers.cancelResult(response, orders.cancel(orderNo));
      return;
    case 'silent-before':
      return;
    case 'silent-after':
      orders.cancel(orderNo);
      return;
    case 'reset-before':
      reset();
      return;
    case 'reset-after':
      orders.cancel(orderNo);
      reset();
      return;
    case 'truncated':
    case 'slow-bytes':
      answers.cancelResult(response, orders.cancel(orderNo), fault.name);
      return;
    case 'http-500':
      answers.json(response, 500, { message: 'Internal Server Error' });
      return;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>Maintenance</title><p>Back soon.</p>');
      return;
    case 'wrong-type':
      answers.cancelResult(response, String(orders.cancel(orderNo)));
      return;
    case 'duplicate-delivery':
      orders.cancel(orderNo);
      answers.cancelResult(response, orders.cancel(orderNo));
      return;
    case 'paid-during':
      pay(orderNo);
      answers.cancelResult(response, orders.cancel(orderNo));
      return;
    case 'code':
      answers.envelope(response, {
        responseCode: fault.responseCode ?? '500',
        responseMsg: 'as planned',
        data: null,
      });
      return;
  }
}
