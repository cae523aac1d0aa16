import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import {
  abandonedThenConfirmed,
  closeOpened,
  opened,
  pathOf,
  twoProcesses,
} from './two-processes.ts';
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
    expect(errors).toHaveLength(1);
    expect(await worker.recoverOnce()).toEqual({ waiting: 0, fired: 0 });
  });
});
