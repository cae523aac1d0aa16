import { describe, expect, test } from 'vitest';
import type { PaymentOrderEvent, ReportedStatus } from '../../machines/payment-order.events.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { whyNotRetractable } from '../../machines/payment-order.remembered.ts';
import { createdOrder } from '../../src/testing/replayed-order.ts';
import type { ReplayedOrder } from '../../src/testing/replayed-order.ts';
import { created } from './created.ts';

const started: PaymentOrderEvent = { type: 'PaymentStarted' };
const requested: PaymentOrderEvent = { type: 'CancelRequested' };
const due: PaymentOrderEvent = { type: 'CancelRetryDue' };
const unknown = (attempt: number, retryInMs: number | null = 5_000): PaymentOrderEvent => ({
  ...{ type: 'CancelOutcomeUnknown', attempt, rule: 'timeout', retryInMs },
});
const refusal = (attempt: number): PaymentOrderEvent => ({
  ...{ type: 'CancelRefused', attempt, rule: 'refused', retryInMs: 5_000 },
});
const unrun = (attempt: number): PaymentOrderEvent => ({
  ...{ type: 'CancelNotExecuted', attempt, rule: 'not-sent', retryInMs: 1_000 },
});
const paid: PaymentOrderEvent = {
  ...{ type: 'PaymentSucceeded', transactionNo: 'T1', amountMinor: 12_800, currency: 'CNY' },
};
const closed: PaymentOrderEvent = { type: 'ClosedAtGateway' };

type Step = PaymentOrderEvent | ((known: OrderFacts) => PaymentOrderEvent);
type Told = Partial<Omit<PaymentOrderEvent<'StatusReported'>, 'type' | 'status'>>;

/** Asked now, after everything that could still take effect. */
const reported =
  (status: ReportedStatus, told: Told = {}): Step =>
  ({ answers, revision }) => ({
    ...{ type: 'StatusReported', status, rule: status, conclusive: true, retryInMs: 1_000 },
    ...{ attempts: answers.length, headRevision: revision, ...told },
  });

function after(...steps: readonly Step[]): ReplayedOrder {
  return steps.reduce<ReplayedOrder>((order, step) => {
    const event = typeof step === 'function' ? step(order.known) : step;
    const next = order.next(event);
    if (next === null) throw new Error(`${order.state} does not take ${event.type}`);
    return next;
  }, createdOrder(created));
}

const doubted = [started, requested, unknown(1)];
const codes = ({ known }: ReplayedOrder) => known.anomalies.map(({ code }) => code);

describe('a status that says how the order ended', () => {
  test.each<[ReportedStatus, string]>([
    ['succeeded', 'paid'],
    ['failed', 'failed'],
    ['canceled', 'cancelled'],
  ])('settles by %s every cancel that waits, and ends its doubt', (status, state) => {
    for (const steps of [
      doubted,
      [started, requested, unknown(1, null)],
      [started, requested, unrun(1)],
      [started],
      [],
    ]) {
      const order = after(...steps, reported(status));
      expect(order).toMatchObject({ state, known: { anomalies: [] } });
      expect(order.known.answers).not.toContain('unknown');
      expect(order.pending).toMatchObject({ calls: [], timers: [] });
    }
  });

  test('settles nothing while the call of a newer attempt is out', () => {
    const order = after(...doubted, due, reported('failed', { attempts: 1 }));
    expect(order).toMatchObject({ state: 'cancelling.requesting', known: { failed: true } });
    expect(order.known.answers).toEqual(['settled', 'in-flight']);
    expect(order.next(unknown(2))?.state).toBe('cancelling.inDoubt');
  });

  test('ends no doubt about an attempt that was made after the question', () => {
    const steps = [...doubted, due, unknown(2)];
    const failed = after(...steps, reported('failed', { attempts: 1 }));
    expect(failed).toMatchObject({ state: 'cancelling.inDoubt', known: { failed: true } });
    const succeeded = after(...steps, reported('succeeded', { attempts: 1 }));
    expect(succeeded.state).toBe('paid');
    expect(codes(succeeded)).toEqual(['cancel-unresolved']);
  });

  test('opens amount-mismatch where the platform tells another amount', () => {
    const money = { amountMinor: 12_799, currency: 'CNY' };
    expect(codes(after(...doubted, reported('succeeded', money)))).toEqual(['amount-mismatch']);
    expect(
      after(started, paid, reported('succeeded', { amountMinor: 12_800, currency: 'CNY' })),
    ).toMatchObject({
      state: 'paid',
      known: { payments: [{ transactionNo: 'T1' }], anomalies: [] },
    });
  });

  test('contradicts what was known when it was asked, and nothing that came later', () => {
    for (const status of ['failed', 'canceled'] as const) {
      expect(codes(after(started, paid, reported(status)))).toEqual(['contradicted']);
      expect(codes(after(started, paid, reported(status, { headRevision: 1 })))).toEqual([]);
    }
    expect(codes(after(started, closed, reported('succeeded')))).toEqual(['paid-after-cancel']);
    const asked = reported('succeeded', { headRevision: 1 });
    expect(after(started, closed, asked)).toMatchObject({
      state: 'paid',
      known: { anomalies: [] },
    });
  });

  test('may be taken back, and its doubt comes back for a person', () => {
    const settled = after(...doubted, reported('canceled'));
    const { revision } = settled.known;
    const retracted = {
      type: 'FactRetracted',
      revision,
      evidence: 'bill',
      by: 'operator-1',
    } as const;
    expect(settled.next(retracted)).toMatchObject({
      state: 'cancelling.needsReview',
      known: { answers: ['unknown'], closed: false },
    });
    for (const status of ['pending', 'unknown', 'unavailable'] as const) {
      const { known } = after(...doubted, reported(status));
      expect(whyNotRetractable(known.history, known.revision)).toBe('not-retractable');
    }
  });
});

