import { describe, expect, test } from 'vitest';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { defaultRetryPolicy } from '../../machines/payment-order.retry-policy.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { decideFact, decideOutcome, decideTimer } from '../../src/order/decide.ts';
import { created } from '../machines/created.ts';
import { accepted, cancelRequested, duplicate, failures, limits, orderOf } from './orders.ts';
import { payment, stream, unknown } from './orders.ts';

const { orderNo } = created;

describe('deciding a fact', () => {
  test.each<[string, Parameters<typeof decideFact>[2], string]>([
    ['the transaction number', payment, 'T1'],
    [
      'a digest of its content',
      { type: 'PaymentFailed', code: 'E1' },
      'sha256:0bcfa679fee2485d49a3242b53c996f98c6a5aa5a839ec493d2ceb8de61d8f77',
    ],
  ])('takes %s for an id where there is none', (_, fact, factId) => {
    const event = { ...fact, factId };
    const decision = decideFact(orderOf(), orderNo, fact, limits);
    expect(decision).toEqual({ kind: 'append', event, answer: accepted });
  });

  test('digests a stated cause, and an unstated one as none', () => {
    const idOf = (fact: Parameters<typeof decideFact>[2]) => {
      const decision = decideFact(orderOf(), orderNo, fact, limits);
      return decision.kind === 'append' ? decision.event : null;
    };
    const closed = { type: 'ClosedAtGateway', code: 'E1' } as const;
    const { factId } = { factId: '', ...idOf(closed) };
    expect(factId).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(idOf({ ...closed, cause: 'unstated' })).toMatchObject({ factId, cause: 'unstated' });
    expect(idOf({ ...closed, cause: 'expired' })).not.toMatchObject({ factId });
  });

  test('keeps the id that its source gave', () => {
    const fact = { ...payment, factId: 'N1' };
    expect(decideFact(orderOf(), orderNo, fact)).toMatchObject({ kind: 'append', event: fact });
  });

  test('records a fact once, and another with the same id again', () => {
    const order = orderOf({ ...payment, factId: 'T1' });
    expect(decideFact(order, orderNo, payment, limits)).toEqual(duplicate);
    const other = { ...payment, amountMinor: 1, currency: 'CNY' };
    expect(decideFact(order, orderNo, other, limits).kind).toBe('append');
  });

  test('finds no order for a fact that came before its order', () => {
    expect(() => decideFact(null, orderNo, payment, limits)).toThrow(
      expect.objectContaining({ code: 'order-not-found', stream }),
    );
  });

  test('stops at the last event of a stream, but recognizes a repeat there', () => {
    expect(decideFact(orderOf(...failures(8)), orderNo, payment, limits).kind).toBe('append');
    const full = orderOf(...failures(9));
    expect(() => decideFact(full, orderNo, payment, limits)).toThrow(
      expect.objectContaining({
        code: 'stream-full',
        message:
          `stream ${stream} holds 10 events, close to the limit; ` +
          'nothing more can be recorded; find out what floods this order',
        stream,
        revision: 9,
      }),
    );
    const repeat = { type: 'PaymentFailed', factId: 'f-1' } as const;
    expect(decideFact(full, orderNo, repeat, limits)).toEqual(duplicate);
  });
});

describe('deciding the outcome of an attempt', () => {
  const policy = { notExecutedMs: [101], unknownMs: [1_000], jitter: 0.2 };
  const retryInMs = (order: OrderHistory, outcome: PaymentOrderEvent, random: number) => {
    const decision = decideTimer(order, outcome, policy, random, limits);
    return decision.kind === 'append' && 'retryInMs' in decision.event
      ? decision.event.retryInMs
      : undefined;
  };

  test('draws the wait until the next attempt, in whole milliseconds', () => {
    const order = orderOf(cancelRequested);
    for (const [random, ms] of [
      [0, 800],
      [0.25, 900],
      [0.5, 1_000],
      [1, 1_200],
    ] as const) {
      expect(retryInMs(order, unknown(1), random)).toBe(ms);
    }
    const notExecuted = { type: 'CancelNotExecuted', attempt: 1, rule: 'not-sent' } as const;
    expect(retryInMs(order, notExecuted, 0)).toBe(81);
  });

  test('draws no wait where the attempts are spent or the order is cancelled', () => {
    const order = orderOf(cancelRequested, unknown(1, 1), { type: 'CancelRetryDue' });
    const confirmed = { type: 'CancelConfirmed', attempt: 2, rule: 'ok' } as const;
    expect(retryInMs(order, unknown(2), 0)).toBeNull();
    expect(decideOutcome(order, confirmed, policy, 0)).toEqual({
      kind: 'append',
      event: confirmed,
      answer: accepted,
    });
  });

  test('records an outcome once, whatever wait is drawn', () => {
    const confirmed = { type: 'CancelConfirmed', attempt: 1, rule: 'ok' } as const;
    const order = orderOf(cancelRequested, unknown(1, 1), confirmed);
    expect(decideOutcome(order, unknown(1), policy, 0.9)).toEqual(duplicate);
    expect(decideOutcome(order, confirmed, policy, 0.9)).toEqual(duplicate);
  });

  test('holds no outcome back, however full the stream is', () => {
    const flooded = orderOf(cancelRequested, ...failures(12));
    expect(decideTimer(flooded, unknown(1), policy, 0, limits).kind).toBe('append');
  });
});

describe('deciding a timer that makes another attempt', () => {
  const due = { type: 'CancelRetryDue' } as const;

  test('stops where commands stop', () => {
    const decideDue = (order: OrderHistory) =>
      decideTimer(order, due, defaultRetryPolicy, 0, limits);
    const doubtful = [cancelRequested, unknown(1, 1)];
    expect(decideDue(orderOf(...doubtful, ...failures(2)))).toEqual({
      kind: 'append',
      event: due,
      answer: accepted,
    });
    expect(() => decideDue(orderOf(...doubtful, ...failures(3)))).toThrow(
      expect.objectContaining({
        code: 'stream-full',
        message: `stream ${stream} holds 6 events, close to the limit; no further attempt is made`,
      }),
    );
  });
});
