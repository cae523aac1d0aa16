import { describe, expect, test } from 'vitest';
import type { FactType, PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { digest } from '../../src/history/chain.ts';
import { Deduplication } from '../../src/history/deduplication.ts';
import type { HistoryEvent } from '../../src/history/event.ts';
import { contentKey, withFactId } from '../../src/history/fact-key.ts';

type Fact = PaymentOrderEvent<FactType>;

const at = (minute: number) => `2026-11-23T10:0${minute}:00.000Z`;
const money = { amountMinor: 12_800, currency: 'CNY' };
const idOf = (fact: Fact) => withFactId(fact, 'O1').factId;

/** Whether a fact is known after another was stored: as version 1 did, or as it is done today. */
function isKnown(told: Fact, first: Fact, occurredAt?: string): boolean {
  const metadata = { occurredAt };
  const stored = { stream: 'paymentOrder-O1', revision: 7, event: first, metadata };
  // It reads these fields alone.
  const deduplication = new Deduplication('O1').after(stored as unknown as HistoryEvent);
  return deduplication.seenAt(withFactId(told, 'O1')) === 7;
}

describe('the id of a fact', () => {
  test('is the one that was given', () => {
    expect(idOf({ type: 'PaymentSucceeded', factId: 'N1', transactionNo: 'T1' })).toBe('N1');
  });

  test('is by default the number of the payment or the refund', () => {
    expect(idOf({ type: 'PaymentSucceeded', transactionNo: 'T1', ...money })).toBe('T1');
    expect(idOf({ type: 'PaymentRefunded', refundNo: 'R1', ...money })).toBe('R1');
  });

  test('is else a digest of what it says and when, but not of its words', () => {
    const decline = { type: 'PaymentDeclined', code: '余额不足' } as const;
    expect(idOf(decline)).toBe(`sha256:${digest({ code: '余额不足' })}`);
    expect(idOf({ ...decline, occurredAt: at(0) })).not.toBe(
      idOf({ ...decline, occurredAt: at(1) }),
    );
    expect(idOf({ ...decline, message: 'no money' })).toBe(idOf(decline));
    expect(idOf({ ...decline, transactionNo: 'T1' })).not.toBe(idOf(decline));
  });

  test('takes a payment that is numbered by its order for one without a number', () => {
    const bare: Fact = { type: 'PaymentSucceeded', ...money, occurredAt: at(0) };
    expect(idOf({ ...bare, transactionNo: 'O1' })).toBe(idOf(bare));
    expect(idOf(bare)).toMatch(/^sha256:/);
    expect(contentKey({ ...bare, transactionNo: 'O1' }, 'O1')).toBe(contentKey(bare, 'O1'));
  });
});

describe('a fact that is told again', () => {
  test('is known by its number whenever it occurred, and another time of a decline is another', () => {
    const payment: Fact = { type: 'PaymentSucceeded', transactionNo: 'T1', ...money };
    const first = withFactId({ ...payment, occurredAt: at(0) }, 'O1');
    expect(isKnown({ ...payment, occurredAt: at(1) }, first)).toBe(true);
    const decline: Fact = { type: 'PaymentDeclined', occurredAt: at(0) };
    expect(isKnown(decline, withFactId(decline, 'O1'))).toBe(true);
    expect(isKnown({ ...decline, occurredAt: at(1) }, withFactId(decline, 'O1'))).toBe(false);
  });

  test('is known by both keys where version 1 stored it', () => {
    const failure: Fact = { type: 'PaymentFailed', code: 'E1' };
    const ofVersion1: Fact = { ...failure, factId: `sha256:${digest({ code: 'E1' })}` };
    for (const first of [ofVersion1, failure]) {
      expect(isKnown({ ...failure, occurredAt: at(0) }, first, at(0))).toBe(true);
      expect(isKnown({ ...failure, occurredAt: at(1) }, first, at(0))).toBe(false);
      expect(isKnown({ ...failure, code: 'E2', occurredAt: at(0) }, first, at(0))).toBe(false);
    }
    expect(isKnown(failure, ofVersion1, at(0))).toBe(true);
    const numbered: Fact = { type: 'PaymentSucceeded', transactionNo: 'O1', ...money };
    const stored: Fact = { ...numbered, factId: 'O1', isOfVersion1: true };
    expect(isKnown({ ...numbered, occurredAt: at(0) }, stored, at(0))).toBe(true);
    expect(isKnown({ ...numbered, factId: 'O1' }, stored, at(0))).toBe(true);
  });

  test('is not known by its content where its id was given', () => {
    const failure: Fact = { type: 'PaymentFailed', code: 'E1' };
    expect(isKnown(failure, { ...failure, factId: 'N1' })).toBe(false);
  });

  test('is another where one id stands for refunds with other numbers', () => {
    const first: Fact = { type: 'PaymentRefunded', factId: 'batch-1', refundNo: 'R1', ...money };
    expect(isKnown(first, first)).toBe(true);
    expect(isKnown({ ...first, refundNo: 'R2' }, first)).toBe(false);
  });

  test('is another where a refund has another amount', () => {
    const refund: Fact = { type: 'PaymentRefunded', refundNo: 'R1', ...money };
    expect(isKnown({ ...refund, transactionNo: 'T1' }, withFactId(refund, 'O1'))).toBe(true);
    expect(isKnown({ ...refund, amountMinor: 1 }, withFactId(refund, 'O1'))).toBe(false);
  });
});
