import { describe, expect, test } from 'vitest';
import { decodeEvent } from '../../src/history/codec.ts';
import type { HistoryEvent } from '../../src/history/event.ts';
import { compileMachine } from '../../src/history/machine.ts';
import type { Folded } from '../../src/history/step.ts';
import { causeOf, step } from '../../src/history/step.ts';
import { readGolden } from './golden.ts';

const compiled = compileMachine();
const events = readGolden('CancelResolved-open').events.map((event) => decodeEvent(event));
const [created, started, requested] = events;
if (created === undefined || started === undefined || requested === undefined) {
  throw new Error('a golden history has events');
}

const foldedTo = (revision: number): Folded => {
  let before: Folded | null = null;
  for (const stored of events.slice(0, revision + 1)) {
    const next = step(compiled, before, stored);
    if (next.kind !== 'folded') throw new Error(`${next.kind} at revision ${stored.revision}`);
    before = next.after;
  }
  if (before === null) throw new Error('there is no such revision');
  return before;
};

const recordedAs = (stored: HistoryEvent, change: object): HistoryEvent => ({
  ...stored,
  metadata: { ...stored.metadata, ...change },
});

describe('a step', () => {
  test('folds an event that leads where it was recorded', () => {
    const first = step(compiled, null, created);
    expect(first).toMatchObject({
      kind: 'folded',
      after: { revision: 0, fold: { state: 'created' } },
    });
    expect(step(compiled, foldedTo(0), started)).toMatchObject({
      kind: 'folded',
      after: { revision: 1, fold: { state: 'paying' } },
    });
  });

  test('names the stored event as the cause of what is pending', () => {
    const { recordedAt, $correlationId } = requested.metadata;
    expect(causeOf(requested)).toEqual({
      recordedAtMs: Date.parse(recordedAt),
      eventId: requested.id,
      correlationId: $correlationId,
    });
    expect(foldedTo(2).fold.pending.calls).toMatchObject([{ cause: causeOf(requested) }]);
  });

  test('finds a gap before anything else, and names the revision that is missing', () => {
    expect(step(compiled, null, started)).toEqual({ kind: 'gap', expected: 0, isFirst: true });
    const gap = { kind: 'gap', expected: 1, isFirst: false };
    expect(step(compiled, foldedTo(0), requested)).toEqual(gap);
    expect(step(compiled, foldedTo(0), created)).toEqual(gap);
  });

  test('begins with the creation of the order that the stream is named after', () => {
    expect(step(compiled, null, { ...started, revision: 0 })).toEqual({ kind: 'no-beginning' });
    expect(step(compiled, null, { ...created, stream: `${created.stream}0` })).toMatchObject({
      kind: 'other-order',
      after: { revision: 0, fold: { state: 'created' } },
    });
  });

  test('gives the state in which the machine does not take the event', () => {
    expect(
      step(compiled, foldedTo(0), { ...requested, event: { type: 'CancelRetryDue' }, revision: 1 }),
    ).toEqual({ kind: 'not-taken', state: 'created' });
  });

  test.each([
    ['starts from', { from: 'failed' }],
    ['leads to', { to: 'failed' }],
  ])('diverges where the machine %s another state than was recorded', (_, change) => {
    expect(step(compiled, foldedTo(0), recordedAs(started, change))).toMatchObject({
      kind: 'diverged',
      from: 'created',
      after: { revision: 1, fold: { state: 'paying' } },
    });
    expect(step(compiled, null, recordedAs(created, change))).toMatchObject({
      kind: 'diverged',
      from: null,
      after: { revision: 0, fold: { state: 'created' } },
    });
  });
});
