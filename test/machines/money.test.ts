import { describe, expect, test } from 'vitest';
import { knownFrom } from '../../machines/payment-order.facts.ts';
import { received, refunded } from '../../machines/payment-order.money.ts';

const notices = 1_000;
const money = { amountMinor: 1, currency: 'CNY' };

/** So many notices, and how often their numbers were looked at. */
function counted<T extends object>(noticeOf: (index: number) => T) {
  let reads = 0;
  const all = Array.from({ length: notices }, (_, index) => {
    const get = (notice: T, field: keyof T) => {
      reads += 1;
      return notice[field];
    };
    // A proxy's fields are named by text or symbols; these are read by text alone.
    return new Proxy(noticeOf(index), { get: get as NonNullable<ProxyHandler<T>['get']> });
  });
  return { all, reads: () => reads };
}

describe('an order that a channel floods with notices', () => {
  const known = { ...knownFrom({ orderNo: 'O1', processBillNo: 'F1' }), paid: true };
  const total = [{ ...money, amountMinor: notices }];

  test('adds its refunds up in one pass', () => {
    const { all, reads } = counted((index) => ({ refundNo: `R${index}`, ...money }));

    expect(refunded({ refunds: all })).toEqual(total);
    expect(reads()).toBeLessThan(10 * notices);
  });

  test('adds its payments up in one pass', () => {
    const { all, reads } = counted((index) => ({ transactionNo: `T${index}`, ...money }));

    expect(received({ ...known, payments: all })).toEqual(total);
    expect(reads()).toBeLessThan(10 * notices);
  });

  test('counts the first amount of each payment, and nothing of one without an amount', () => {
    const numbered = [{ transactionNo: 'T1' }, { ...money, amountMinor: 5 }];
    const first = { transactionNo: 'T1', ...money };
    const second = { ...first, amountMinor: 2 };

    expect(received({ ...known, payments: [...numbered, first, second] })).toEqual([money]);
    expect(received({ ...known, payments: numbered })).toBeNull();
    expect(received({ ...known, payments: [] })).toBeNull();
    expect(received({ ...known, payments: [{}, money, second] })).toEqual([
      { ...money, amountMinor: 2 },
    ]);
  });
});
