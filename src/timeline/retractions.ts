/**
 * What operators took back. Nothing is deleted, so a reader of a history must be able to tell, of
 * every event, whether it still counts at the history's end and, if it does not, who said so and why.
 */

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
    const target = event.type === 'FactRetracted' ? event.data['revision'] : undefined;
    yield {
      ...step,
      retractedBy: retractions.get(event.revision) ?? null,
      retracts: typeof target === 'number' ? (byRevision.get(target) ?? null) : null,
    };
  }
}

/**
 * The retractions that count at a history's end, by the revision that each takes back. Read from the
 * end, because whether a retraction counts is decided by the later ones alone.
 */
export function retractionsIn(events: readonly FoundEvent[]): ReadonlyMap<number, FoundEvent> {
  const retractions = new Map<number, FoundEvent>();
  for (const event of events.toReversed()) {
    const { type, data, revision } = event;
    if (type !== 'FactRetracted' || retractions.has(revision)) continue;
    const target = data['revision'];
    if (typeof target === 'number') retractions.set(target, event);
  }
  return retractions;
}