describe('a status that says pending', () => {
  test('ends a doubt that can no longer take effect, and the order waits for the next attempt', () => {
    const order = after(...doubted, reported('pending'));
    expect(order).toMatchObject({
      state: 'cancelling.backingOff',
      known: { answers: ['not-seen'], retryInMs: 1_000, questions: 0, anomalies: [] },
    });
    expect(after(started, requested, unknown(1, null), reported('pending'))).toMatchObject({
      state: 'cancelling.needsReview',
      known: { answers: ['not-seen'] },
    });
  });

  test('leaves the doubt where it was asked too early, or before the newest attempt', () => {
    const early = after(...doubted, reported('pending', { conclusive: false, retryInMs: 15_000 }));
    expect(early).toMatchObject({
      state: 'cancelling.inDoubt',
      known: { answers: ['unknown'], retryInMs: 15_000, questions: 1 },
    });
    const older = after(...doubted, due, unknown(2), reported('pending', { attempts: 1 }));
    expect(older).toMatchObject({
      state: 'cancelling.inDoubt',
      known: { answers: ['not-seen', 'unknown'] },
    });
  });

  test('decides nothing where no cancel is in doubt', () => {
    for (const steps of [[], [started], [started, paid], [started, requested, unrun(1)]]) {
      const before = after(...steps);
      const order = after(...steps, reported('pending', { retryInMs: 7 }));
      const { history, revision } = order.known;
      expect(order.state).toBe(before.state);
      expect(order.known).toEqual({ ...before.known, history, revision });
      expect(order.pending).toEqual(before.pending);
    }
  });

  test('is doubted again by a refusal, until a question asked after that is answered', () => {
    const steps = [...doubted, reported('pending'), due, refusal(2)];
    const refused = after(...steps);
    expect(refused).toMatchObject({
      state: 'cancelling.inDoubt',
      known: { answers: ['unknown', 'refused'] },
    });
    const overtaken = after(...steps, reported('pending', { headRevision: 5 }));
    expect(overtaken.state).toBe('cancelling.inDoubt');
    expect(after(...steps, reported('pending')).state).toBe('paying');
    expect(after(...steps, reported('canceled')).state).toBe('cancelled');
  });

  test('is doubted again by a late refusal while the order waits', () => {
    const steps = [...doubted, due, unknown(2), reported('pending')];
    expect(after(...steps).state).toBe('cancelling.backingOff');
    expect(after(...steps, refusal(2))).toMatchObject({
      state: 'cancelling.inDoubt',
      known: { answers: ['unknown', 'refused'] },
    });
  });
});

describe('a question that is not answered', () => {
  test('is counted until a fresh budget, and needs review when no wait is left', () => {
    const spent = after(...doubted, reported('unknown'), reported('unknown', { retryInMs: null }));
    expect(spent).toMatchObject({ state: 'cancelling.needsReview', known: { questions: 2 } });
    const again = spent.next({ type: 'CancelRetryRequested' });
    expect(again?.known.questions).toBe(0);
  });

  test('waits as another attempt would, where no wait was recorded', () => {
    const asked = reported('unknown', { retryInMs: undefined });
    const waits = [1, 2, 3, 11, 12].map((count) => {
      const questions = Array.from({ length: count }, () => asked);
      return after(...doubted, ...questions).known.retryInMs;
    });
    expect(waits).toEqual([15_000, 40_000, 60_000, 28_800_000, null]);
  });

  test('leaves the wait to a probe where the platform may not be asked', () => {
    const before = after(...doubted);
    const order = after(...doubted, reported('unavailable'));
    expect(order.state).toBe('cancelling.inDoubt');
    expect(order.pending).toEqual(before.pending);
    expect(order.next(due)?.state).toBe('cancelling.requesting');
  });
});
