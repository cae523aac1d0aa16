import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelGateway } from '../../src/gateway/cancel-gateway.ts';
import type { PaymentOrders } from '../../src/index.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { readHeartbeats } from '../../src/recovery/heartbeat.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { scratchForEach } from '../event-store/scratch-for-each.ts';
import { answered } from '../payment-orders/world.ts';
import { until } from '../until.ts';

const second = 1_000;
const day = 86_400 * second;

const gateway: CancelGateway = {
  identity: 'scripted',
  attemptMs: 15_000,
  cancel: () => Promise.resolve(answered('confirmed')),
  close: () => Promise.resolve(),
};

let directory: string;
let index: string;

scratchForEach((path) => {
  directory = path;
  mkdirSync(directory);
  index = join(directory, 'orders.index');
});

async function worker(place = index) {
  const runtime = simulatedRuntime();
  const store = openMemoryStore(runtime);
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const orders = await openPaymentOrders({ store, gateway, runtime, index: place, onError });
  return { runtime, orders, errors };
}

async function started(orders: PaymentOrders): Promise<void> {
  await orders.startRecovery();
  await until(() => readdirSync(directory).some((name) => name.endsWith('.json')));
}

describe('the heartbeat', () => {
  test('stands beside the index for its owner alone, and says how recovery stands', async () => {
    const { runtime, orders } = await worker();

    await started(orders);

    const [name = ''] = readdirSync(directory);
    const beats = await readHeartbeats(index, runtime.now());
    expect(name).toMatch(/^orders\.index\.work-[\w.-]+-\d+\.json$/);
    expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    expect(beats).toMatchObject([
      {
        ...{ host: hostname(), pid: process.pid, ageMs: 0, isFresh: true },
        status: { waiting: 0, fired: 0, gateways: [{ name: 'default', state: 'up' }] },
      },
    ]);
    await orders.close();
  });

  test('is written every 5 s, and is of the present for 30 s', async () => {
    const { runtime, orders } = await worker();
    await started(orders);
    const [first] = await readHeartbeats(index, runtime.now());

    await runtime.advance(5 * second);
    await until(async () => (await readHeartbeats(index, runtime.now()))[0]?.at !== first?.at);

    const written = (await readHeartbeats(index, runtime.now()))[0]?.at ?? '';
    const readAfter = async (ms: number) =>
      (await readHeartbeats(index, Date.parse(written) + ms))[0]?.isFresh;
    expect(Date.parse(written) - Date.parse(first?.at ?? '')).toBe(5 * second);
    expect((await readHeartbeats(index, runtime.now()))[0]?.status.phase).toBe('following');
    // A clock that was set back does not make an old one young.
    expect([await readAfter(30 * second), await readAfter(30 * second + 1)]).toEqual([true, false]);
    expect(await readAfter(-31 * second)).toBe(false);
    await orders.close();
  });

  test('is deleted, with all that was made for it, when the orders are closed', async () => {
    const { orders } = await worker();
    await started(orders);

    await orders.close();

    expect(readdirSync(directory)).toEqual([]);
  });

  test('is not made where recovery is not started, or works once', async () => {
    const { orders } = await worker();

    await orders.recoverOnce();

    expect(readdirSync(directory)).toEqual([]);
    await orders.close();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('deletes those that a dead process left a day ago, and no other file', async () => {
    const { runtime, orders } = await worker();
    const left = (name: string, ageMs: number): string => {
      const path = join(directory, name);
      writeFileSync(path, '{}');
      utimesSync(path, (runtime.now() - ageMs) / second, (runtime.now() - ageMs) / second);
      return name;
    };
    left('orders.index.work-dead-1.json', day + second);
    left('orders.index.work-dead-1.json.0a1b2c3d4e5f6071', day + second);
    const kept = [
      left('orders.index.work-quiet-1.json', day - second),
      left('orders.index', 2 * day),
      left('other.index.work-dead-1.json', 2 * day),
      // Somebody else's, such as the index of a second store.
      left('orders.index.work-2', 2 * day),
      left('orders.index.work-2-wal', 2 * day),
      left('orders.index.work-2026.db', 2 * day),
      left('orders.index.work-dead-1.json.bak', 2 * day),
      left('orders.index.work-notes.json', 2 * day),
    ];

    await started(orders);
    await until(() => readdirSync(directory).length === kept.length + 1);

    expect(readdirSync(directory)).toEqual(expect.arrayContaining(kept));
    await orders.close();
  });

  test('is reported once where it cannot be written, and recovery goes on', async () => {
    const { runtime, orders, errors } = await worker(join(directory, 'absent', 'orders.index'));

    await orders.startRecovery();
    await until(() => errors.length > 0);
    await runtime.advance(60 * second);

    expect(errors).toMatchObject([{ code: 'heartbeat-unwritable' }]);
    expect(orders.recovery.phase).toBe('following');
    await orders.close();
  });
});

describe('reading heartbeats', () => {
  test('leaves out what is none', async () => {
    const { runtime, orders } = await worker();
    await started(orders);
    const [name = ''] = readdirSync(directory);
    const whole = readFileSync(join(directory, name), 'utf8');
    for (const [host, content] of [
      ['torn', whole.slice(0, 100)],
      ['other', '{"at":"2026-11-29T10:00:00.000Z"}'],
      ['large', whole + ' '.repeat(2_000_000)],
    ]) {
      writeFileSync(join(directory, `orders.index.work-${host}-1.json`), content ?? '');
    }
    mkdirSync(join(directory, 'orders.index.work-directory-1.json'));

    const beats = await readHeartbeats(index, runtime.now());

    expect(beats.map(({ pid }) => pid)).toEqual([process.pid]);
    expect(await readHeartbeats(join(directory, 'absent', 'x'), runtime.now())).toEqual([]);
    await orders.close();
  });

  test('reads no device, and follows no link into nothing', async () => {
    const { runtime } = await worker();
    symlinkSync('/dev/zero', join(directory, 'orders.index.work-zero-1.json'));
    symlinkSync('/dev/absent', join(directory, 'orders.index.work-absent-1.json'));

    expect(await readHeartbeats(index, runtime.now())).toEqual([]);
  });

  test('lets a later version say more', async () => {
    const { runtime, orders } = await worker();
    await started(orders);
    const [name = ''] = readdirSync(directory);
    const said = JSON.parse(readFileSync(join(directory, name), 'utf8')) as { status: object };
    await orders.close();
    const more = { ...said, mood: 'good', status: { ...said.status, more: 1 } };
    writeFileSync(join(directory, name), JSON.stringify(more));

    expect(await readHeartbeats(index, runtime.now())).toHaveLength(1);
  });
});
