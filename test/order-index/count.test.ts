import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { streamOf } from '../../src/history/event.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { OrderIndex } from '../../src/order-index/order-index.ts';
import type {
  AttentionCount,
  AttentionCountOptions,
  FoundOrder,
} from '../../src/order-index/types.ts';
import { attentionWhys } from '../../src/order/attention.ts';
import type { AttentionWhy } from '../../src/order/attention.ts';
import { validHistories } from '../../src/testing/histories.ts';
import type { Runtime } from '../../src/runtime.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { openIndex, searchAll, writeMixed } from './world.ts';

const seed = 2_101;
const histories = fc.sample(validHistories({ eventsMax: 25 }), { numRuns: 60, seed });

async function world() {
  const runtime = simulatedRuntime();
  const store = openMemoryStore(runtime);
  await using orders = await openPaymentOrders({ store, runtime });
  for (let first = 0; first < histories.length; first += 5) {
    await writeMixed(store, runtime, histories.slice(first, first + 5), [1, 0, 2], first);
    await orders.create({ orderNo: `New-${first}`, processBillNo: 'F1' });
    await runtime.advance(1_200_000);
  }
  for (const name of ['a', 'b']) {
    const orderNo = `Named-${name}`;
    await orders.create({ orderNo, processBillNo: 'F1', gateway: name });
    await makeUnreadable(store, runtime, orderNo);
  }
  const { index, close } = openIndex(store, runtime, null);
  onTestFinished(close);
  return { runtime, index };
}

async function makeUnreadable(store: EventStore, runtime: Runtime, orderNo: string): Promise<void> {
  const strange = { id: runtime.newId(), type: 'Strange', data: {}, metadata: {} };
  await store.append(streamOf(orderNo), [strange], 0);
}

/** Counted from what `search` finds. */
async function countedBySearch(
  index: OrderIndex,
  { gateway, thresholds }: AttentionCountOptions,
): Promise<Omit<AttentionCount, 'notices'>> {
  const all = await searchAll(index, { gateway, thresholds });
  const sinceOf = (found: readonly FoundOrder[], why: AttentionWhy) =>
    found.flatMap((order) =>
      order.why.flatMap((reason) => (reason.why === why ? reason.since : [])),
    );
  const by = attentionWhys.map((why) => {
    const found = all.filter((order) => order.why.some((reason) => reason.why === why));
    return [
      why,
      { count: found.length, since: sinceOf(found, why).toSorted()[0] ?? null },
    ] as const;
  });
  const codes = new Map<string, number>();
  for (const { why } of all) {
    const open = new Set(why.flatMap((reason) => (reason.why === 'anomaly' ? reason.code : [])));
    for (const code of open) codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  const everywhere = await searchAll(index);
  const names = new Set(everywhere.map((order) => order.gateway?.name ?? null));
  return {
    orders: all.length,
    needing: all.filter(({ why }) => why.length > 0).length,
    // One for each reason.
    by: Object.fromEntries(by) as AttentionCount['by'],
    codes: Object.fromEntries(codes),
    gateways: [...names].toSorted((one, other) => ((one ?? '') < (other ?? '') ? -1 : 1)),
  };
}

describe('counting those that need a person', () => {
  test('gives as many as search finds, of each reason, at any time and threshold', async () => {
    const { runtime, index } = await world();
    const gateway = fc.constantFrom('a', 'c', null, ['a', null], ['a', 'b']);
    const ms = fc.constantFrom(0, 0.5, 1, 60_000, 1_199_999, 1_200_000, 7_200_000, 1e300);
    const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const thresholds = fc.record({
      ...{ doubtMs: optional(ms), overdueMs: optional(ms), stalledMs: optional(ms) },
    });
    const options = fc.record({ gateway: optional(gateway), thresholds: optional(thresholds) });
    const seen = new Set<AttentionWhy>();
    const property = fc.asyncProperty(options, fc.nat(5_000), async (given, passedMs) => {
      await runtime.advance(passedMs);
      const { notices, ...found } = await index.countAttention(given);
      expect(found).toEqual(await countedBySearch(index, given));
      expect(notices).toEqual({ waiting: 0, held: 0, since: null });
      for (const why of attentionWhys) if (found.by[why].count > 0) seen.add(why);
    });
    await fc.assert(property, { numRuns: 150, seed });
    expect([...seen].toSorted()).toEqual([...attentionWhys].toSorted());
  });

  test('counts an order once that has several reasons, and its code once', async () => {
    const runtime = simulatedRuntime();
    await using orders = await openPaymentOrders({ store: openMemoryStore(runtime), runtime });
    // given: one order that was paid three times
    await orders.create({ orderNo: 'O1', processBillNo: 'F1', amountMinor: 100, currency: 'CNY' });
    for (const transactionNo of ['T1', 'T2', 'T3']) {
      await orders.recordPaymentSucceeded('O1', {
        transactionNo,
        amountMinor: 100,
        currency: 'CNY',
      });
    }
    // when
    const { orders: all, needing, by, codes } = await orders.countAttention();
    // then
    const { orders: found } = await orders.search({ attention: 'anomaly' });
    const open = found[0]?.why ?? [];
    expect(open.length).toBeGreaterThan(1);
    expect([all, needing, by.anomaly]).toEqual([1, 1, { count: 1, since: open[0]?.since }]);
    expect(new Set(Object.values(codes))).toEqual(new Set([1]));
  });

  test('shows what was acknowledged before', async () => {
    const runtime = simulatedRuntime();
    await using orders = await openPaymentOrders({ store: openMemoryStore(runtime), runtime });
    expect(await orders.countAttention()).toMatchObject({ orders: 0, needing: 0, gateways: [] });
    await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
    expect(await orders.countAttention()).toMatchObject({
      orders: 1,
      needing: 0,
      gateways: [null],
    });
  });

  test.each<[string, string, Record<string, unknown>]>([
    ['a gateway that has no name', 'gateway', { gateway: '' }],
    ['a threshold below nothing', 'thresholds.doubtMs', { thresholds: { doubtMs: -1 } }],
    ['an unknown field', 'colour', { colour: 'red' }],
  ])('refuses %s by the name of the field', async (_, field, options) => {
    await using orders = await openPaymentOrders({ store: 'memory:' });
    await expect(orders.countAttention(options)).rejects.toMatchObject({
      ...{ code: 'invalid-input', field },
    });
  });
});
