import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { day, paid } from './support.ts';
import { billWorld, createPaid, shown } from './world.ts';

describe('reconciling with what is not as it should be', () => {
  test('reports an order that cannot be read, says nothing of it, and goes on', async () => {
    const { orders, rows, reconcile } = await billWorld((memory) => ({
      ...memory,
      append: memory.append.bind(memory),
      streams: memory.streams.bind(memory),
      read: async function* (stream, fromRevision) {
        for await (const event of memory.read(stream, fromRevision)) {
          yield stream.endsWith('-O1') ? { ...event, type: 'Nonsense' } : event;
        }
      },
    }));
    await createPaid(orders, 'O1');
    await createPaid(orders, 'O2');
    rows.push(paid('O1', 100), paid('O2', 100));

    await expect(reconcile({ record: false })).rejects.toMatchObject({
      code: 'unknown-event-type',
    });
    const unreadable: string[] = [];
    const onUnreadable = (orderNo: string) => unreadable.push(orderNo);
    expect(shown(await reconcile({ onUnreadable }))).toEqual(['O2 payment-missing-here: fact']);
    expect(unreadable).toEqual(['O1']);
  });

  test('leaves a bill unread that a port never gives, and can be closed', async () => {
    const { runtime, memory } = await billWorld();
    const gateway = {
      identity: 'scripted',
      attemptMs: 1_000,
      cancel: () => Promise.resolve({ kind: 'refused', rule: 'scripted' } as const),
      queryBill: () => new Promise<never>(() => undefined),
      close: () => Promise.resolve(),
    };
    const orders = await openPaymentOrders({ store: memory, runtime, gateway });
    const unread: unknown[] = [];
    const reconciled = Array.fromAsync(orders.reconcile(day), ({ kind }) => unread.push(kind));
    await runtime.advance(61_000);
    expect(unread).toEqual(['unread', 'unread']);
    await reconciled;
    await orders.close();
  });

  test('names the rows of a gateway that are none, and compares the others', async () => {
    const { orders, rows, reconcile } = await billWorld();
    await createPaid(orders, 'O1');
    rows.push(
      paid('../O1', 100),
      paid('O1', 1, { amount: '1.001' }),
      paid('O1', 1, { bizTime: '2021-02-30 00:00:00' }),
      paid('O1', 100, { currency: '¥' }),
      // Nobody's compiler stops a port.
      { type: 'payment', orderNo: 'O1' } as never,
      paid('O1', 100),
    );

    const differences = await reconcile();
    expect(differences.map((each) => ('problem' in each ? each.problem : each.kind))).toEqual([
      'is not a row of a bill',
      'amount: must have at most 2 decimals in CNY',
      'biz_time: must be a day and a time that exist, from 1970 to 9999',
      'currency: must be an ISO 4217 code with minor units, such as CNY',
      'is not a row of a bill',
      'payment-missing-here',
    ]);
    expect(differences.every(({ remains }) => remains)).toBe(false);
  });

  test('goes on after the store failed at any append, and records nothing twice', async () => {
    /** What is recorded where the append of that number fails, before or after it was stored. */
    const recordedAfter = async (failing: number, isStored: boolean) => {
      let appends = -Infinity;
      const { orders, memory, rows, reconcile } = await billWorld((memory) => ({
        ...memory,
        read: memory.read.bind(memory),
        streams: memory.streams.bind(memory),
        append: async (...batch) => {
          const fails = (appends += 1) === failing;
          const result = fails && !isStored ? null : await memory.append(...batch);
          if (fails || result === null) throw new PaymentOrderError('store-denied', 'scripted');
          return result;
        },
      }));
      await createPaid(orders, 'O1');
      rows.push(paid('O1', 100), paid('O2', 100));
      appends = 0;
      const hasFailed = await reconcile().then(
        () => false,
        () => true,
      );
      appends = -Infinity;
      await reconcile();
      await createPaid(orders, 'O2');
      const types = await Array.fromAsync(
        memory.readAll(null, 'paymentOrder-'),
        ({ type }) => type,
      );
      return { hasFailed, types };
    };
    const both = ['PaymentOrderCreated', 'PaymentSucceeded'];
    for (const isStored of [true, false]) {
      let failing = 0;
      let hasFailed = true;
      while (hasFailed) {
        const after = await recordedAfter((failing += 1), isStored);
        hasFailed = after.hasFailed;
        expect(after.types, `append ${failing}`).toEqual([...both, ...both]);
      }
      expect(failing).toBeGreaterThan(5);
    }
  });

  test('stops with the reason of its signal, and frees what it keeps', async () => {
    const { orders, rows, reconcile } = await billWorld();
    await createPaid(orders, 'O1');
    rows.push(paid('O1', 100));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(reconcile({ signal })).rejects.toThrow('enough');
  });

  test('says which part it could not read, and goes on', async () => {
    const { runtime, memory } = await billWorld();
    const gateway = {
      ...{
        identity: 'scripted',
        attemptMs: 1,
        cancel: () => Promise.reject(new Error()),
        close: () => Promise.resolve(),
      },
      queryBill: () => Promise.resolve({ status: 'unavailable', rule: 'call-disabled' } as const),
    };
    const orders = await openPaymentOrders({ store: memory, runtime, gateway });
    await createPaid(orders, 'O1', [100]);
    expect(await Array.fromAsync(orders.reconcile(day))).toMatchObject([
      { kind: 'unread', type: 'payment', rule: 'call-disabled', recorded: 'none', remains: true },
      { kind: 'unread', type: 'refund' },
    ]);
  });

  test.each([
    ['no gateway', undefined, 'gateway-not-configured'],
    [
      'a gateway that gives no bills',
      {
        identity: 'scripted',
        attemptMs: 1,
        cancel: () => Promise.reject(new Error()),
        close: () => Promise.resolve(),
      },
      'gateway-cannot-be-asked',
    ],
  ])('is refused with %s, unless a file is given', async (_what, gateway, code) => {
    await using orders = await openPaymentOrders({ store: 'memory:', gateway });
    await expect(Array.fromAsync(orders.reconcile(day))).rejects.toMatchObject({ code });
    const withFile = orders.reconcile({ ...day, bill: 'absent.csv' });
    await expect(Array.fromAsync(withFile)).rejects.toMatchObject({
      ...{ code: 'invalid-input', field: 'bill' },
    });
  });

  test('is refused once the orders are closed', async () => {
    const { orders, reconcile } = await billWorld();
    await orders.close();
    await expect(reconcile()).rejects.toMatchObject({ code: 'store-closed' });
  });
});
