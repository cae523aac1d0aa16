import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import { differenceBetween } from '../../src/testing/declared-comparison.ts';
import { receivedBy, refundedBy, totalOf } from '../../src/testing/declared-money.ts';
import type { DeclaredOrder } from '../../src/testing/declared-target.ts';
import { declaredNext, declaredStart } from '../../src/testing/declared-target.ts';
import { orderAfter, validHistories } from '../../src/testing/index.ts';
import { goldenNames, readGolden } from '../history/golden.ts';

// The reference is held against the issue's own sentences, by hand: the machine is not asked.

const money = { amountMinor: 12_800, currency: 'CNY' };
const by = { evidence: 'bill', by: 'operator-1' };
const paid = (transactionNo?: string, amountMinor = 12_800): PaymentOrderEvent => ({
  type: 'PaymentSucceeded',
  ...(transactionNo === undefined ? {} : { transactionNo }),
  amountMinor,
  currency: 'CNY',
});
const retracted = (revision: number): PaymentOrderEvent => ({
  type: 'FactRetracted',
  revision,
  ...by,
});
const refunded = (refundNo: string, amountMinor: number): PaymentOrderEvent => ({
  type: 'PaymentRefunded',
  refundNo,
  amountMinor,
  currency: 'CNY',
});
const resolved = (resolution: 'open' | 'cancelled' | 'paid'): PaymentOrderEvent => ({
  type: 'CancelResolved',
  resolution,
  ...by,
});
const outcome = (
  type: 'CancelConfirmed' | 'CancelRefused' | 'CancelOutcomeUnknown' | 'CancelNotExecuted',
  attempt = 1,
): PaymentOrderEvent =>
  type === 'CancelConfirmed'
    ? { type, attempt, rule: 'told' }
    : { type, attempt, rule: 'told', retryInMs: 1_000 };

function after(...events: readonly PaymentOrderEvent[]): DeclaredOrder {
  let order = declaredStart({ orderNo: 'O1', processBillNo: 'F1', ...money });
  for (const event of events) {
    const next = declaredNext(order, event);
    if (next === null) throw new Error(`${order.state} does not take ${event.type}`);
    order = next;
  }
  return order;
}

const anomaliesOf = ({ known }: DeclaredOrder) =>
  known.anomalies.map(
    ({ number, code, revision, acknowledged, retracted: isRetracted }) =>
      `${number} ${code} @${revision}${acknowledged ? ' acknowledged' : ''}` +
      (isRetracted ? ' retracted' : ''),
  );

const cancel: PaymentOrderEvent = { type: 'CancelRequested' };

