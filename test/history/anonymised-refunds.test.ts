import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { Anonymiser } from '../../src/history/anonymise.ts';
import { evolve, prepareEvent } from '../../src/history/load.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { knownAlong } from '../../src/history/recorded-steps.ts';
import { verifyHistories } from '../../src/index.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';

const compiled = compileMachine();
const stream = 'paymentOrder-O1';
const context = { source: 'fact', $correlationId: 'c-1' };

/** Records what the machine takes, as a store would keep it. */
function recorded(events: readonly PaymentOrderEvent[]): readonly RecordedEvent[] {
  const runtime = simulatedRuntime();
  const records: RecordedEvent[] = [];
  let order: OrderHistory | null = null;
  for (const event of events) {
    if (order?.takes(event) === false) continue;
    const { prepared, stored } = prepareEvent(compiled, order, stream, event, context, runtime);
    order = evolve(compiled, order, stored);
    records.push({ stream, revision: records.length, position: '', ...prepared });
  }
  return records;
}

const anomaliesIn = (events: readonly RecordedEvent[]) =>
  [...knownAlong(events)].at(-1)?.known.anomalies;

const created: PaymentOrderEvent = {
  ...({ type: 'PaymentOrderCreated', orderNo: 'O1', processBillNo: 'F1' } as const),
  ...{ amountMinor: 12_800, currency: 'CNY' },
};

const amounts = fc.constantFrom(0, 33, 6_400, 12_800, 12_801);
/** `O1`: the order's own number stands for a payment that the channel did not number. */
const payments = fc
  .record({ transactionNo: fc.constantFrom('O1', 'T1', 'T2'), amountMinor: amounts })
  .map((payment): PaymentOrderEvent => ({ type: 'PaymentSucceeded', currency: 'CNY', ...payment }));
const refunds = fc
  .record({ refundNo: fc.constantFrom('R1', 'R2', 'R3'), amountMinor: amounts })
  .map((refund): PaymentOrderEvent => ({ type: 'PaymentRefunded', currency: 'CNY', ...refund }));
const retractions = fc.integer({ min: 1, max: 8 }).map((revision): PaymentOrderEvent => ({
  ...{ type: 'FactRetracted', revision, evidence: 'bill', by: 'li-si' },
}));

describe('an anonymised history in which money went back', () => {
  test('opens and closes the same anomalies as the original', async () => {
    const histories = fc.array(fc.oneof(payments, refunds, retractions), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(histories, fc.integer(), async (events, seed) => {
        const original = recorded([created, ...events]);
        const anonymous = new Anonymiser(simulatedRuntime({ seed })).history(original);
        expect(await verifyHistories(paymentOrderMachine, [anonymous])).toMatchObject({ ok: true });
        expect(anomaliesIn(anonymous)).toEqual(anomaliesIn(original));
      }),
    );
  });

  test('shows none of the amounts', () => {
    const events = recorded([
      created,
      { type: 'PaymentSucceeded', transactionNo: 'T1', amountMinor: 12_800, currency: 'CNY' },
      { type: 'PaymentRefunded', refundNo: 'R1', amountMinor: 6_400, currency: 'CNY' },
    ]);
    const anonymous = new Anonymiser(simulatedRuntime()).history(events);
    const [order, payment, refund] = anonymous.map(({ data }) => Number(data['amountMinor']));
    expect(order).not.toBe(12_800);
    expect(payment).toBe(order);
    expect(2 * (refund ?? 0)).toBe(payment);
    const [other] = new Anonymiser(simulatedRuntime({ seed: 2 })).history(events);
    expect(other?.data['amountMinor']).not.toBe(order);
  });

  test('numbers amounts that are too large to be multiplied', () => {
    const amountMinor = Number.MAX_SAFE_INTEGER;
    const events = recorded([
      created,
      { type: 'PaymentRefunded', refundNo: 'R1', amountMinor, currency: 'CNY' },
    ]);
    const anonymous = new Anonymiser(simulatedRuntime()).history(events);
    expect(anonymous.map(({ data }) => data['amountMinor'])).toEqual([400, 800]);
  });
});
