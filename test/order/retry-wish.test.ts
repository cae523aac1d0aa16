import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OutcomeEvent } from '../../machines/payment-order.events.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { decideOutcome } from '../../src/order/decide.ts';
import { decideReport } from '../../src/order/decide-report.ts';
import type { Decision } from '../../src/order/decide.ts';
import { wishIn } from '../../src/order/retry-wish.ts';
import { throwingAt } from '../machines/hostile-evidence.ts';
import { cancelRequested, orderOf, unknown } from './orders.ts';

const policy = { notExecutedMs: [1_000], unknownMs: [1_000, 2_000], jitter: 0.2 };
const hourMs = 3_600_000;
const dayMs = 86_400_000;

const waitOf = (decision: Decision) =>
  decision.kind === 'append' && 'retryInMs' in decision.event
    ? decision.event.retryInMs
    : undefined;

/** The recorded wait after an outcome, and after an answer to a question. */
function afterOutcome(order: OrderHistory, outcome: OutcomeEvent, random: number, wishMs?: number) {
  return waitOf(decideOutcome(order, outcome, policy, random, wishMs));
}
function afterReport(order: OrderHistory, status: 'pending' | 'unknown', wishMs?: number) {
  const { revision: headRevision } = order.head;
  const asked = { conclusive: false, attempts: 1, headRevision };
  const report = { type: 'StatusReported', status, rule: status, ...asked } as const;
  const context = { policy, random: 0.5, isWaitedFor: true, conclusiveInMs: 90_000, wishMs };
  return waitOf(decideReport(order, report, context));
}

const notExecuted = { type: 'CancelNotExecuted', attempt: 1, rule: 'http-429' } as const;
const requested = orderOf(cancelRequested);
const doubtful = orderOf(cancelRequested, unknown(1, 1_000));

describe('the wish of a platform to be left alone', () => {
  test('makes the recorded wait as long, and leaves a longer one as it is', () => {
    expect(afterOutcome(requested, notExecuted, 0.5, 7_000)).toBe(7_000);
    expect(afterOutcome(requested, unknown(1), 0.5, 7_000)).toBe(7_000);
    expect(afterOutcome(requested, notExecuted, 0.5, 999)).toBe(1_000);
    expect(afterReport(doubtful, 'unknown', 7_000)).toBe(7_000);
    expect(afterReport(doubtful, 'unknown', 999)).toBe(2_000);
  });

  test('holds an order up for an hour at most', () => {
    expect(afterOutcome(requested, notExecuted, 0.5, dayMs)).toBe(hourMs);
    expect(afterReport(doubtful, 'unknown', dayMs)).toBe(hourMs);
  });

  test('makes no wait where the attempts or questions are spent', () => {
    const spent = orderOf(
      cancelRequested,
      { ...notExecuted, retryInMs: 1 },
      { type: 'CancelRetryDue' },
    );
    const unanswered = {
      type: 'StatusReported',
      status: 'unknown',
      rule: 'r',
      conclusive: false,
    } as const;
    const asked = orderOf(...[cancelRequested, unknown(1, 1_000)], {
      ...unanswered,
      attempts: 1,
      headRevision: 2,
      retryInMs: 1,
    });

    expect(afterOutcome(spent, { ...notExecuted, attempt: 2 }, 0.5, 7_000)).toBeNull();
    expect(afterReport(asked, 'unknown', 7_000)).toBeNull();
  });

  test('makes no wait after a call that is blocked or that confirmed the cancel', () => {
    const blocked = { type: 'CancelBlocked', attempt: 1, rule: 'http-redirect' } as const;
    const confirmed = { type: 'CancelConfirmed', attempt: 1, rule: 'confirmed' } as const;

    expect(afterOutcome(requested, blocked, 0.5, 7_000)).toBeNull();
    expect(afterOutcome(requested, confirmed, 0.5, 7_000)).toBeUndefined();
  });

  test('makes the one wait longer that lasts until pending proves something', () => {
    const asked = orderOf(
      ...[cancelRequested, unknown(1, 1_000)],
      { type: 'CancelRetryDue' },
      unknown(2, 1_000),
    );
    expect(afterReport(asked, 'pending', 0)).toBe(90_000);
    expect(afterReport(asked, 'pending', 120_000)).toBe(120_000);
  });

  test('never shortens a wait, and is met or held to an hour, whatever it is', () => {
    const outcome = fc.constantFrom<OutcomeEvent>(notExecuted, unknown(1));
    const wish = fc.oneof(
      fc.double({ min: 0, max: dayMs, noNaN: true }),
      fc.integer({ min: 0, max: dayMs }),
    );
    fc.assert(
      fc.property(
        outcome,
        fc.double({ min: 0, max: 1, noNaN: true }),
        wish,
        (event, random, wishMs) => {
          const without = afterOutcome(requested, event, random) ?? NaN;
          const waitMs = afterOutcome(requested, event, random, wishMs) ?? NaN;
          expect(Number.isSafeInteger(waitMs)).toBe(true);
          expect(waitMs).toBeGreaterThanOrEqual(Math.max(without, Math.min(wishMs, hourMs)));
          expect(waitMs).toBeLessThanOrEqual(hourMs);
        },
      ),
    );
  });
});

describe('a wish in what a gateway port gave', () => {
  test.each([0, 1, 1.5, dayMs])('counts where it is 0 to a day: %s', (retryAfterMs) => {
    expect(wishIn({ retryAfterMs })).toBe(retryAfterMs);
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'retry'],
    ['no wish', {}],
    ['a wish in text', { retryAfterMs: '7000' }],
    ['a negative wish', { retryAfterMs: -1 }],
    ['more than a day', { retryAfterMs: dayMs + 1 }],
    ['no number', { retryAfterMs: NaN }],
    ['no end', { retryAfterMs: Infinity }],
    ['a bigint', { retryAfterMs: 7n }],
    ['a wish that cannot be read', throwingAt('retryAfterMs')],
  ])('is ignored where it is %s', (_what, given) => {
    expect(wishIn(given)).toBe(0);
  });
});
