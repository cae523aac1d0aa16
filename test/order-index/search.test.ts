import fc from 'fast-check';
import type { AnyStateMachine, StateNode } from 'xstate';
import { describe, expect, onTestFinished, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { OrderIndex } from '../../src/order-index/order-index.ts';
import { orderSorts, searchedStates } from '../../src/order-index/types.ts';
import type { FoundOrder, OrderSearch, OrderSummary } from '../../src/order-index/types.ts';
import { attention, attentionWhys } from '../../src/order/attention.ts';
import { validHistories } from '../../src/testing/histories.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { fullFolds, openIndex, searchAll, writeMixed } from './world.ts';

const seed = 1_117;
const histories = fc.sample(validHistories({ eventsMax: 25 }), { numRuns: 60, seed });

async function world() {
  const runtime = simulatedRuntime();
  const store = openMemoryStore(runtime);
  for (let first = 0; first < histories.length; first += 5) {
    await writeMixed(store, runtime, histories.slice(first, first + 5), [1, 0, 2], first);
    await runtime.advance(1_200_000);
  }
  const { index, close } = openIndex(store, runtime, null);
  onTestFinished(close);
  return { runtime, store, index, folds: await fullFolds(store) };
}

/** What fits, found by looking at every order: another way than the index goes. */
function fits(order: OrderSummary, search: OrderSearch, nowMs: number): boolean {
  const { text, state, since, amount, attention: wanted, thresholds } = search;
  const { orderNo, processBillNo, transactionNos, refundNos, received, stateDetail } = order;
  const numbers = [orderNo, processBillNo, ...transactionNos, ...refundNos];
  const isQuoted = (number: string) => number.toLowerCase().startsWith((text ?? '').toLowerCase());
  const { min = 0, max = Infinity, currency } = amount ?? {};
  const sums = [
    ...(order.amountMinor === undefined
      ? []
      : [{ amountMinor: order.amountMinor, currency: order.currency }]),
    ...(received?.length === 1 ? received : []),
  ];
  const hasAmount = sums.some(
    (sum) =>
      sum.amountMinor >= min &&
      sum.amountMinor <= max &&
      (currency === undefined || sum.currency === currency),
  );
  const whys = attention(order, nowMs, thresholds).map(({ why }) => why);
  const isWanted =
    wanted === undefined ||
    (wanted === true ? whys.length > 0 : whys.some((why) => [wanted].flat().includes(why)));
  return (
    numbers.some(isQuoted) &&
    (state === undefined || stateDetail === state || stateDetail.startsWith(`${state}.`)) &&
    (since === undefined || Date.parse(order.since) >= Date.parse(since)) &&
    (amount === undefined || hasAmount) &&
    isWanted
  );
}

const keyOf = (sort: string, order: OrderSummary): string | number | null => {
  if (sort.endsWith('since')) return order.since;
  if (sort.endsWith('amount')) return order.amountMinor ?? null;
  return sort.endsWith('due') ? order.dueAt : null;
};

function expectSorted(found: readonly FoundOrder[], folds: readonly OrderSummary[], sort: string) {
  const isDown = sort.startsWith('-');
  const numberOf = (order: OrderSummary) =>
    folds.findIndex(({ orderNo }) => orderNo === order.orderNo);
  for (const [at, order] of found.slice(1).entries()) {
    const before = found[at];
    if (before === undefined) continue;
    const [one, other] = [keyOf(sort, before), keyOf(sort, order)];
    if (one === null && other !== null) expect(sort, 'those without a value come last').toBe(null);
    if (one === null || other === null) continue;
    if (one === other) expect(numberOf(before) < numberOf(order)).toBe(!isDown);
    else expect(one < other).toBe(!isDown);
  }
}

describe('search', () => {
  test('finds exactly the orders that fit, in the order asked for, page by page', async () => {
    const { runtime, index, folds } = await world();
    const quoted = fc.constantFrom(
      ...folds.flatMap(({ orderNo, processBillNo, transactionNos, refundNos }) =>
        [orderNo, processBillNo, ...transactionNos, ...refundNos].filter((text) => text !== ''),
      ),
    );
    const optional = <T>(arbitrary: fc.Arbitrary<T>) =>
      fc.option(arbitrary, { nil: undefined, freq: 2 });
    const searches = fc.record({
      text: optional(
        fc
          .tuple(quoted, fc.nat(30), fc.boolean())
          .map(([text, cut, isUpper]) => (isUpper ? text.toUpperCase() : text).slice(0, 1 + cut))
          .filter((text) => text.isWellFormed() && text.trim() === text),
      ),
      state: optional(
        fc.constantFrom('created', 'paying', 'paid', 'cancelling', 'cancelling.inDoubt', 'failed'),
      ),
      attention: optional(
        fc.oneof(
          fc.constant(true as const),
          fc.constantFrom(...attentionWhys),
          fc.subarray([...attentionWhys], { minLength: 1 }),
        ),
      ),
      since: optional(fc.constantFrom(...folds.map((order) => order.since))),
      amount: optional(
        fc.record({
          min: optional(fc.nat(20_000)),
          max: optional(fc.nat(2_000_000)),
          currency: optional(fc.constantFrom('CNY', 'USD')),
        }),
      ),
      sort: optional(fc.constantFrom(...orderSorts)),
      limit: fc.integer({ min: 1, max: 9 }),
      thresholds: optional(fc.record({ stalledMs: fc.constantFrom(0, 3_600_000) })),
    });
    const seen = { some: 0, none: 0 };
    const property = fc.asyncProperty(searches, async (search) => {
      const found = await searchAll(index, search);
      const nowMs = runtime.now();
      const wanted = folds.filter((order) => fits(order, search, nowMs));
      const numbers = (orders: readonly OrderSummary[]) => orders.map(({ orderNo }) => orderNo);
      expect(numbers(found).toSorted()).toEqual(numbers(wanted).toSorted());
      if ((search.sort ?? 'created') === 'created') expect(numbers(found)).toEqual(numbers(wanted));
      expectSorted(found, folds, search.sort ?? 'created');
      for (const order of found) {
        expect(order.why).toEqual(attention(order, nowMs, search.thresholds));
      }
      seen[found.length > 0 ? 'some' : 'none'] += 1;
    });
    await fc.assert(property, { numRuns: 400, seed });
    expect(Math.min(seen.some, seen.none)).toBeGreaterThan(30);
  });

  test('knows every state that an order can stand in, and no other', () => {
    const statesOf = (node: StateNode): string[] => {
      const inside = Object.values(node.states).flatMap(statesOf);
      const isTransient = node.always !== undefined && node.always.length > 0;
      return [...(isTransient || node.path.length === 0 ? [] : [node.path.join('.')]), ...inside];
    };
    const machine: AnyStateMachine = paymentOrderMachine;
    // AnyStateMachine types its root as any; a machine's root is a state node.
    const states = statesOf(machine.root as StateNode);
    expect([...searchedStates].toSorted()).toEqual(states.toSorted());
  });

  test('finds the orders of a gateway, of several, and those that record none', async () => {
    const { runtime, store, index } = await world();
    const writer = await openPaymentOrders({ store, runtime });
    for (const [orderNo, gateway] of [
      ['GA', 'a'],
      ['GB', 'b'],
      ['GN', undefined],
    ] as const) {
      await writer.create({ orderNo, processBillNo: 'F1', gateway });
    }
    const ofGateway = async (gateway: OrderSearch['gateway']) =>
      (await searchAll(index, { text: 'G', gateway })).map(({ orderNo }) => orderNo);

    expect(await ofGateway('a')).toEqual(['GA']);
    expect(await ofGateway(['a', 'b'])).toEqual(['GA', 'GB']);
    expect(await ofGateway(null)).toEqual(['GN']);
    expect(await ofGateway(['b', null])).toEqual(['GB', 'GN']);
    expect(await ofGateway('c')).toEqual([]);
  });

  test('says that an index in memory is one, and which notices wait', async () => {
    const { index } = await world();
    expect(await index.search({ limit: 1 })).toMatchObject({
      index: 'memory',
      notices: { waiting: 0, held: 0, since: null },
    });
  });

  test('reports how far the building of the index has come', async () => {
    const { index, folds } = await world();
    const reports: { events: number; share: number }[] = [];
    await index.search({ onProgress: (progress) => reports.push(progress) });
    const events = folds.reduce((sum, { revision }) => sum + revision + 1, 0);
    expect(reports.at(-1)).toMatchObject({ events, share: 1 });
  });

  test.each<[string, string, Record<string, unknown>]>([
    ['a state that no order can be in', 'state', { state: 'cancelling.weighing' }],
    ['an unknown reason', 'attention', { attention: 'sleepy' }],
    ['a time without an offset', 'since', { since: '2026-11-23T10:00:00' }],
    ['an unknown sort', 'sort', { sort: 'name' }],
    ['a gateway that has no name', 'gateway', { gateway: '' }],
    ['a page of nothing', 'limit', { limit: 0 }],
    ['a page of too much', 'limit', { limit: 1_001 }],
    ['a cursor that no search gave', 'cursor', { cursor: 'x' }],
    ['an empty text', 'text', { text: '' }],
    ['a fraction of a fen', 'amount.min', { amount: { min: 0.5 } }],
    ['an unknown field', 'colour', { colour: 'red' }],
  ])('refuses %s by the name of the field', async (_, field, search) => {
    const { index } = await world();
    await expect(index.search(search as OrderSearch)).rejects.toMatchObject({
      ...{ code: 'invalid-input', field },
    });
  });

  test('refuses the cursor of another sort', async () => {
    const { index } = await world();
    const { cursor } = await index.search({ limit: 1, sort: 'since' });
    const search: OrderSearch = { sort: 'amount', cursor: cursor ?? '' };
    await expect(index.search(search)).rejects.toMatchObject({ field: 'cursor' });
  });

  test('ends with the reason of its signal, and keeps what was built', async () => {
    const { index } = await world();
    const signal = AbortSignal.abort(new Error('enough'));
    await expect((index satisfies OrderIndex).search({ signal })).rejects.toThrow('enough');
    expect((await index.search({})).orders.length).toBeGreaterThan(0);
  });
});
