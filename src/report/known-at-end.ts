import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import type { KnownStep } from '../history/recorded-steps.ts';

export type KnownAtEnd = {
  /** What the order knows with its last event, with placeholders for what is withheld. */
  readonly known: OrderFacts | null;
  /** The same at the last event up to which nothing that decides is withheld. */
  readonly certain: OrderFacts | null;
  /** The first revision of which something is withheld that decides; null if all is known. */
  readonly notKnownFrom: number | null;
};

export function knownAtEnd(steps: Iterable<KnownStep>): KnownAtEnd {
  let atEnd: KnownAtEnd = { known: null, certain: null, notKnownFrom: null };
  for (const { known, isCertain, event } of steps) {
    atEnd = isCertain
      ? { ...atEnd, known, certain: known }
      : { ...atEnd, known, notKnownFrom: atEnd.notKnownFrom ?? event.revision };
  }
  return atEnd;
}
