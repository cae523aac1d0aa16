import type { RetryPolicy } from '../../machines/payment-order.retry-policy.ts';

const inMs = (seconds: readonly number[]) => seconds.map((each) => each * 1_000);

/**
 * Short, so that a run sees the end of it; the shipped one takes hours of virtual time. Where the
 * platform can be asked, all questions but the first are conclusive.
 */
export function retryPolicyOf(canBeAsked: boolean): RetryPolicy {
  return {
    notExecutedMs: inMs([1, 2, 4]),
    unknownMs: inMs(canBeAsked ? [5, 75, 80, 90, 100] : [5, 15, 40]),
    jitter: 0.2,
  };
}
