import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PreviewStep } from '../../src/order/query-types.ts';
import type { PaymentOrder, Receipt } from '../../src/order/types.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { always, answered, order, orderNo, reason, world } from './world.ts';

const by = 'li.wei';
const evidence = 'bill of the day';
const money = { amountMinor: 12_800, currency: 'CNY' };

type Do = (orders: PaymentOrders) => Promise<Receipt>;
type Act = { readonly step: PreviewStep; readonly run: Do };

const paid = (transactionNo: string, amountMinor = money.amountMinor): Act => {
  const payload = { transactionNo, ...money, amountMinor };
  return {
    step: { type: 'PaymentSucceeded', payload },
    run: (orders) => orders.recordPaymentSucceeded(orderNo, payload),
  };
};

const cancel = (payload: { reason: string; commandId?: string }): Act => ({
  step: { type: 'RequestCancel', payload },
  run: (orders) => orders.cancel(orderNo, payload),
});

const resolve = (resolution: 'paid' | 'cancelled' | 'open'): Act => {
  const payload = { resolution, evidence, by };
  return {
    step: { type: 'ResolveCancel', payload },
    run: (orders) => orders.resolveCancel(orderNo, payload),
  };
};

const retract = (revision: number): Act => {
  const payload = { revision, evidence, by };
  return {
    step: { type: 'RetractFact', payload },
    run: (orders) => orders.retractFact(orderNo, payload),
  };
};

const acknowledge = (number: number): Act => {
  const payload = { number, by };
  return {
    step: { type: 'AcknowledgeAnomaly', payload },
    run: (orders) => orders.acknowledgeAnomaly(orderNo, payload),
  };
};

const acts: readonly Act[] = [
  { step: { type: 'StartPayment', payload: {} }, run: (orders) => orders.startPayment(orderNo) },
  cancel({ reason }),
  cancel({ reason, commandId: 'c-1' }),
  { step: { type: 'RetryCancel', payload: {} }, run: (orders) => orders.retryCancel(orderNo) },
  { step: { type: 'AbandonCancel', payload: {} }, run: (orders) => orders.abandonCancel(orderNo) },
  ...[resolve('paid'), resolve('cancelled'), resolve('open')],
  ...[1, 2, 3, 4, 5].map(retract),
  ...[1, 2].map(acknowledge),
  ...[paid('T1'), paid('T2'), paid('T3', 1)],
  {
    step: { type: 'PaymentFailed', payload: { factId: 'f-1' } },
    run: (orders) => orders.recordPaymentFailed(orderNo, { factId: 'f-1' }),
  },
  {
    step: { type: 'PaymentRefunded', payload: { refundNo: 'R1', ...money } },
    run: (orders) => orders.recordPaymentRefunded(orderNo, { refundNo: 'R1', ...money }),
  },
  {
    step: { type: 'ClosedAtGateway', payload: {} },
    run: (orders) => orders.recordClosedAtGateway(orderNo),
  },
];

const lives = fc.array(
  fc.constantFrom(...acts).map((act) => ({ ...act, [fc.toStringMethod]: () => act.step.type })),
  { minLength: 1, maxLength: 12 },
);
const kinds = fc.array(
  fc.constantFrom<CancelOutcome['kind'][]>(
    ...(['confirmed', 'refused', 'not-executed', 'blocked', 'outcome-unknown'] as const),
  ),
  { minLength: 1, maxLength: 4 },
);

const openOf = (found: PaymentOrder | undefined) =>
  (found?.anomalies ?? []).filter(({ acknowledged, retracted }) => !acknowledged && !retracted);

/** What the first event after a revision did, if there is one. */
async function recordedAfter(orders: PaymentOrders, revision: number) {
  const found = (await orders.history(orderNo))[revision + 1];
  const before = (await orders.getAsOf(orderNo, { revision }))?.order;
  if (found === undefined) {
    const stays = before?.stateDetail;
    return { from: stays, to: stays, events: [], opens: [], closes: [] };
  }
  const after = (await orders.getAsOf(orderNo, { revision: revision + 1 }))?.order;
  const numbersOf = (of: PaymentOrder | undefined) => openOf(of).map(({ number }) => number);
  return {
    from: before?.stateDetail,
    to: after?.stateDetail,
    events: [{ type: found.type, data: found.data }],
    opens: openOf(after)
      .filter(({ number }) => !numbersOf(before).includes(number))
      .map(({ code }) => code),
    closes: numbersOf(before).filter((number) => !numbersOf(after).includes(number)),
  };
}

