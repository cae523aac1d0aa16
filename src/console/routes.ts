/** Every address of the console, below its way in. */

import { inbox } from './pages/inbox.ts';
import { discardNotice, retryNotice } from './pages/notice-acts.ts';
import { notice } from './pages/notice.ts';
import { queue } from './pages/queue.ts';
import { recovery } from './pages/recovery.ts';
import { act, actionPage } from './pages/action.ts';
import { jobPage, stopJob } from './pages/bulk-job.ts';
import { bulkPage, startBulk } from './pages/bulk.ts';
import { orderPage } from './pages/order.ts';
import { receiptPage } from './pages/receipt.ts';
import type { ActingDesk, Answer, Desk, Page, Params, Visit } from './types.ts';

export type GetRoute = {
  readonly method: 'GET';
  /** A pattern of Hono's, such as `/orders/:orderNo`. */
  readonly path: string;
  readonly handle: (desk: Desk, visit: Visit, params: Params) => Promise<Page>;
};

/** It exists only where somebody may act. */
export type PostRoute = {
  readonly method: 'POST';
  readonly path: string;
  readonly handle: (
    desk: ActingDesk,
    visit: Visit,
    params: Params,
    form: URLSearchParams,
  ) => Promise<Answer>;
};

export type Route = GetRoute | PostRoute;

export const routes: readonly Route[] = [
  { method: 'GET', path: '/', handle: queue },
  { method: 'GET', path: '/inbox', handle: inbox },
  { method: 'GET', path: '/inbox/:id', handle: notice },
  { method: 'POST', path: '/inbox/:id/retry', handle: retryNotice },
  { method: 'POST', path: '/inbox/:id/discard', handle: discardNotice },
  { method: 'GET', path: '/recovery', handle: recovery },
  { method: 'GET', path: '/orders/:orderNo', handle: orderPage },
  { method: 'GET', path: '/orders/:orderNo/act/:action', handle: actionPage },
  { method: 'POST', path: '/orders/:orderNo/act/:action', handle: act },
  { method: 'GET', path: '/receipts/:id', handle: receiptPage },
  { method: 'GET', path: '/bulk/:action', handle: bulkPage },
  { method: 'POST', path: '/bulk/:action', handle: startBulk },
  { method: 'GET', path: '/bulk-jobs/:id', handle: jobPage },
  { method: 'POST', path: '/bulk-jobs/:id/stop', handle: stopJob },
];
