import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { hasRole, isEventType } from '../../machines/payment-order.events.ts';
import { instantOf } from '../../src/runtime.ts';
import { currentSchemaVersion } from '../../src/history/codec.ts';
import { streamOf } from '../../src/history/event.ts';
import type { FoundEvent } from '../../src/history/event.ts';
import { weighted } from '../../src/testing/arbitraries.ts';
import { validHistories } from '../../src/testing/histories.ts';
import { stepsOf } from '../../src/testing/replayed-order.ts';
import type { History } from '../../src/testing/replayed-order.ts';
import { damaged } from './damages.ts';
import { circumstances, drawnEvents } from './drawn-events.ts';
import type { Circumstances, DrawnEvent } from './drawn-events.ts';

const startMs = Date.UTC(2026, 10, 23, 2, 2, 3);

/** Events that follow from nothing, as somebody might have stored or altered them. */
export const anyHistories: Arbitrary<readonly FoundEvent[]> = drawnEvents.map((drawn) =>
  stored([created, ...drawn], 'O1'),
);

const created: DrawnEvent = {
  ...{ type: 'PaymentOrderCreated', to: 'created', afterMs: 0, lateMs: null, sentAfterMs: null },
  data: { orderNo: 'O1', processBillNo: 'F1', amountMinor: 12_800, currency: 'CNY' },
  ...{ isByOperator: false, damage: 'none' },
};

/** Histories that the machine takes, at times that matter. */
export const takenHistories: Arbitrary<readonly FoundEvent[]> = fc
  .record({
    history: validHistories({ eventsMax: 60 }),
    each: fc.infiniteStream(circumstances),
    occurred: fc.array(
      weighted(
        [2, fc.integer({ min: 0, max: 60_000 })],
        [1, fc.integer({ min: -600_000, max: 10_800_000 })],
      ),
      {
        minLength: 3,
        maxLength: 3,
      },
    ),
  })
  .map(({ history, each, occurred }) => {
    const times = occurred.toSorted((one, other) => one - other);
    return stored(timed(history, each, times), orderNoIn(history));
  });

function orderNoIn([first]: History): string {
  return first?.type === 'PaymentOrderCreated' ? first.orderNo : '';
}

/** When facts occurred, in the order of the three times that the kit draws. */
const drawnTimes = ['15', '16', '17'].map((minute) => `2021-02-22T07:${minute}:00.000Z`);

function timed(
  history: History,
  each: Iterable<Circumstances>,
  times: readonly number[],
): readonly DrawnEvent[] {
  const states = ['created', ...stepsOf(history).map(({ after }) => after.state)];
  const drawn = each[Symbol.iterator]();
  let ms = startMs;
  return history.map(({ type, ...data }, index) => {
    // The stream is endless.
    const circumstance = drawn.next().value as Circumstances;
    ms += circumstance.afterMs;
    const occurredAt = 'occurredAt' in data ? data.occurredAt : undefined;
    const occurred = times[drawnTimes.indexOf(occurredAt ?? '')];
    const lateMs = occurred === undefined ? null : ms - (startMs + occurred);
    return { ...circumstance, type, data, to: states[index] ?? '', lateMs };
  });
}

/** As stored, but for the hashes: answers do not ask for them, and they would take most of the time. */
function stored(drawn: readonly DrawnEvent[], orderNo: string): readonly FoundEvent[] {
  let ms = startMs;
  return drawn.map((event, revision) => {
    const beforeMs = ms;
    ms += event.afterMs;
    const { type, to, lateMs, isByOperator, damage } = event;
    const occurred = lateMs === null ? {} : { occurredAt: instantOf(ms - lateMs) };
    const metadata = {
      recordedAt: instantOf(ms),
      ...occurred,
      actor: isByOperator ? { kind: 'operator', id: 'li-si' } : { kind: 'customer', id: 'u-7' },
      ...{ source: 'drawn', $correlationId: 'c-1', from: drawn[revision - 1]?.to ?? null, to },
      ...(isEventType(type) ? { schemaVersion: currentSchemaVersion(type) } : {}),
    };
    const id = `00000000-0000-4000-8000-${String(revision).padStart(12, '0')}`;
    const data = dataOf(event, beforeMs, ms);
    return damaged({ stream: streamOf(orderNo), revision, id, type, data, metadata }, damage);
  });
}

/** The data, with the times that lie between other events. */
function dataOf(
  { type, data, lateMs, sentAfterMs, durationMs }: DrawnEvent,
  beforeMs: number,
  ms: number,
) {
  const fields = { ...data };
  if (hasRole(type, 'fact') && lateMs !== null) fields['occurredAt'] = instantOf(ms - lateMs);
  if (!type.startsWith('Cancel') || !('attempt' in data)) return fields;
  if (sentAfterMs !== null) fields['sentAt'] = instantOf(beforeMs + sentAfterMs);
  if (durationMs !== undefined) fields['durationMs'] = durationMs;
  return fields;
}