describe('a preview', () => {
  test('is what is recorded then, whatever an order has been through', async () => {
    const seen = new Map<string, number>();
    const property = fc.asyncProperty(lives, kinds, async (life, outcomes) => {
      const { orders, gateway } = await world((call) =>
        Promise.resolve(answered(outcomes[(call - 1) % outcomes.length] ?? 'refused')),
      );
      await orders.create(order);
      for (const { step, run } of life) {
        const [before, calls] = [await orders.get(orderNo), gateway.calls.length];
        const shown = (await orders.previewAll(orderNo, [step]))?.[0];
        expect([await orders.get(orderNo), gateway.calls.length]).toEqual([before, calls]);
        const revision = before?.revision ?? 0;

        const receipt = await run(orders);

        expect(shown).toEqual({
          type: step.type,
          answer: receipt.kind,
          code: receipt.kind === 'rejected' ? receipt.code : null,
          revision,
          calls: gateway.calls.length > calls,
          order: before,
          ...(await recordedAfter(orders, revision)),
        });
        for (const word of [receipt.kind, ...(shown?.opens ?? [])]) {
          seen.set(word, (seen.get(word) ?? 0) + 1);
        }
      }
    });
    await fc.assert(property, { numRuns: 300 });
    for (const word of ['accepted', 'duplicate', 'rejected', 'double-payment', 'amount-mismatch']) {
      expect(seen.get(word), word).toBeGreaterThan(5);
    }
  });

  test('of several shows each after those before it, as a doubt that a payment ends', async () => {
    const { orders } = await world(always('outcome-unknown'));
    await orders.create(order);
    await orders.cancel(orderNo, { reason });
    const resolved = { resolution: 'paid', evidence, by } as const;
    const fact = { transactionNo: 'T1', ...money };

    const shown = await orders.previewAll(orderNo, [
      { type: 'ResolveCancel', payload: resolved },
      { type: 'PaymentSucceeded', payload: fact },
    ]);
    await orders.resolveCancel(orderNo, { ...resolved, ifRevision: shown?.[0]?.revision });
    const { order: after } = await orders.recordPaymentSucceeded(orderNo, fact);

    expect(shown?.map(({ revision, from, to }) => [revision, from, to])).toEqual([
      [2, 'cancelling.inDoubt', 'paid'],
      [3, 'paid', 'paid'],
    ]);
    expect(shown?.map(({ opens }) => opens)).toEqual([[], []]);
    expect(after).toMatchObject({ state: 'paid', anomalies: [], revision: 4 });
  });

  test('of several ends with the first that is rejected', async () => {
    const { orders } = await world(always('refused'));
    await orders.create(order);

    const shown = await orders.previewAll(orderNo, [
      { type: 'AbandonCancel', payload: {} },
      { type: 'StartPayment', payload: {} },
    ]);

    expect(shown).toMatchObject([{ answer: 'rejected', code: 'no-open-cancel' }]);
    expect(shown?.[0]?.events.map(({ type }) => type)).toEqual(['CommandRejected']);
  });

  test('is null for an order that does not exist', async () => {
    const { orders } = await world(always('refused'));

    expect(await orders.preview(orderNo, 'StartPayment', {})).toBeNull();
  });

  test('throws what the command would throw', async () => {
    const { orders, store, runtime } = await world(always('refused'));
    await orders.create(order);
    await orders.startPayment(orderNo, { commandId: 's-1' });
    const without = await openPaymentOrders({ store, runtime });

    for (const [payload, code] of [
      [{ ifRevision: 0 }, 'revision-moved'],
      [{ commandId: 's-1' }, 'command-id-reused'],
      [{ reason: 'x'.repeat(513) }, 'invalid-input'],
    ] as const) {
      await expect(orders.preview(orderNo, 'RequestCancel', payload)).rejects.toMatchObject({
        code,
      });
    }
    await expect(without.preview(orderNo, 'RequestCancel', {})).rejects.toMatchObject({
      code: 'gateway-not-configured',
    });
  });

  test('claims no account at the platform, though the command would', async () => {
    const { orders, store, runtime } = await world(always('refused'));
    const without = await openPaymentOrders({ store, runtime });
    await without.create(order);

    const shown = await orders.preview(orderNo, 'RequestCancel', { reason });
    const streams = await Array.fromAsync(store.streams(''));

    expect(shown).toMatchObject({
      calls: true,
      events: [{ data: { gateway: { name: 'default', appId: 'scripted' } } }],
    });
    expect(streams).toEqual([`paymentOrder-${orderNo}`]);
  });
});
