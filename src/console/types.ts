/** What the console's pages are given, and what they give back. */

import type { Actor } from '../history/event.ts';
import type { PaymentOrders } from '../payment-orders.ts';
import type { Runtime } from '../runtime.ts';
import type { Words } from './words.ts';
import type { Language } from '../words/language.ts';
import type { Html } from './html.ts';
import type { Jobs } from './jobs.ts';
import type { Receipts } from './receipts.ts';

/** What all visits share: the orders, and who may act on them. */
export type Desk = {
  readonly orders: PaymentOrders;
  readonly runtime: Runtime;
  /** Who acts, by `--actor`; null where the console only reads. */
  readonly actor: Actor | null;
  /** The order index's file, beside which workers say how they stand; null where it has none. */
  readonly indexFile: string | null;
  /** The store, without a secret. */
  readonly store: string;
  /** Gets the errors that no visitor waits for. */
  readonly onError: (error: unknown) => void;
  /** What was recorded through this console: `new Receipts(onKept)`. */
  readonly receipts: Receipts;
  /** Closing the console closes them first, and awaits the action under way: `new Jobs()`. */
  readonly jobs: Jobs;
};

/** Where somebody may act. */
export type ActingDesk = Desk & { readonly actor: Actor };

/** What stood in the path, by its names in the pattern; decoded. */
export type Params = Readonly<Record<string, string>>;

/** One request of somebody who knows the way in. */
export type Visit = {
  readonly words: Words;
  readonly language: Language;
  readonly nowMs: number;
  /** What every link begins with: `/<way in>`, without a slash at its end. */
  readonly base: string;
  /** For every form: `<input type="hidden" name="csrf" value=…>`. */
  readonly csrf: string;
  readonly url: URL;
};

/** A page, or a part of it. */
export type Page = {
  readonly title: string;
  /** Which entry of the navigation is the current one. */
  readonly nav: 'queue' | 'inbox' | 'recovery' | null;
  /** All between the header and the end: it is what a live page replaces. */
  readonly main: Html;
  /** Default 200. */
  readonly status?: number;
  /** The order whose events make the page live; `all` for those of every order; null: not live. */
  readonly live: { readonly orderNo: string } | 'all' | null;
  /** The report's data, drawing and script go into the page. */
  readonly report?: Html;
};

/** The answer to a form: where to look next, or the same page with what was wrong. */
export type Answer = { readonly location: string } | Page;
