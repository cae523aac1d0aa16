import { describe, expect, test } from 'vitest';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { AnomalyCode, OrderFacts } from '../../machines/payment-order.facts.ts';
import { knownFrom, refused, retryDelayMs } from '../../machines/payment-order.facts.ts';
import { record } from '../../machines/payment-order.fold.ts';
import { defaultRetryPolicy } from '../../machines/payment-order.retry-policy.ts';
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

const given = (...events: PaymentOrderEvent[]): OrderFacts =>
  events.reduce(record, knownFrom(created));
const anomalies = (known: OrderFacts): AnomalyCode[] => known.anomalies.map(({ code }) => code);

describe('recording an event', () => {
  test('opens amount-mismatch for a payment of another amount or currency', () => {
    const other = (amountMinor: number, currency: string): PaymentOrderEvent => ({
      ...{ type: 'PaymentSucceeded', transactionNo: 'T1', amountMinor, currency },
    });
    expect(anomalies(given(other(12_799, 'CNY')))).toEqual(['amount-mismatch']);
    expect(anomalies(given(other(12_800, 'USD')))).toEqual(['amount-mismatch']);
    expect(anomalies(given(paid))).toEqual([]);
    expect(anomalies(given({ type: 'PaymentSucceeded', transactionNo: 'T1' }))).toEqual([]);
  });

  test('opens double-payment for a second transaction number, and keeps both payments', () => {
    const known = given(paid, { type: 'PaymentSucceeded', transactionNo: 'T2', ...money });
    expect(anomalies(known)).toEqual(['double-payment']);
    expect(known.payments.map(({ transactionNo }) => transactionNo)).toEqual(['T1', 'T2']);
  });

  test('takes a notice without an amount for the same payment, and keeps the amount that came later', () => {
    const bare: PaymentOrderEvent = { type: 'PaymentSucceeded', transactionNo: 'T1' };
    const second: PaymentOrderEvent = { ...paid, transactionNo: 'T2' };
    const whole = { transactionNo: 'T1', ...money };
    for (const events of [
      [bare, paid],
      [paid, bare],
      [bare, paid, bare],
    ]) {
      expect(given(...events)).toMatchObject({ paid: true, payments: [whole], anomalies: [] });
    }
    expect(given(bare)).toMatchObject({ payments: [{ transactionNo: 'T1' }] });
    expect(given(bare).payments[0]).not.toHaveProperty('amountMinor');
    expect(given(bare).payments[0]).not.toHaveProperty('currency');
    const other: PaymentOrderEvent = { type: 'PaymentSucceeded', transactionNo: 'T3' };
    expect(given(bare, other, paid).payments).toEqual([whole, { transactionNo: 'T3' }]);
    expect(given(second, bare, paid).payments).toEqual([{ transactionNo: 'T2', ...money }, whole]);
    expect(given(paid, paid).payments).toEqual([whole]);
  });

  test('opens contradicted for a known transaction number with another amount', () => {
    const other = { amountMinor: 1, currency: 'CNY' };
    const known = given(paid, { type: 'PaymentSucceeded', transactionNo: 'T1', ...other });
    expect(anomalies(known)).toEqual(['amount-mismatch', 'contradicted']);
  });

  test('opens an anomaly for a payment after a closing or a failure', () => {
    expect(anomalies(given({ type: 'ClosedAtGateway' }, paid))).toEqual(['paid-after-cancel']);
    expect(anomalies(given({ type: 'PaymentFailed' }, paid))).toEqual(['paid-after-failure']);
    expect(anomalies(given(requested, confirmed(1), paid))).toEqual(['paid-after-cancel']);
  });

  test('opens contradicted for a failure or a closing after a payment, and cancelled-and-paid for a confirmed cancel', () => {
    expect(anomalies(given(paid, { type: 'PaymentFailed' }))).toEqual(['contradicted']);
    expect(anomalies(given(paid, { type: 'ClosedAtGateway' }))).toEqual(['contradicted']);
    expect(anomalies(given(requested, paid, confirmed(1)))).toEqual(['cancelled-and-paid']);
  });

  test('opens cancel-unresolved once money is in while in doubt, and no call is in flight', () => {
    const unknown = undecided('CancelOutcomeUnknown', 1);
    expect(anomalies(given(requested, unknown, paid))).toEqual(['cancel-unresolved']);
    expect(anomalies(given(requested, unknown, paid, unknown))).toEqual(['cancel-unresolved']);
    expect(anomalies(given(requested, unknown, retried, paid))).toEqual([]);
    const answered = given(requested, unknown, retried, paid, undecided('CancelRefused', 2));
    expect(anomalies(answered)).toEqual(['cancel-unresolved']);
    expect(anomalies(given(paid))).toEqual([]);
  });

  test('never replaces a definite answer by unknown, but replaces unknown', () => {
    const unknown = undecided('CancelOutcomeUnknown', 1);
    expect(given(requested, unknown, undecided('CancelRefused', 1)).answers).toEqual(['refused']);
    expect(given(requested, undecided('CancelRefused', 1), unknown).answers).toEqual(['refused']);
    expect(given(requested, unknown, confirmed(1))).toMatchObject({
      ...{ closed: true, answers: ['confirmed'] },
    });
  });

  test('leaves no doubt after a resolution, and an anomaly where money came after a failure', () => {
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

  test('changes unknown answers by a resolution, and nothing else', () => {
    const doubt = [
      ...[requested, undecided('CancelNotExecuted', 1), retried],
      ...[undecided('CancelOutcomeUnknown', 2)],
    ];
    const known = given(...doubt);
    for (const resolution of ['cancelled', 'paid', 'failed', 'open'] as const) {
      const told = { cancelled: 'closed', paid: 'paid', failed: 'failed' } as const;
      const by = { evidence: 'bill of the day', by: 'operator-1' };
      expect(record(known, { type: 'CancelResolved', resolution, ...by })).toEqual({
        ...known,
        answers: ['not-executed', 'resolved'],
        closed: resolution === 'cancelled',
        paid: resolution === 'paid',
        failed: resolution === 'failed',
        since: {
          ...known.since,
          ...(resolution === 'open' ? {} : { [told[resolution]]: 5 }),
        },
        cancel: { ...known.cancel, endedBy: 'CancelResolved' },
        resolutions: [{ resolution, attempts: [2] }],
        revision: 5,
        history: [...known.history, { revision: 5, type: 'CancelResolved', resolution }],
      });
    }
  });

  test('closes an acknowledged anomaly by its number, and keeps the others open', () => {
    const known = given({ type: 'PaymentFailed' }, { type: 'ClosedAtGateway' }, paid);
    const after = record(known, { type: 'AnomalyAcknowledged', number: 2, by: 'operator-1' });
    const opened = { revision: 3, retracted: false };
    expect(after.anomalies).toEqual([
      { ...opened, number: 1, code: 'paid-after-cancel', acknowledged: false },
      { ...opened, number: 2, code: 'paid-after-failure', acknowledged: true },
    ]);
  });

  test('takes the wait recorded with the outcome, or that of the plain policy', () => {
    const unknown = undecided('CancelOutcomeUnknown', 1);
    const recorded = { ...unknown, retryInMs: 4_321 };
    expect(given(requested, recorded as PaymentOrderEvent).retryInMs).toBe(4_321);
    expect(given(requested, { ...recorded, retryInMs: null } as PaymentOrderEvent)).toMatchObject({
      retryInMs: null,
    });
    expect(given(requested, unknown).retryInMs).toBe(5_000);
    expect(given(requested, unknown, retried).retryInMs).toBeNull();
  });

  test('counts a rejected command, and learns nothing of it', () => {
    const known = given(requested);
    const wish: PaymentOrderEvent = {
      ...{ type: 'CommandRejected', command: 'StartPayment', code: 'already-cancelling' },
    };
    expect(record(known, wish)).toEqual({ ...known, revision: 2 });
    expect(record(known, created)).toEqual({ ...known, revision: 2 });
  });

  test('knows only numbers and amount of an order that was just created', () => {
    const nothing = {
      ...{ revision: 0, history: [], resolutions: [], closedAtGateway: false, refunds: [] },
      ...{ started: false, paid: false, failed: false, closed: false, payments: [] },
      ...{ cancel: null, answers: [], anomalies: [], retryInMs: null, attemptDeadlineMs: null },
      ...{ questions: 0, gateway: null },
      since: { paid: null, payment: null, failed: null, closed: null, refused: null },
    };
    expect(knownFrom(created)).toEqual({ ...created, type: undefined, ...nothing });
    const { orderNo, processBillNo } = created;
    const bare = knownFrom({ orderNo, processBillNo });
    expect(bare).toEqual({ orderNo, processBillNo, ...nothing });
    expect(bare).not.toHaveProperty('amountMinor');
    // XState asks for a snapshot without input.
    expect(knownFrom(undefined)).toEqual({ orderNo: '', processBillNo: '', ...nothing });
  });

  test('changes nothing for the outcome of an attempt that was never made', () => {
    const known = given(started);
    expect(record(known, confirmed(1))).toEqual({ ...known, revision: 2 });
  });

  test('changes nothing for a retraction of what cannot be taken back', () => {
    const known = given(requested, undecided('CancelRefused', 1));
    const retraction = { evidence: 'bill', by: 'operator-1' };
    for (const revision of [1, 2, 3, 9]) {
      const after = record(known, { type: 'FactRetracted', revision, ...retraction });
      expect(after).toEqual({ ...known, revision: 3 });
    }
  });

  test('changes nothing for the acknowledgement of an anomaly that a retraction closed', () => {
    const retraction = { type: 'FactRetracted', revision: 2, evidence: 'bill', by: 'o' } as const;
    const known = given(
      ...[{ type: 'ClosedAtGateway' } as const, { type: 'PaymentSucceeded' } as const, retraction],
    );
    expect(known.anomalies).toMatchObject([{ acknowledged: false, retracted: true }]);
    const acknowledged = record(known, { type: 'AnomalyAcknowledged', number: 1, by: 'o' });
    expect(acknowledged).toEqual({ ...known, revision: 4 });
  });

  test('finds no refusal where no cancel was requested', () => {
    expect(refused(given(started))).toBe(false);
    expect(refused(given(requested, undecided('CancelRefused', 1)))).toBe(true);
  });

  test('numbers attempts through the life of the order, and keeps the reason in a retry', () => {
    const known = given(
      ...[requested, undecided('CancelBlocked', 1)],
      ...[{ type: 'CancelRetryRequested' } as const, undecided('CancelRefused', 2)],
      ...[{ type: 'CancelRequested', reason: 'second' } as const],
    );
    expect(known.answers).toEqual(['blocked', 'refused', 'in-flight']);
    const cancel = { reason: 'second', firstAttempt: 3, budgetFrom: 3, endedBy: null };
    expect(known.cancel).toEqual(cancel);
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

  test('never waits after a blocked call, nor after a cancel', () => {
    for (const type of ['CancelBlocked', 'CancelConfirmed'] as const) {
      const outcome = { type, attempt: 1 };
      expect(retryDelayMs(defaultRetryPolicy, given(requested), outcome)).toBeNull();
    }
  });

  test('takes no wait from a blocked call, but that of a version that could hold one', () => {
    const blocked = { type: 'CancelBlocked', attempt: 1, rule: 'key-refused' } as const;
    // A plain actor may be sent anything.
    const withNumber = { ...blocked, retryInMs: 5_000 } as unknown as PaymentOrderEvent;

    expect(given(requested, blocked).retryInMs).toBeNull();
    expect(given(requested, withNumber).retryInMs).toBeNull();
    expect(given(requested, { ...blocked, retryInMsOfVersion1: 7 }).retryInMs).toBe(7);
  });

  test('counts attempts that ended alike, but no others and not the one that just ended', () => {
    const known = given(
      ...[requested, undecided('CancelNotExecuted', 1), retried],
      ...[undecided('CancelOutcomeUnknown', 2), retried, undecided('CancelRefused', 3), retried],
    );
    const waitAfter = (type: 'CancelNotExecuted' | 'CancelRefused' | 'CancelOutcomeUnknown') =>
      retryDelayMs(defaultRetryPolicy, known, { type, attempt: 4 });
    expect(waitAfter('CancelNotExecuted')).toBe(2_000);
    expect(waitAfter('CancelOutcomeUnknown')).toBe(40_000);
    expect(waitAfter('CancelRefused')).toBe(40_000);
    const late = { type: 'CancelRefused', attempt: 2 } as const;
    expect(retryDelayMs(defaultRetryPolicy, known, late)).toBe(15_000);
    // Before any cancel there is no budget, and all attempts count.
    const never = { ...known, cancel: null };
    expect(retryDelayMs(defaultRetryPolicy, never, { ...late, attempt: 4 })).toBe(40_000);
  });

  test('has a jitter of a fifth', () => {
    expect(defaultRetryPolicy.jitter).toBe(0.2);
  });

  test('begins again with a retry that an operator requested', () => {
    let known = given(requested, undecided('CancelNotExecuted', 1), retried);
    known = record(record(known, undecided('CancelNotExecuted', 2)), {
      type: 'CancelRetryRequested',
    });
    const outcome = { type: 'CancelNotExecuted', attempt: 3 } as const;
    expect(retryDelayMs(defaultRetryPolicy, known, outcome)).toBe(1_000);
  });
});
