import { describe, expect, test } from 'vitest';
import type { defaultRetryPolicy } from '../../machines/payment-order.retry-policy.ts';
import { openPaymentOrders } from '../../src/open.ts';

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
