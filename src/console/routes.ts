/** Every address of the console, below its way in. */

import { inbox } from './pages/inbox.ts';
import { discardNotice, retryNotice } from './pages/notice-acts.ts';
import { notice } from './pages/notice.ts';
import { queue } from './pages/queue.ts';
import { recovery } from './pages/recovery.ts';
import type { Answer, Desk, Page, Visit } from './types.ts';

/** What stood in the path, by its names in the pattern; decoded. */
export type Params = Readonly<Record<string, string>>;

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

export type ActingDesk = Desk & { readonly actor: NonNullable<Desk['actor']> };

export type Route = GetRoute | PostRoute;

export const routes: readonly Route[] = [
  { method: 'GET', path: '/', handle: queue },
  { method: 'GET', path: '/inbox', handle: inbox },
  { method: 'GET', path: '/inbox/:id', handle: notice },
  { method: 'POST', path: '/inbox/:id/retry', handle: retryNotice },
  { method: 'POST', path: '/inbox/:id/discard', handle: discardNotice },
  { method: 'GET', path: '/recovery', handle: recovery },
];
