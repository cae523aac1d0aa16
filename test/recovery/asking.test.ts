import { describe, expect, test } from 'vitest';
import { openPaymentOrders } from '../../src/open.ts';
import { saveCheckpoint } from '../../src/recovery/checkpoint.ts';
import { followedOpen, followedOrders } from '../../src/recovery/followed.ts';
import { withWays } from '../event-store/with-ways.ts';
import { created, day, hour, late, minute, platform, second } from './open-orders.ts';

const askAfterMs = 10 * minute;

describe('a process that asks', () => {
  test('asks one order after the other, with a pause, however many are due', async () => {
    const { runtime, open, questions, mostInFlight } = platform(() => 'pending', 5 * second);
    await using orders = await open();
    for (let index = 0; index < 60; index += 1) await created(orders, `O${index}`);
    await runtime.advance(askAfterMs);
    await orders.startRecovery({ askAfterMs });

    await runtime.advance(10 * minute);

    expect(new Set(questions.map(({ orderNo }) => orderNo)).size).toBe(60);
    expect(mostInFlight()).toBe(1);
    const gaps = questions.slice(1).map(({ atMs }, index) => atMs - (questions[index]?.atMs ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5 * second + 200);
  });

  test.each([
    ['at once', 100],
    ['late', 5 * second],
  ])('shares its questions with others where the platform answers %s', async (_when, answerMs) => {
    const { runtime, open, questions, errors } = platform(() => 'pending', answerMs);
    const workers = [await open(), await open(), await open()];
    await using orders = await open();
    for (let index = 0; index < 100; index += 1) await created(orders, `O${index}`);
    for (const worker of workers) await worker.startRecovery({ askAfterMs: hour });

    await runtime.advance(hour + 10 * minute);
    const firstRound = questions.length;
    await runtime.advance(2 * hour);

    expect(new Set(questions.map(({ orderNo }) => orderNo)).size).toBe(100);
    expect(firstRound).toBeGreaterThanOrEqual(100);
    expect(firstRound).toBeLessThanOrEqual(115);
    expect(questions.length).toBeLessThanOrEqual(250);
    expect(errors).toEqual([]);
    for (const worker of workers) await worker.close();
  });

  test('is not held up by orders that are not due', async () => {
    const { runtime, open, timesOf, questions } = platform();
    await using orders = await open();
    await created(orders, 'due');
    await runtime.advance(askAfterMs);
    for (let index = 0; index < 600; index += 1) await created(orders, `O${index}`);
    await orders.startRecovery({ askAfterMs });

    await runtime.advance(late);

    expect(timesOf('due')).toHaveLength(1);
    expect(questions).toHaveLength(1);
  });

  test('goes on from its records and a checkpoint after a restart', async () => {
    const { runtime, memory, open, timesOf } = platform();
    const dying = await open();
    await created(dying, 'O1');
    await dying.startRecovery({ askAfterMs });
    await runtime.advance(askAfterMs + late);
    await dying.close();
    const last = await memory.readLast('paymentOrder-O1');
    const position = last?.position ?? null;
    for (const [followed, names] of [
      [followedOrders, []] as const,
      [followedOpen, ['O1']] as const,
    ]) {
      const waiting = { followed, names: new Set(names), position };
      await saveCheckpoint(memory, runtime, waiting, () => undefined);
    }
    const read: (string | null)[] = [];
    const store = withWays(memory, {
      readAll: (from, prefix) => {
        read.push(from);
        return memory.readAll(from, prefix);
      },
    });

    await using next = await open(store);
    await next.startRecovery({ askAfterMs });
    await runtime.advance(15 * minute);
    const early = timesOf('O1').length;
    await runtime.advance(10 * minute);

    // Of orders and of notices.
    expect(read).toEqual([position, null]);
    expect(early).toBe(1);
    expect(timesOf('O1')).toHaveLength(2);
    expect((await memory.readLast('paymentOpenRecovery'))?.data).toEqual({
      ...{ position, open: ['O1'] },
    });
    expect(await next.checkStore()).toEqual([]);
  });

  test('begins no question after close began, and awaits the one that is out', async () => {
    const { runtime, open, questions } = platform(() => 'pending', 20 * second);
    const orders = await open();
    for (let index = 0; index < 10; index += 1) await created(orders, `O${index}`);
    await runtime.advance(askAfterMs);
    await orders.startRecovery({ askAfterMs });
    // By now several are due, and one of them is asked about.
    await runtime.advance(minute);

    const closed = orders.close();
    const { length } = questions;
    await runtime.advance(hour);
    await closed;

    expect(length).toBeGreaterThan(0);
    expect(questions).toHaveLength(length);
    expect(runtime.pendingTimers()).toBe(0);
    await using reader = await open();
    const asked = await Promise.all(questions.map(({ orderNo }) => reader.history(orderNo)));
    for (const history of asked) expect(history.at(-1)?.type).toBe('StatusReported');
  });

  test('waits longer and longer where it cannot record', async () => {
    const { runtime, memory, open, questions, errors } = platform();
    await using orders = await open(
      withWays(memory, {
        append: (stream, batch, expected) =>
          batch[0]?.type === 'StatusReported'
            ? Promise.reject(new Error('no room'))
            : memory.append(stream, batch, expected),
      }),
    );
    await created(orders, 'O1');
    await orders.startRecovery({ askAfterMs });

    await runtime.advance(12 * hour);

    expect(errors.length).toBeGreaterThan(0);
    expect(questions.length).toBeLessThanOrEqual(20);
  });
});

describe('recoverOnce', () => {
  test('asks about those that are due now, and says how many', async () => {
    const { runtime, open, questions } = platform((orderNo) =>
      orderNo === 'O1' ? 'succeeded' : 'pending',
    );
    await using orders = await open();
    await created(orders, 'O1');
    await created(orders, 'O2');
    await created(orders, 'closed');
    await orders.recordClosedAtGateway('closed');
    await runtime.advance(askAfterMs);
    await created(orders, 'O3');
    const once = async () => {
      const recovering = orders.recoverOnce({ askAfterMs });
      await runtime.advance(5 * second);
      return recovering;
    };

    const first = await once();
    const again = await once();
    const without = await orders.recoverOnce();

    expect(first).toEqual({ waiting: 0, fired: 0, asked: 2 });
    expect(again).toEqual({ waiting: 0, fired: 0 });
    expect(without).toEqual({ waiting: 0, fired: 0 });
    expect(questions.map(({ orderNo }) => orderNo)).toEqual(['O1', 'O2']);
    expect((await orders.get('O1'))?.state).toBe('paid');
  });

  test('asks nothing after its signal', async () => {
    const { runtime, open, questions } = platform();
    await using orders = await open();
    for (let index = 0; index < 10; index += 1) await created(orders, `O${index}`);
    await runtime.advance(askAfterMs);
    const stopping = new AbortController();
    const recovering = orders.recoverOnce({ askAfterMs, signal: stopping.signal });
    await runtime.advance(250);

    stopping.abort();
    const { length } = questions;
    await runtime.advance(hour);

    expect((await recovering).asked).toBe(length);
    expect(questions).toHaveLength(length);
  });
});

describe('askAfterMs', () => {
  test.each([
    ['too short', 59_999],
    ['too long', day + 1],
    ['no whole number', 60_000.5],
    ['text', '60000'],
    ['null', null],
  ])('is refused by name where it is %s', async (_what, given) => {
    const { open } = platform();
    await using orders = await open();
    const options = { askAfterMs: given as number };
    const refused = { code: 'invalid-input', field: 'askAfterMs' };

    await expect(orders.startRecovery(options)).rejects.toMatchObject(refused);
    await expect(orders.recoverOnce(options)).rejects.toMatchObject(refused);
  });

  test('is refused where only notices are settled, which calls nobody', async () => {
    const { open } = platform();
    await using orders = await open();
    const options = { only: 'notices', askAfterMs } as const;
    const refused = { code: 'invalid-input', field: 'askAfterMs' };

    await expect(orders.startRecovery(options)).rejects.toMatchObject(refused);
    await expect(orders.recoverOnce(options)).rejects.toMatchObject(refused);
  });

  test('is refused where the gateway cannot be asked, before anything is begun', async () => {
    const { memory, runtime } = platform();
    const gateway = {
      identity: 'scripted',
      attemptMs: 15_000,
      cancel: () => Promise.resolve({ kind: 'confirmed', rule: 'scripted' } as const),
      close: () => Promise.resolve(),
    };
    await using orders = await openPaymentOrders({ store: memory, runtime, gateway });
    const refused = { code: 'gateway-cannot-be-asked', field: 'askAfterMs' };

    await expect(orders.startRecovery({ askAfterMs })).rejects.toMatchObject(refused);
    await expect(orders.recoverOnce({ askAfterMs })).rejects.toMatchObject(refused);
    expect(runtime.pendingTimers()).toBe(0);
  });
});
