import type { IncomingMessage, ServerResponse } from 'node:http';
import { PaymentOrderError, invalidInput } from '../errors.ts';
import type { Answers } from './answers.ts';
import type { OrderBook } from './orders.ts';

const orderPath = /^\/sandbox\/orders\/([A-Za-z0-9_-]{1,32})$/;

/** GET and POST /sandbox/orders/:no, for people with curl. */
export function handleAdmin(
  { orders, answers }: { readonly orders: OrderBook; readonly answers: Answers },
  { request, body }: { readonly request: IncomingMessage; readonly body: Buffer },
  response: ServerResponse,
): void {
  const orderNo = orderPath.exec(request.url ?? '')?.[1];
  // A browser names the page it acts for; no web page may steer the sandbox.
  if (request.headers.origin !== undefined) {
    answers.json(response, 403, { error: 'not for browsers' });
  } else if (orderNo === undefined) {
    answers.json(response, 404, { error: 'no such page; there is /sandbox/orders/:orderNo' });
  } else if (request.method === 'GET') {
    const order = orders.order(orderNo);
    answers.json(response, order === undefined ? 404 : 200, order ?? { error: 'no such order' });
  } else if (request.method === 'POST') {
    try {
      orders.set(orderNo, readChange(body));
      answers.json(response, 200, orders.order(orderNo));
    } catch (error) {
      if (!(error instanceof PaymentOrderError)) throw error;
      answers.json(response, 400, { error: error.message });
    }
  } else answers.json(response, 405, { error: 'GET or POST' });
}

function readChange(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw invalidInput('body', 'is not JSON');
  }
}
