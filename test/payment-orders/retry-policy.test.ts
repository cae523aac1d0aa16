import { describe, expect, test } from 'vitest';
import type { defaultRetryPolicy } from '../../machines/payment-order.retry-policy.ts';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { order, orderNo, reason, world } from './world.ts';

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

describe('a blocked call', () => {
  test('needs review, whatever wait the gateway port returns', async () => {
    const outcome = { kind: 'blocked', rule: 'key-refused', retryInMs: 5_000 } as CancelOutcome;
    const { orders, runtime } = await world(() => Promise.resolve(outcome));
    await orders.create(order);

    const { order: after } = await orders.cancel(orderNo, { reason });
    await runtime.advance(10_000_000);
    await orders.recoverOnce();

    expect(after).toMatchObject({
      stateDetail: 'cancelling.needsReview',
      needsAttention: [{ why: 'needs-review', rule: 'key-refused' }],
    });
    const { data, metadata } = (await orders.history(orderNo)).at(-1) ?? {};
    expect(data).toEqual({ attempt: 1, rule: 'key-refused', retryInMs: null });
    expect(metadata?.schemaVersion).toBe(3);
  });
});
