import { describe, expect, test } from 'vitest';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { defaultRetryPolicy } from '../../machines/payment-order.facts.ts';
import { evolve, prepareEvent } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { decideCommand, decideFact, decideOutcome, decideTimer } from '../../src/order/decide.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { created } from '../machines/created.ts';

const limits = { streamEventsMax: 10, keptForFacts: 4, rejectionsMax: 2 };
const compiled = compileMachine();
const runtime = simulatedRuntime();
const circumstances = { source: 'test', $correlationId: 'c' };

function orderOf(...events: PaymentOrderEvent[]): OrderHistory {
  const begun = prepareEvent(compiled, null, 'paymentOrder-O1', created, circumstances, runtime);
  const order = evolve(compiled, null, begun.stored);
  for (const event of events) {
    order.apply(prepareEvent(compiled, order, order.stream, event, circumstances, runtime).stored);
  }
  return order;
}

const failed = (count: number): PaymentOrderEvent[] =>
  Array.from({ length: count }, (_, index) => ({ type: 'PaymentFailed', factId: `f-${index}` }));
const acknowledge = { type: 'RequestCancel', payload: {} } as const;
const unknown = { type: 'CancelOutcomeUnknown', attempt: 1, rule: 'tried' } as const;

describe('the limits of a stream', () => {
  test('stop commands before facts, and facts at the end, by name', () => {
    const requested = orderOf({ type: 'CancelRequested' }, ...failed(3));
    expect(requested.head.revision).toBe(4);
    const retry = { type: 'RetryCancel', payload: {} } as const;
    const doubtful = orderOf(
      { type: 'CancelRequested' },
      { ...unknown, retryInMs: 1 },
      ...failed(3),
    );
    expect(() => decideCommand(doubtful, 'O1', retry, {}, limits)).toThrow(
      expect.objectContaining({ code: 'stream-full' }),
    );
    const fact = { type: 'PaymentSucceeded', transactionNo: 'T1' } as const;
    expect(decideFact(doubtful, 'O1', fact, limits).kind).toBe('append');
    const full = orderOf(...failed(9));
    expect(() => decideFact(full, 'O1', fact, limits)).toThrow(
      expect.objectContaining({ code: 'stream-full' }),
    );
    const repeated = { type: 'PaymentFailed', factId: 'f-1' } as const;
    expect(decideFact(full, 'O1', repeated, limits)).toMatchObject({ kind: 'answer' });
  });

  test('stop further attempts where commands stop, and never the outcome of one that was made', () => {
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

  test('stop storing rejections, not answering them', () => {
    const rejected: PaymentOrderEvent = {
      ...{ type: 'CommandRejected', command: 'RequestCancel', code: 'payment-failed' },
    };
    const actor = { kind: 'customer', id: 'u-7' };
    const once = orderOf(...failed(1), rejected);
    expect(decideCommand(once, 'O1', acknowledge, { actor }, limits).kind).toBe('append');
    const often = orderOf(...failed(1), rejected, rejected);
    expect(decideCommand(often, 'O1', acknowledge, { actor }, limits)).toMatchObject({
      ...{ kind: 'answer', answer: { kind: 'rejected', code: 'payment-failed' } },
    });
  });
});

describe('a retry policy', () => {
  test.each([
    ['without jitter', { notExecutedMs: [1], unknownMs: [1] }],
    ['with a wait before now', { notExecutedMs: [-1], unknownMs: [1], jitter: 0 }],
    ['with half a millisecond', { notExecutedMs: [0.5], unknownMs: [1], jitter: 0 }],
    ['with a wait of years', { notExecutedMs: [1], unknownMs: [1e12], jitter: 0 }],
    ['with jitter to nothing', { notExecutedMs: [1], unknownMs: [1], jitter: 1 }],
  ])('%s is refused when it is given, not when an outcome comes', async (_, given) => {
    // As read from a configuration file.
    const retryPolicy = given as typeof defaultRetryPolicy;
    const opening = openPaymentOrders({ store: 'memory:', retryPolicy });
    await expect(opening).rejects.toMatchObject({ code: 'invalid-input' });
  });
});
