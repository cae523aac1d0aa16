import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { Anonymiser } from '../../src/history/anonymise.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { verifyOrder } from '../../src/history/verify.ts';
import { verifyHistories } from '../../src/index.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { always, order, orderNo, reason, world } from '../payment-orders/world.ts';

const who = { actor: { kind: 'customer', id: 'zhang-san' }, commandId: 'wish-of-zhang' };

async function recorded(): Promise<RecordedEvent[]> {
  const { orders, store } = await world(always('refused'));
  await orders.create({ ...order, source: 'shop-7' });
  await orders.cancel(orderNo, { reason, ...who });
  await orders.recordPaymentSucceeded(orderNo, {
    ...{ transactionNo: 'T-4200', amountMinor: 9_990_001, currency: 'CNY' },
    occurredAt: '2023-11-14T22:13:00Z',
  });
  await orders.cancel(orderNo, { actor: who.actor });
  await orders.acknowledgeAnomaly(orderNo, { number: 1, by: 'li-si', note: 'told zhang-san' });
  const events: RecordedEvent[] = [];
  for await (const event of store.read(`paymentOrder-${orderNo}`)) events.push(event);
  return events;
}

describe('an anonymised history', () => {
  test('takes the same path through the machine as the original, and verifies', async () => {
    const events = await recorded();
    const anonymous = new Anonymiser(simulatedRuntime()).history(events);
    const way = (history: readonly RecordedEvent[]) =>
      history.map(({ type, metadata: { from, to } }) => [type, from, to]);
    expect(way(anonymous)).toEqual(way(events));
    expect(await verifyHistories(paymentOrderMachine, [anonymous])).toMatchObject({ ok: true });
    const store = openMemoryStore(simulatedRuntime());
    const stream = anonymous[0]?.stream ?? '';
    await store.append(stream, anonymous, 'no-stream');
    const { ok, faults } = await verifyOrder(
      store,
      compileMachine(),
      stream.slice('paymentOrder-'.length),
    );
    expect({ ok, faults }).toEqual({ ok: true, faults: [] });
  });

  test('holds nothing of the recorded history but its path', async () => {
    const events = await recorded();
    const text = JSON.stringify(new Anonymiser(simulatedRuntime()).history(events));
    const secrets = [
      'zhang',
      'li-si',
      'T-4200',
      'shop-7',
      '9990001',
      '12800',
      reason,
      orderNo,
      '2023-11',
    ];
    for (const secret of [...secrets, order.processBillNo]) {
      expect(JSON.stringify(events)).toContain(secret);
      expect(text).not.toContain(secret);
    }
    for (const { id, metadata } of events) {
      for (const drawn of [id, metadata['salt'], metadata['hash'], metadata['$correlationId']]) {
        expect(text).not.toContain(drawn);
      }
    }
  });

  test('keeps equal values equal across histories', async () => {
    const anonymiser = new Anonymiser(simulatedRuntime());
    const events = await recorded();
    expect(anonymiser.history(events)).toEqual(anonymiser.history(events));
    const paid = anonymiser.history(events).find(({ type }) => type === 'PaymentSucceeded');
    expect(paid?.data['factId']).toBe(paid?.data['transactionNo']);
  });
});
