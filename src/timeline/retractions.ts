/**
 * What operators took back. Nothing is deleted, so a reader of a history must be able to tell, of
 * every event, whether it still counts at the history's end and, if it does not, who said so and why.
 */

import { hasRole } from '../../machines/payment-order.events.ts';
import type { ReportedStatus } from '../../machines/payment-order.events.ts';
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

/**
 * The retractions that count at a history's end, by the revision that each takes back. They take back
 * what the machine lets them: something earlier that may be wrong and still counted then.
 */
export function retractionsIn(events: readonly FoundEvent[]): ReadonlyMap<number, FoundEvent> {
  const before = new Map<number, FoundEvent>();
  const taken: { readonly type: 'FactRetracted'; revision: number; retracts: number }[] = [];
  let retracted: ReadonlyMap<number, number> = new Map();
  for (const event of events) {
    const { revision } = event;
    const retracts = targetOf(event);
    const target = retracts === null ? undefined : before.get(retracts);
    if (retracts !== null && mayBeRetracted(target) && !retracted.has(retracts)) {
      taken.push({ type: 'FactRetracted', revision, retracts });
      retracted = retractedIn(taken);
    }
    before.set(revision, event);
  }
  return new Map(
    [...retracted].flatMap(([revision, by]) => {
      const retraction = before.get(by);
      return retraction === undefined ? [] : [[revision, retraction] as const];
    }),
  );
}

/** What an operator may still take back, oldest first. */
export function retractableIn<Event extends FoundEvent>(
  events: readonly Event[],
): readonly Event[] {
  const retracted = retractionsIn(events);
  return events.filter((event) => mayBeRetracted(event) && !retracted.has(event.revision));
}

const noEnds: ReadonlySet<unknown> = new Set([
  'pending',
  'unknown',
  'unavailable',
] satisfies ReportedStatus[]);

/** By its type, as its data may be withheld. */
function mayBeRetracted(event: FoundEvent | undefined): boolean {
  if (event === undefined) return false;
  const { type, data } = event;
  if (hasRole(type, 'report')) return !noEnds.has(data['status']);
  return hasRole(type, 'fact') || type === 'CancelResolved' || type === 'FactRetracted';
}

/** The revision that a retraction takes back; null for any other event. */
function targetOf({ type, data }: FoundEvent): number | null {
  const { revision } = data;
  return type === 'FactRetracted' && typeof revision === 'number' ? revision : null;
}
