import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import {
  abandonedThenConfirmed,
  closeOpened,
  opened,
  pathOf,
  twoProcesses,
} from './two-processes.ts';
import { anEvent, put } from '../../src/testing/store-contract-support.ts';
import { withWays } from '../event-store/with-ways.ts';
import { answered, order } from './world.ts';

closeOpened();

describe('a checkpoint of recovery', () => {
  test('remembers how far recovery read, so that the next start reads only later events', async () => {
    const { runtime, memory, worker, dead, dies, open } = await twoProcesses();
    await dies('O1');
    // Facts make events quickly. Each of these orders stays closed.
    for (let count = 0; count < 3_400; count += 1) {
      const closed = `C${count}`;
      await dead.create({ ...order, orderNo: closed });
      await dead.startPayment(closed);
      await dead.recordPaymentSucceeded(closed, { transactionNo: 'T1' });
    }
    await worker.startRecovery();
    await runtime.advance(1_000);
    let eventsRead = 0;
    const counting = withWays(memory, {
      async *readAll(...range) {
        for await (const event of memory.readAll(...range)) {
          eventsRead += 1;
          yield event;
        }
      },
    });
    await worker.close();
    const next = await open(counting, () => Promise.resolve(answered('confirmed')));
    opened.push(next);
    await next.startRecovery();
    await runtime.advance(60_000);
    expect(eventsRead).toBeLessThan(10);
    expect(await pathOf(next, 'O1')).toEqual(abandonedThenConfirmed);
  });
});

describe('a worker on a store of others', () => {
  test('does not read their events again after the next start', async () => {
    const { runtime, memory, worker, dies, open } = await twoProcesses();
    await dies('O1');
    await worker.startRecovery();
    // What comes while it follows, and nothing of ours after it.
    for (let count = 0; count < 120; count += 1) {
      const events = Array.from({ length: 100 }, () => anEvent());
      await put(memory, `other-${count}`, events);
      await runtime.advance(1);
    }
    await runtime.advance(20_000);
    await worker.close();
    const begun: (string | null)[] = [];
    const watched = withWays(memory, {
      readAll: (after, ...rest) => {
        begun.push(after);
        return memory.readAll(after, ...rest);
      },
    });
    const next = await open(watched, () => Promise.resolve(answered('confirmed')));
    opened.push(next);
    await next.startRecovery();
    expect(begun.map(Number).every((after) => after > 9_000)).toBe(true);
    expect(begun.length).toBeGreaterThan(0);
  });
});

describe('a checkpoint that cannot be written', () => {
  test('stops neither the worker nor recoverOnce', async () => {
    const { runtime, memory, dead, dies, open, errors } = await twoProcesses();
    for (let count = 0; count < 3_400; count += 1) {
      const closed = `C${count}`;
      await dead.create({ ...order, orderNo: closed });
      await dead.startPayment(closed);
      await dead.recordPaymentSucceeded(closed, { transactionNo: 'T1' });
    }
    const store = withWays(memory, {
      append: (stream, ...rest) => {
        if (stream.startsWith('paymentOrder-')) return memory.append(stream, ...rest);
        return Promise.reject(new PaymentOrderError('store-denied', 'not this stream'));
      },
    });
    const worker = await open(store, () => Promise.resolve(answered('confirmed')));
    opened.push(worker);
    await worker.startRecovery();
    await runtime.advance(1_000);
    await dies();
    await runtime.advance(60_000);
    expect(await pathOf(worker)).toEqual(abandonedThenConfirmed);
    // Of orders, and of notices, whose worker has looked past the events of orders.
    expect(errors).toHaveLength(2);
    expect(await worker.recoverOnce()).toEqual({ waiting: 0, fired: 0 });
  });
});
