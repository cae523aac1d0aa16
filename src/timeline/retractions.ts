/**
 * What operators took back. Nothing is deleted, so a reader of a history must be able to tell, of
 * every event, whether it still counts at the history's end and, if it does not, who said so and why.
 */

import { retractedIn } from '../../machines/payment-order.remembered.ts';
import type { FoundEvent } from '../history/event.ts';
import type { KnownStep } from '../history/recorded-steps.ts';
import { knownAlong } from '../history/recorded-steps.ts';

/** An event, what the order knew around it, and the retractions that concern it. */
export type ReadStep = KnownStep & {
  /** The retraction that takes it back at the history's end; null while it counts. */
  readonly retractedBy: FoundEvent | null;
  /** What it takes back, if it is a retraction. */
  readonly retracts: FoundEvent | null;
};

/** Reads a history, oldest event first. */
export function* readAlong(events: Iterable<FoundEvent>): Generator<ReadStep> {
  const steps = [...knownAlong(events)];
  const all = steps.map(({ event }) => event);
  const retractions = retractionsIn(all);
  const byRevision = new Map(all.map((event) => [event.revision, event]));
  for (const step of steps) {
    const { event } = step;
    const target = targetOf(event);
    yield {
      ...step,
      retractedBy: retractions.get(event.revision) ?? null,
      retracts: target === null ? null : (byRevision.get(target) ?? null),
    };
  }
}

/** The retractions that count at a history's end, by the revision that each takes back. */
export function retractionsIn(events: readonly FoundEvent[]): ReadonlyMap<number, FoundEvent> {
  const retractions = new Map(events.map((event) => [event.revision, event]));
  const remembered = events.flatMap((event) => {
    const retracts = targetOf(event);
    return retracts === null
      ? []
      : [{ type: 'FactRetracted' as const, revision: event.revision, retracts }];
  });
  return new Map(
    [...retractedIn(remembered)].flatMap(([revision, by]) => {
      const retraction = retractions.get(by);
      return retraction === undefined ? [] : [[revision, retraction] as const];
    }),
  );
}

/** The revision that a retraction takes back; null for any other event. */
function targetOf({ type, data }: FoundEvent): number | null {
  const { revision } = data;
  return type === 'FactRetracted' && typeof revision === 'number' ? revision : null;
}
