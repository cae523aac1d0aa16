import { describe, expect, test } from 'vitest';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { defaultRetryPolicy } from '../../machines/payment-order.facts.ts';
import { streamOf } from '../../src/history/event.ts';
import { evolve, prepareEvent } from '../../src/history/load.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { decideCommand, decideFact, decideOutcome, decideTimer } from '../../src/order/decide.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { created } from '../machines/created.ts';

const limits = { streamEventsMax: 10, keptForFacts: 4, rejectionsMax: 2 };
const compiled = compileMachine();
const runtime = simulatedRuntime();
const context = { source: 'test', $correlationId: 'c' };

function orderOf(...events: PaymentOrderEvent[]): OrderHistory {
  const stream = streamOf(created.orderNo);
  const record = (order: OrderHistory | null, event: PaymentOrderEvent) =>
    evolve(compiled, order, prepareEvent(compiled, order, stream, event, context, runtime).stored);
  return events.reduce(record, record(null, created));
}

const failed = (count: number): PaymentOrderEvent[] =>
  Array.from({ length: count }, (_, index) => ({ type: 'PaymentFailed', factId: `f-${index}` }));
const cancel = { type: 'RequestCancel', payload: {} } as const;
const unknown = { type: 'CancelOutcomeUnknown', attempt: 1, rule: 'tried' } as const;

describe('the limits of a stream', () => {
  test('stop commands earlier than facts, and facts at the last event', () => {
    const requested = orderOf({ type: 'CancelRequested' }, ...failed(3));
    expect(requested.head.revision).toBe(4);
    const retry = { type: 'RetryCancel', payload: {} } as const;
    const doubtful = orderOf(
      { type: 'CancelRequested' },
      { ...unknown, retryInMs: 1 },
      ...failed(3),
    );
    expect(() => decideCommand(doubtful, created.orderNo, retry, {}, limits)).toThrow(
      expect.objectContaining({ code: 'stream-full' }),
    );
    const fact = { type: 'PaymentSucceeded', transactionNo: 'T1' } as const;
    expect(decideFact(doubtful, created.orderNo, fact, limits).kind).toBe('append');
    const full = orderOf(...failed(9));
    expect(() => decideFact(full, created.orderNo, fact, limits)).toThrow(
      expect.objectContaining({ code: 'stream-full' }),
    );
    const repeated = { type: 'PaymentFailed', factId: 'f-1' } as const;
    expect(decideFact(full, created.orderNo, repeated, limits)).toMatchObject({ kind: 'answer' });
  });

  test('stop further attempts together with commands, but never the outcome of an attempt', () => {
    const doubtful = orderOf(
      { type: 'CancelRequested' },
      { ...unknown, retryInMs: 1 },
      ...failed(3),
    );
    expect(() =>
      decideTimer(doubtful, { type: 'CancelRetryDue' }, defaultRetryPolicy, 0, limits),
    ).toThrow(expect.objectContaining({ code: 'stream-full' }));
    const flooded = orderOf({ type: 'CancelRequested' }, ...failed(12));
    const outcome = decideOutcome(flooded, unknown, defaultRetryPolicy, 0);
    expect(outcome).toMatchObject({ kind: 'append' });
    expect(decideTimer(flooded, unknown, defaultRetryPolicy, 0, limits).kind).toBe('append');
  });

  test('stop storing rejections, but still answer them', () => {
    const rejected: PaymentOrderEvent = {
      type: 'CommandRejected',
      command: 'RequestCancel',
      code: 'payment-failed',
    };
    const actor = { kind: 'customer', id: 'u-7' };
    const once = orderOf(...failed(1), rejected);
    expect(decideCommand(once, created.orderNo, cancel, { actor }, limits).kind).toBe('append');
    const often = orderOf(...failed(1), rejected, rejected);
    expect(decideCommand(often, created.orderNo, cancel, { actor }, limits)).toMatchObject({
      kind: 'answer',
      answer: { kind: 'rejected', code: 'payment-failed' },
    });
  });
});

describe('an invalid retry policy', () => {
  test.each([
    ['without jitter', { notExecutedMs: [1], unknownMs: [1] }],
    ['with a wait before now', { notExecutedMs: [-1], unknownMs: [1], jitter: 0 }],
    ['with half a millisecond', { notExecutedMs: [0.5], unknownMs: [1], jitter: 0 }],
    ['with a wait of years', { notExecutedMs: [1], unknownMs: [1e12], jitter: 0 }],
    ['with jitter to nothing', { notExecutedMs: [1], unknownMs: [1], jitter: 1 }],
  ])('is refused at opening %s', async (_, given) => {
    // As read from a configuration file.
    const retryPolicy = given as typeof defaultRetryPolicy;
    const opening = openPaymentOrders({ store: 'memory:', retryPolicy });
    await expect(opening).rejects.toMatchObject({ code: 'invalid-input' });
  });
});
