/**
 * What was recorded through this console, for whoever did it. It is a copy: the store has all of it,
 * so that a receipt may be forgotten, and all of them are when the console ends.
 */

import type { Actor } from '../history/event.ts';
import type { AskReceipt, PaymentOrder, Receipt, RejectionCode } from '../order/types.ts';

/** An event that an action recorded. */
export type ReceiptEvent = {
  readonly revision: number;
  readonly type: string;
  /** UTC with milliseconds. */
  readonly recordedAt: string;
  /** Null where its stream has none. */
  readonly hash: string | null;
  readonly data: Readonly<Record<string, unknown>>;
};

export type KeptReceipt = {
  /** The id of the command: a repeat has the same receipt. */
  readonly id: string;
  /** The action, as its form's address names it, such as `retry`. */
  readonly action: string;
  readonly about:
    | { readonly kind: 'order'; readonly orderNo: string }
    | { readonly kind: 'notice'; readonly noticeId: string };
  readonly actor: Actor;
  /** When it was answered: UTC with milliseconds. */
  readonly at: string;
  readonly answer: Receipt['kind'] | AskReceipt['kind'];
  /** Why it was rejected; null where it was not. */
  readonly code: RejectionCode | null;
  readonly events: readonly ReceiptEvent[];
  /** The order as it stood then; null where it is about a notice. */
  readonly order: PaymentOrder | null;
  /** What the platform answered to a question. */
  readonly asked?: AskReceipt['answer'] | undefined;
  /** What could not be recorded after the rest was: repeating the same form completes it. */
  readonly failure?: unknown;
  /** What the form held, where it must be sent again to be completed. */
  readonly repeat?: Readonly<Record<string, string | number>> | undefined;
};

const keptMax = 1_000;

export class Receipts {
  readonly #kept = new Map<string, KeptReceipt>();
  readonly #onKept: (receipt: KeptReceipt) => void;

  /** @param onKept - Hears of each receipt once; of a repeat, again. */
  constructor(onKept: (receipt: KeptReceipt) => void = () => undefined) {
    this.#onKept = onKept;
  }

  /** The oldest makes room. A later one of the same id takes the place of the first. */
  keep(receipt: KeptReceipt): void {
    this.#kept.delete(receipt.id);
    this.#kept.set(receipt.id, receipt);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest);
    this.#onKept(receipt);
  }

  get(id: string): KeptReceipt | undefined {
    return this.#kept.get(id);
  }
}
