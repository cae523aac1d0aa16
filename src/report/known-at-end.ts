import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import type { KnownStep } from '../history/recorded-steps.ts';

export type KnownAtEnd = {
  /** What the order knows with its last event, with placeholders for what is withheld. */
  readonly known: OrderFacts | null;
  /** The same at the last event up to which nothing that decides is withheld. */
  readonly certain: OrderFacts | null;
  /** The first revision of which something is withheld that decides; null if all is known. */
  readonly notKnownFrom: number | null;
  /** What of the history cannot be read, though nothing is withheld of it; null if all can. */
  readonly unread: Unread | null;
};

/** The first revision that is missing, or that this version cannot read. */
export type Unread = { readonly revision: number; readonly isMissing: boolean };

export function knownAtEnd(steps: Iterable<KnownStep>): KnownAtEnd {
  let atEnd: KnownAtEnd = { known: null, certain: null, notKnownFrom: null, unread: null };
  let next = 0;
  for (const { known, isRead, isCertain, event } of steps) {
    const { revision } = event;
    const isMissing = revision !== next;
    if (isMissing || (!isRead && isCertain)) {
      const unread = { revision: isMissing ? next : revision, isMissing };
      atEnd = { ...atEnd, unread: atEnd.unread ?? unread };
    }
    next = revision + 1;
    atEnd = isCertain
      ? { ...atEnd, known, certain: known }
      : { ...atEnd, known, notKnownFrom: atEnd.notKnownFrom ?? event.revision };
  }
  return atEnd;
}
