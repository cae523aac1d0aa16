import { describe, expect, test } from 'vitest';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { cancelReason, eventSchemas, orderNumber } from '../../machines/payment-order.events.ts';
import type { AnomalyCode, Known } from '../../machines/payment-order.known.ts';
import {
  defaultRetryPolicy,
  enterPaid,
  knownFrom,
  record,
  retryDelayMs,
} from '../../machines/payment-order.known.ts';
import { created } from './created.ts';

const money = { amountMinor: 12_800, currency: 'CNY' };
const started: PaymentOrderEvent = { type: 'PaymentStarted' };
const paid: PaymentOrderEvent = { type: 'PaymentSucceeded', transactionNo: 'T1', ...money };
const requested: PaymentOrderEvent = { type: 'CancelRequested', reason: '临时决定关单取消支付' };
const retried: PaymentOrderEvent = { type: 'CancelRetryDue' };
const confirmed = (attempt: number): PaymentOrderEvent => ({
  ...{ type: 'CancelConfirmed', attempt, rule: 'confirmed' },
});
const undecided = (
  type: 'CancelRefused' | 'CancelNotExecuted' | 'CancelBlocked' | 'CancelOutcomeUnknown',
  attempt: number,
): PaymentOrderEvent => ({ type, attempt, rule: 'tried' });

const given = (...events: PaymentOrderEvent[]): Known => events.reduce(record, knownFrom(created));
const anomalies = (known: Known): AnomalyCode[] => known.anomalies.map(({ code }) => code);

describe('what is remembered', () => {
  test('a payment of another amount or currency is an amount-mismatch', () => {
    const other = (amountMinor: number, currency: string): PaymentOrderEvent => ({
      ...{ type: 'PaymentSucceeded', transactionNo: 'T1', amountMinor, currency },
    });
    expect(anomalies(given(other(12_799, 'CNY')))).toEqual(['amount-mismatch']);
    expect(anomalies(given(other(12_800, 'USD')))).toEqual(['amount-mismatch']);
    expect(anomalies(given(paid))).toEqual([]);
    expect(anomalies(given({ type: 'PaymentSucceeded', transactionNo: 'T1' }))).toEqual([]);
  });

  test('a second transaction number is a double-payment, and both payments are kept', () => {
    const known = given(paid, { type: 'PaymentSucceeded', transactionNo: 'T2', ...money });
    expect(anomalies(known)).toEqual(['double-payment']);
    expect(known.payments.map(({ transactionNo }) => transactionNo)).toEqual(['T1', 'T2']);
  });

  test('a known transaction number with another amount is contradicted', () => {
    const other = { amountMinor: 1, currency: 'CNY' };
    const known = given(paid, { type: 'PaymentSucceeded', transactionNo: 'T1', ...other });
    expect(anomalies(known)).toEqual(['amount-mismatch', 'contradicted']);
  });

  test('a payment after a closing or a failure says so', () => {
    expect(anomalies(given({ type: 'ClosedAtGateway' }, paid))).toEqual(['paid-after-cancel']);
    expect(anomalies(given({ type: 'PaymentFailed' }, paid))).toEqual(['paid-after-failure']);
    expect(anomalies(given(requested, confirmed(1), paid))).toEqual(['paid-after-cancel']);
  });

  test('a failure or a closing after a payment is contradicted; a confirmed cancel is worse', () => {
    expect(anomalies(given(paid, { type: 'PaymentFailed' }))).toEqual(['contradicted']);
    expect(anomalies(given(paid, { type: 'ClosedAtGateway' }))).toEqual(['contradicted']);
    expect(anomalies(given(requested, paid, confirmed(1)))).toEqual(['cancelled-and-paid']);
  });

  test('entering paid while in doubt leaves the cancel unresolved', () => {
    const known = given(requested, undecided('CancelOutcomeUnknown', 1), paid);
    expect(anomalies(enterPaid(known))).toEqual(['cancel-unresolved']);
    expect(anomalies(enterPaid(given(paid)))).toEqual([]);
  });

  test('unknown never replaces what is known of an attempt, but is replaced by it', () => {
    const unknown = undecided('CancelOutcomeUnknown', 1);
    expect(given(requested, unknown, undecided('CancelRefused', 1)).answers).toEqual(['refused']);
    expect(given(requested, undecided('CancelRefused', 1), unknown).answers).toEqual(['refused']);
    expect(given(requested, unknown, confirmed(1)).closed).toBe(true);
  });

  test('an operator who resolves leaves no doubt, and the anomaly where money came after failure', () => {
    const doubt = [requested, undecided('CancelOutcomeUnknown', 1)];
    const by = { evidence: 'bill of the day', by: 'operator-1' };
    const resolved = (resolution: 'cancelled' | 'paid' | 'failed' | 'open'): PaymentOrderEvent => ({
      ...{ type: 'CancelResolved', resolution, ...by },
    });
    expect(given(...doubt, resolved('cancelled'))).toMatchObject({ closed: true });
    expect(given(...doubt, resolved('failed'))).toMatchObject({ failed: true });
    const failed: PaymentOrderEvent = { type: 'PaymentFailed' };
    expect(given(failed, ...doubt, resolved('open'))).toMatchObject({
      ...{ failed: false, answers: ['resolved'] },
    });
    expect(anomalies(given(failed, ...doubt, resolved('paid')))).toEqual(['paid-after-failure']);
  });

  test('the outcome of an attempt that was never made changes nothing', () => {
    const known = given(started);
    expect(record(known, confirmed(1))).toBe(known);
  });

  test('attempts are numbered through the life of the order, and the reason stays in a retry', () => {
    const known = given(
      ...[requested, undecided('CancelBlocked', 1)],
      ...[{ type: 'CancelRetryRequested' } as const, undecided('CancelRefused', 2)],
      ...[{ type: 'CancelRequested', reason: 'second' } as const],
    );
    expect(known.answers).toEqual(['blocked', 'refused', 'in-flight']);
    expect(known.cancel).toEqual({ reason: 'second', firstAttempt: 3, budgetFrom: 3 });
  });
});