describe('the reference of the tables', () => {
  test('keeps an order payable after declines, and paid without an anomaly', () => {
    const order = after({ type: 'PaymentDeclined' }, { type: 'PaymentDeclined' }, paid('T1'));
    expect([order.state, anomaliesOf(order)]).toEqual(['paid', []]);
  });

  test('cancels a failed order, and settles it back where the gateway refuses', () => {
    const failed: PaymentOrderEvent = { type: 'PaymentFailed' };
    expect(after(failed, cancel).state).toBe('cancelling.requesting');
    expect(after(failed, cancel, outcome('CancelRefused')).state).toBe('failed');
    expect(after(failed, cancel, outcome('CancelConfirmed')).state).toBe('cancelled');
    const closed = after(failed, { type: 'ClosedAtGateway' });
    expect(declaredNext(closed, cancel)).toBeNull();
  });

  test('leads a payment that is taken back to where the order was', () => {
    expect(after(paid('T1'), retracted(1)).state).toBe('created');
    expect(after({ type: 'PaymentStarted' }, paid('T1'), retracted(2)).state).toBe('paying');
    const unrun = outcome('CancelNotExecuted');
    expect(after(cancel, unrun, paid('T1'), retracted(3)).state).toBe('cancelling.needsReview');
    const refused = outcome('CancelRefused');
    expect(after(cancel, refused, paid('T1'), retracted(3)).state).toBe('created');
    expect(after({ type: 'PaymentFailed' }, paid('T1'), retracted(2)).state).toBe('failed');
  });

  test('moves nothing by a retraction while a cancel is under way', () => {
    const unknown = outcome('CancelOutcomeUnknown');
    expect(after(cancel, paid('T1'), retracted(2)).state).toBe('cancelling.requesting');
    expect(after({ type: 'PaymentFailed' }, cancel, unknown, retracted(1)).state).toBe(
      'cancelling.inDoubt',
    );
  });

  test('gives the fact back where its retraction is taken back, and the doubt with a resolution', () => {
    expect(after(paid('T1'), retracted(1), retracted(2)).state).toBe('paid');
    const doubt = [cancel, outcome('CancelOutcomeUnknown')];
    const order = after(...doubt, resolved('open'), retracted(3));
    expect([order.state, order.known.answers]).toEqual(['cancelling.needsReview', ['unknown']]);
    const twice = after(paid('T1'), retracted(1));
    expect(declaredNext(twice, retracted(1))).toBeNull();
    expect(declaredNext(twice, retracted(0))).toBeNull();
  });

  test('closes anomalies that a retraction makes void, and opens others with the next number', () => {
    const closed: PaymentOrderEvent = { type: 'ClosedAtGateway' };
    const order = after(closed, paid('T1'), paid('T2'), retracted(2));
    expect(anomaliesOf(order)).toEqual([
      '1 paid-after-cancel @2 retracted',
      '2 double-payment @3 retracted',
      '3 paid-after-cancel @3',
    ]);
    const known: PaymentOrderEvent = { type: 'AnomalyAcknowledged', number: 1, by: 'operator-1' };
    expect(anomaliesOf(after(closed, paid('T1'), known, retracted(2)))).toEqual([
      '1 paid-after-cancel @2 acknowledged',
    ]);
    expect(anomaliesOf(after(closed, paid('T1'), retracted(2), retracted(3)))).toEqual([
      '1 paid-after-cancel @2 retracted',
      '2 paid-after-cancel @2',
    ]);
  });

  test('counts a refund once, and tells where more goes back than came', () => {
    const order = after(paid('T1'), refunded('R1', 12_800), refunded('R1', 1));
    expect(anomaliesOf(order)).toEqual(['1 contradicted @3']);
    expect(totalOf(refundedBy(order.known.refunds), 'CNY')).toBe(12_800);
    expect(anomaliesOf(after(paid('T1'), refunded('R1', 12_800), retracted(1)))).toEqual([
      '1 refund-mismatch @2',
    ]);
    const byResolution = [cancel, outcome('CancelOutcomeUnknown'), resolved('paid')];
    expect(anomaliesOf(after(...byResolution, refunded('R1', 1)))).toEqual([]);
  });

  test('takes a payment without a number for the one that has it, never for another', () => {
    const twice = after(paid('O1'), paid('T1'), paid());
    expect(anomaliesOf(twice)).toEqual([]);
    expect(totalOf(receivedBy(twice.known) ?? [], 'CNY')).toBe(12_800);
    expect(anomaliesOf(after(paid('T1'), paid('O1', 1)))).toEqual([
      '1 amount-mismatch @2',
      '2 contradicted @2',
    ]);
    expect(anomaliesOf(after(paid(), paid('T1'), paid('T2')))).toEqual(['1 double-payment @3']);
    expect(anomaliesOf(after(paid('T1', 1), paid('T1', 1)))).toEqual(['1 amount-mismatch @1']);
  });

  test('lets a failure contradict a payment unless it occurred before', () => {
    const at = (time: string) => ({ occurredAt: `2021-02-22T07:${time}:00.000Z` });
    const payment = { ...paid('T1'), ...at('16') } as PaymentOrderEvent;
    const failed = (when: object) => ({ type: 'PaymentFailed' as const, ...when });
    expect(anomaliesOf(after(payment, failed(at('15'))))).toEqual([]);
    expect(anomaliesOf(after(payment, failed(at('17'))))).toEqual(['1 contradicted @2']);
    expect(anomaliesOf(after(payment, failed({})))).toEqual(['1 contradicted @2']);
    expect(anomaliesOf(after(paid('T1'), failed(at('15'))))).toEqual(['1 contradicted @2']);
  });

  test('tells an operator whose resolution a late answer contradicts', () => {
    const doubt = [cancel, outcome('CancelOutcomeUnknown')];
    expect(anomaliesOf(after(...doubt, resolved('open'), outcome('CancelConfirmed')))).toEqual([
      '1 resolution-contradicted @4',
    ]);
    const cancelled = [...doubt, resolved('cancelled')];
    expect(anomaliesOf(after(...cancelled, outcome('CancelRefused')))).toEqual([
      '1 resolution-contradicted @4',
    ]);
    const two = [
      ...doubt,
      { type: 'CancelRetryDue' } as const,
      outcome('CancelOutcomeUnknown', 2),
      resolved('cancelled'),
      outcome('CancelRefused', 2),
    ];
    expect(anomaliesOf(after(...two))).toEqual([]);
    expect(anomaliesOf(after(...two, outcome('CancelNotExecuted', 1)))).toEqual([
      '1 resolution-contradicted @7',
    ]);
  });
});

/** Folds a history by the machine and by the reference. */
function agreesOn([created, ...events]: readonly PaymentOrderEvent[]): void {
  if (created?.type !== 'PaymentOrderCreated') throw new Error('no history begins so');
  let declared = declaredStart(created);
  let order = orderAfter([created]);
  for (const event of events) {
    const [next, wanted] = [order.next(event), declaredNext(declared, event)];
    if (next === null || wanted === null) throw new Error(`${event.type} is not taken`);
    expect(next.state).toBe(wanted.state);
    expect(differenceBetween(next.known, wanted.known)).toBeNull();
    [order, declared] = [next, wanted];
  }
}

describe('the shipped machine', () => {
  test('knows at every step what the reference knows', () => {
    fc.assert(
      fc.property(validHistories(), (history) => {
        agreesOn(history);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each(goldenNames())('knows of the golden history %s what the reference knows', (name) => {
    agreesOn(readGolden(name).events.map((recorded) => decodeEvent(recorded).event));
  });
});
