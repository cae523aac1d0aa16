import fc from 'fast-check';
import { describe, expect, expectTypeOf, onTestFinished, test } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { openPaymentOrders, upcastEvent } from '../../src/index.ts';
import type { HistoryEvent, PaymentOrderEvent, PaymentOrders } from '../../src/index.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { anEvent, put } from '../../src/testing/store-contract-support.ts';
import { scratchPath } from '../event-store/scratch.ts';
import { always, order, orderNo, world } from './world.ts';

const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);

async function someOrders(orders: PaymentOrders, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    await orders.create({ ...order, orderNo: `E${at}` });
    await orders.startPayment(`E${at}`);
    if (at % 2 === 0) await orders.recordPaymentSucceeded(`E${at}`, { transactionNo: `T${at}` });
  }
}

async function inMemory() {
  const store = openMemoryStore(systemRuntime());
  const orders = await openPaymentOrders({ store });
  onTestFinished(() => orders.close());
  return { store, orders };
}

describe('the feed', () => {
  test('gives every event of all orders once, in the order of the store, typed by its type', async () => {
    const { store, orders } = await inMemory();
    await someOrders(orders, 3);
    await put(store, 'other-1', [anEvent()]);

    const events = await Array.fromAsync(orders.events());

    expect(idsOf(events)).toEqual(
      idsOf(await Array.fromAsync(store.readAll(null, 'paymentOrder-'))),
    );
    expect(events[2]).toMatchObject({
      ...{ orderNo: 'E0', type: 'PaymentSucceeded', revision: 2 },
      event: { type: 'PaymentSucceeded', transactionNo: 'T0' },
    });
    for (const found of events) {
      if (found.type === 'PaymentSucceeded') {
        expectTypeOf(found.event).toEqualTypeOf<PaymentOrderEvent<'PaymentSucceeded'>>();
      }
    }
  });

  test('gives the types that are asked for, and passes the others', async () => {
    const { orders } = await inMemory();
    await someOrders(orders, 4);
    const reached: string[] = [];
    const onReached = (position: string) => reached.push(position);
    const paid = await Array.fromAsync(orders.events({ types: ['PaymentSucceeded'], onReached }));
    expectTypeOf(paid).toEqualTypeOf<HistoryEvent<'PaymentSucceeded'>[]>();
    expect(paid.map((found) => found.event.transactionNo)).toEqual(['T0', 'T2']);
    expect(await Array.fromAsync(orders.events({ after: reached.at(-1) ?? null }))).toEqual([]);
  });

  test('goes on after every position that it gave, or that a receipt gave', async () => {
    const { orders } = await inMemory();
    await someOrders(orders, 2);
    const all = await Array.fromAsync(orders.events());
    for (const [at, { position }] of all.entries()) {
      const rest = await Array.fromAsync(orders.events({ after: position }));
      expect(idsOf(rest)).toEqual(idsOf(all.slice(at + 1)));
    }
    const rejected = await orders.startPayment('E0');
    const created = await orders.create({ ...order, orderNo: 'E9' });
    expect(await Array.fromAsync(orders.events({ after: created.position }))).toEqual([]);
    const later = await Array.fromAsync(orders.events({ after: rejected.position }));
    expect(later).toMatchObject([{ orderNo: 'E9', position: created.position }]);
    const duplicate = await orders.recordPaymentSucceeded('E0', { transactionNo: 'T0' });
    expect(duplicate).toMatchObject({ kind: 'duplicate', position: rejected.position });
  });

  test('tells of what a question and recovery changed', async () => {
    const { orders, runtime } = await world(always('outcome-unknown'));
    await orders.create(order);
    await orders.cancel(orderNo, { wait: true });
    await runtime.advance(10_000);
    await orders.recoverOnce();
    const events = await Array.fromAsync(orders.events());
    expect(events.map(({ type }) => type)).toContain('CancelRetryDue');
    await orders.close();
  });

  test('is seen once and in order by a consumer that stops anywhere and goes on', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 12 }),
      async (stops) => {
        const { store, orders } = await inMemory();
        const seen: string[] = [];
        let after: string | null = null;
        for (const [round, stop] of stops.entries()) {
          await orders.create({ ...order, orderNo: `R${round}` });
          await put(store, 'other-1', [anEvent()]);
          await orders.startPayment(`R${round}`);
          let taken = 0;
          const keep = (position: string) => (after = position);
          for await (const { id, position } of orders.events({ after, onReached: keep })) {
            if (taken === stop) break;
            seen.push(id);
            after = position;
            taken += 1;
          }
        }
        for await (const { id } of orders.events({ after })) seen.push(id);
        expect(seen).toEqual(idsOf(await Array.fromAsync(store.readAll(null, 'paymentOrder-'))));
      },
    );
    await fc.assert(property, { numRuns: 60, seed: 1_119 });
  });

  test.each<[string, (stop: AbortController, orders: PaymentOrders) => unknown]>([
    [
      'its signal aborts',
      (stop) => {
        stop.abort();
      },
    ],
    ['the orders are closed', (_, orders) => orders.close()],
  ])('follows what happens later, and ends cleanly when %s', async (_, end) => {
    const { orders } = await inMemory();
    await someOrders(orders, 1);
    const stop = new AbortController();
    const feed = orders.events({ follow: true, signal: stop.signal });
    const types: string[] = [];
    for await (const { type } of feed) {
      types.push(type);
      if (types.length === 3) void orders.create({ ...order, orderNo: 'E7' });
      if (types.length === 4) setImmediate(() => void end(stop, orders));
    }
    expect(types.at(-1)).toBe('PaymentOrderCreated');
  });

  test('does not look whole where the orders are closed before its end', async () => {
    const { orders } = await inMemory();
    await someOrders(orders, 3);
    const feed = orders.events();
    await feed.next();
    await orders.close();
    await expect(feed.next()).rejects.toMatchObject({ code: 'store-closed' });
  });

  test('ends while it waits, and gives nothing once its signal has aborted', async () => {
    const { orders } = await inMemory();
    await someOrders(orders, 1);
    const none = orders.events({ follow: true, signal: AbortSignal.abort() });
    expect(await Array.fromAsync(none)).toEqual([]);
    const stop = new AbortController();
    const feed = orders.events({ follow: true, types: ['CancelConfirmed'], signal: stop.signal });
    const next = feed.next();
    setImmediate(() => {
      stop.abort();
    });
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test('follows what another process writes into a SQLite file', async () => {
    const runtime = systemRuntime();
    const { path, remove } = scratchPath();
    const [one, other] = await Promise.all([
      openSqliteStore({ path, runtime, pollMs: 5 }),
      openSqliteStore({ path, runtime, pollMs: 5 }),
    ]);
    const reader = await openPaymentOrders({ store: one });
    const writer = await openPaymentOrders({ store: other });
    const seen: string[] = [];
    const feed = reader.events({ follow: true });
    const writing = someOrders(writer, 4);
    for await (const { orderNo: number, type } of feed) {
      seen.push(`${number} ${type}`);
      if (seen.length === 10) break;
    }
    await writing;
    expect(seen.slice(0, 3)).toEqual([
      'E0 PaymentOrderCreated',
      'E0 PaymentStarted',
      'E0 PaymentSucceeded',
    ]);
    expect(new Set(seen).size).toBe(10);
    await Promise.all([reader.close(), writer.close()]);
    await Promise.all([one.close(), other.close()]);
    remove();
  });

  test('reads ahead of a slow consumer no more than the store does by itself', async () => {
    const { store, orders } = await inMemory();
    await someOrders(orders, 30);
    let given = 0;
    const counting: EventStore = {
      ...store,
      async *readAll(...range) {
        for await (const event of store.readAll(...range)) {
          given += 1;
          yield event;
        }
      },
    };
    const reader = await openPaymentOrders({ store: counting });
    let taken = 0;
    for await (const { id } of reader.events()) {
      taken += 1;
      expect(given, id).toBe(taken);
      if (taken === 20) break;
    }
    await reader.close();
  });

  test('ends at an event that it cannot read, and says after which position it goes on', async () => {
    const { store, orders } = await inMemory();
    await someOrders(orders, 1);
    await put(store, 'paymentOrder-E0', [anEvent({}, 'FromTheFuture')]);
    await orders.create({ ...order, orderNo: 'E8' });
    const seen: string[] = [];
    const take = async (after: string | null) => {
      for await (const { type, position } of orders.events({ after })) {
        seen.push(type);
        expect(position).not.toBe(after);
      }
    };
    const error: unknown = await take(null).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unknown-event-type', revision: 3 });
    const { position } = error as { position: string };
    await take(position);
    expect(seen).toEqual([
      ...['PaymentOrderCreated', 'PaymentStarted', 'PaymentSucceeded'],
      'PaymentOrderCreated',
    ]);
  });

  test.each([
    ['a position of another form', 'afterPosition', { after: 'x' }],
    ['an unknown type', 'types.0', { types: ['PaymentLost'] }],
  ])('refuses %s by name', async (_, field, options) => {
    const { orders } = await inMemory();
    const reading = Array.fromAsync(orders.events(options as never));
    await expect(reading).rejects.toMatchObject({ code: 'invalid-input', field });
  });
});

describe('upcastEvent', () => {
  test('reads what every way of reading gives, and is typed as its argument', async () => {
    const { orders } = await inMemory();
    await someOrders(orders, 1);
    for (const stored of await orders.recordedEvents('E0')) {
      const event = upcastEvent(stored);
      expectTypeOf(event).toEqualTypeOf<PaymentOrderEvent>();
      expect(event.type).toBe(stored.type);
    }
    for (const stored of await orders.history('E0')) {
      expect(upcastEvent(stored)).toEqual(stored.event);
      if (stored.type !== 'PaymentSucceeded') continue;
      expectTypeOf(upcastEvent(stored)).toEqualTypeOf<PaymentOrderEvent<'PaymentSucceeded'>>();
      expect(upcastEvent(stored).transactionNo).toBe('T0');
    }
    for await (const stored of orders.events({ types: ['PaymentStarted'] })) {
      expectTypeOf(upcastEvent(stored)).toEqualTypeOf<PaymentOrderEvent<'PaymentStarted'>>();
    }
  });
});