describe('the retry policy', () => {
  const waits = (type: 'CancelNotExecuted' | 'CancelOutcomeUnknown' | 'CancelRefused') => {
    let known = given(requested);
    const drawn: number[] = [];
    for (;;) {
      const attempt = known.answers.length;
      const delayMs = retryDelayMs(defaultRetryPolicy, known, { type, attempt });
      if (delayMs === null) return drawn;
      drawn.push(delayMs / 1_000);
      known = record(record(known, undecided(type, attempt)), retried);
    }
  };

  test('waits 1, 2, 4, 8, 15, 30, 60 s and then every 5 min for 2 h after calls that did not run', () => {
    const everyFiveMinutes = Array.from({ length: 24 }, () => 300);
    expect(waits('CancelNotExecuted')).toEqual([1, 2, 4, 8, 15, 30, 60, ...everyFiveMinutes]);
  });

  test('waits from 5 s to 8 h in 12 steps after calls that may have run, and after refusals in doubt', () => {
    const steps = [5, 15, 40, 60, 180, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800];
    expect(waits('CancelOutcomeUnknown')).toEqual(steps);
    expect(waits('CancelRefused')).toEqual(steps);
  });

  test('never waits after a blocked call', () => {
    const outcome = { type: 'CancelBlocked', attempt: 1 } as const;
    expect(retryDelayMs(defaultRetryPolicy, given(requested), outcome)).toBeNull();
  });

  test('begins anew with a retry that an operator asked for', () => {
    let known = given(requested, undecided('CancelNotExecuted', 1), retried);
    known = record(record(known, undecided('CancelNotExecuted', 2)), {
      type: 'CancelRetryRequested',
    });
    const outcome = { type: 'CancelNotExecuted', attempt: 3 } as const;
    expect(retryDelayMs(defaultRetryPolicy, known, outcome)).toBe(1_000);
  });
});

describe('stored events', () => {
  test('order numbers that could escape a path, a shell or a reader are refused', () => {
    const hostile = [
      ...['..', '.', '%2e%2e', '../../x', 'a\0b', 'a\nb', '$all', '$$x', '\ud800', 'Ａ１'],
      ...['e\u0301', 'a\u200bb', '', 'x'.repeat(33), '-rf', '@file'],
    ];
    for (const orderNo of hostile) expect(orderNumber.safeParse(orderNo).success).toBe(false);
    for (const orderNo of ['O20201109150635695000001', 'x'.repeat(32)]) {
      expect(orderNumber.safeParse(orderNo).success).toBe(true);
    }
    expect(orderNumber.safeParse('__proto__').success).toBe(false);
  });

  test('amounts are safe integers from 1 with their currency', () => {
    const { PaymentOrderCreated: schema } = eventSchemas;
    const { orderNo, processBillNo } = created;
    const numbers = { orderNo, processBillNo };
    const accepts = (rest: object) => schema.safeParse({ ...numbers, ...rest }).success;
    for (const amountMinor of [2 ** 53, Number('1e400'), -0, 0, NaN, -1, 12.5, ' 12', '12', null]) {
      expect(accepts({ amountMinor, currency: 'CNY' })).toBe(false);
    }
    expect(accepts({ amountMinor: 1 })).toBe(false);
    expect(accepts({ currency: 'CNY' })).toBe(false);
    expect(accepts({ amountMinor: 1, currency: 'cny' })).toBe(false);
    expect(accepts({ extra: 1 })).toBe(false);
    expect(accepts({ amountMinor: Number.MAX_SAFE_INTEGER, currency: 'CNY' })).toBe(true);
  });

  test('a reason has at most 512 characters of well-formed text', () => {
    expect(cancelReason.safeParse('取'.repeat(512)).success).toBe(true);
    expect(cancelReason.safeParse('取'.repeat(513)).success).toBe(false);
    expect(cancelReason.safeParse('\udc00').success).toBe(false);
  });
});
