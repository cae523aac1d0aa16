import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SnapshotFrom } from 'xstate';
import { getAdjacencyMap } from 'xstate/graph';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { eventRoles } from '../../machines/payment-order.events.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { knownOf } from '../../src/history/machine.ts';
import { createInterpreter } from '../../src/interpreter/interpreter.ts';
import { declaredTarget } from '../../src/testing/declared-target.ts';
import {
  almostValidHistories,
  orderAfter,
  stepsOf,
  validHistories,
} from '../../src/testing/index.ts';
import { created } from './created.ts';

const interpreter = createInterpreter(paymentOrderMachine);
const cause = { recordedAtMs: 0, eventId: 'e', correlationId: 'c' };
const attemptsMax = 2;

/** Every event there is to say about an order that knows this much. */
function eventsAbout(known: OrderFacts): PaymentOrderEvent[] {
  const attempts = Array.from({ length: known.answers.length + 1 }, (_, index) => index + 1);
  const money = { amountMinor: 12_800, currency: 'CNY' };
  return [
    { type: 'PaymentStarted' },
    { type: 'PaymentSucceeded', transactionNo: 'T1', ...money },
    { type: 'PaymentFailed' },
    { type: 'ClosedAtGateway' },
    { type: 'CancelRequested' },
    ...eventRoles.outcome.flatMap((type) =>
      attempts.flatMap((attempt): PaymentOrderEvent[] =>
        type === 'CancelConfirmed' || type === 'CancelBlocked'
          ? [{ type, attempt, rule: 'tried' }]
          : [
              { type, attempt, rule: 'tried', retryInMs: 1_000 },
              { type, attempt, rule: 'tried', retryInMs: null },
            ],
      ),
    ),
    { type: 'CancelRetryDue' },
    { type: 'CancelRetryRequested' },
    { type: 'CancelAbandoned' },
    ...(['cancelled', 'paid', 'failed', 'open'] as const).map((resolution): PaymentOrderEvent => ({
      ...{ type: 'CancelResolved', resolution, evidence: 'bill', by: 'operator-1' },
    })),
    { type: 'AnomalyAcknowledged', number: 1, by: 'operator-1' },
    { type: 'CommandRejected', command: 'StartPayment', code: 'already-paid' },
  ];
}

/** What decides; anomalies and payments beyond the first only count up. */
function serialized({ value, context }: { value: unknown; context: OrderFacts }): string {
  const { started, paid, failed, closed, answers, retryInMs, cancel, anomalies } = context;
  const anomaly = anomalies[0]?.acknowledged;
  const firstAttempt = cancel?.firstAttempt;
  return JSON.stringify([
    ...[value, started, paid, failed, closed, answers, retryInMs === null, firstAttempt, anomaly],
  ]);
}

describe('the machine in every reachable state', () => {
  const adjacency = getAdjacencyMap(paymentOrderMachine, {
    input: created,
    events: ({ context }) => eventsAbout(context),
    serializeState: serialized,
    stopWhen: ({ context }) => context.answers.length > attemptsMax,
  });
  const reachable: SnapshotFrom<typeof paymentOrderMachine>[] = Object.values(adjacency).map(
    // XState's map forgets the snapshot's type; it holds what the machine gave.
    ({ state }) => state as SnapshotFrom<typeof paymentOrderMachine>,
  );

  test('takes exactly the transitions that the table declares', () => {
    let taken = 0;
    let refused = 0;
    for (const snapshot of reachable) {
      const { context, tags } = snapshot;
      const pending = { calls: [], timers: [] };
      const fold = { state: pathOf(snapshot.value), context, tags, pending };
      for (const event of eventsAbout(snapshot.context)) {
        const expected = declaredTarget(fold.state, snapshot.context, event);
        const next = interpreter.next(fold, event, cause);
        const label = `${fold.state} ${JSON.stringify(event)} knowing ${serialized(snapshot)}`;
        expect(next?.state ?? null, label).toBe(expected);
        if (next === null) refused += 1;
        else taken += 1;
      }
    }
    expect(taken).toBeGreaterThan(10_000);
    expect(refused).toBeGreaterThan(5_000);
  });

  test('reaches every state that is visible from outside, and no other', () => {
    expect(new Set(reachable.map(({ value }) => pathOf(value)))).toEqual(
      new Set([
        ...['created', 'paying', 'paid', 'cancelled', 'failed', 'cancelling.requesting'],
        ...['cancelling.backingOff', 'cancelling.inDoubt', 'cancelling.needsReview'],
      ]),
    );
  });

  test('holds a doubt always in inDoubt, and never in backingOff', () => {
    for (const { value, context } of reachable) {
      const inDoubt = context.answers.includes('unknown');
      if (pathOf(value) === 'cancelling.backingOff') expect(inDoubt).toBe(false);
      if (pathOf(value) === 'cancelling.inDoubt') expect(inDoubt).toBe(true);
    }
  });
});

describe('the machine in long random histories', () => {
  test('follows the table at every step, and never undoes a payment', () => {
    fc.assert(
      fc.property(almostValidHistories(), ({ history: [first, ...events] }) => {
        let fold = interpreter.start(first, cause);
        for (const event of events) {
          const known = knownOf(fold);
          const next = interpreter.next(fold, event, cause);
          expect(next?.state ?? null).toBe(declaredTarget(fold.state, known, event));
          if (next === null) continue;
          const isRetraction = event.type === 'FactRetracted';
          if (fold.state === 'paid' && !isRetraction) expect(next.state).toBe('paid');
          const isOutside = fold.state !== 'cancelling.requesting';
          if (event.type === 'PaymentSucceeded' && isOutside) expect(next.state).toBe('paid');
          if (known.paid && !isRetraction) expect(knownOf(next).paid).toBe(true);
          fold = next;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('waits in every open state for a call or a timer, or needs review', () => {
    fc.assert(
      fc.property(validHistories(), (history) => {
        for (const { after } of stepsOf(history)) {
          const { calls, timers } = after.pending;
          const waits = { calls: calls.length, timers: timers.length };
          switch (after.state) {
            case 'cancelling.requesting':
              expect(waits).toEqual({ calls: 1, timers: 1 });
              break;
            case 'cancelling.backingOff':
            case 'cancelling.inDoubt':
              expect(waits).toEqual({ calls: 0, timers: 1 });
              break;
            default:
              expect(waits).toEqual({ calls: 0, timers: 0 });
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('knows JSON alone: a round trip changes nothing', () => {
    fc.assert(
      fc.property(validHistories(), (history) => {
        const { known } = orderAfter(history);
        expect(JSON.parse(JSON.stringify(known))).toStrictEqual(known);
      }),
      { numRuns: 500 },
    );
  });
});

function pathOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : // The machine is two levels deep at most: a parent and its child's name.
      Object.entries(value as Record<string, string>)
        .map(([parent, child]) => `${parent}.${child}`)
        .join();
}
