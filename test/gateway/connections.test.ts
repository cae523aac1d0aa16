import { describe, expect, test } from 'vitest';
import {
  envelope,
  http,
  manualRuntime,
  open,
  rawServer,
  reuse,
  sample,
  systemRuntime,
  yes,
} from './support.ts';
import { until } from '../until.ts';

describe('connections', () => {
  test('are reused after a usual answer', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    const gateway = open(server.url, reuse);
    for (let call = 0; call < 5; call += 1) await gateway.cancel(sample, yes);
    expect(server.connections()).toBe(1);
    expect(server.requests).toHaveLength(5);
  });

  test.each([
    ['a refusing status', http(envelope(), { status: '404 Not Found' })],
    ['an unreadable body', http('<html>')],
    ['connection: close', http(envelope(), { headers: { connection: 'close' } })],
    ['two answers at once', Buffer.concat([http(), http()])],
  ])('are closed after %s', async (_name, bytes) => {
    const server = await rawServer((socket) => socket.write(bytes));
    const gateway = open(server.url, reuse);
    await gateway.cancel(sample, yes);
    await gateway.cancel(sample, yes);
    expect(server.connections()).toBe(2);
  });

  test('are not reused after their idle time, or by default', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    let monotonicMs = 0;
    const gateway = open(server.url, {
      ...reuse,
      runtime: { ...systemRuntime, monotonicMs: () => monotonicMs },
    });
    await gateway.cancel(sample, yes);
    await gateway.cancel(sample, yes);
    expect(server.connections()).toBe(1);
    monotonicMs = 60_001;
    await gateway.cancel(sample, yes);
    expect(server.connections()).toBe(2);

    const careful = open(server.url);
    await careful.cancel(sample, yes);
    await careful.cancel(sample, yes);
    expect(server.connections()).toBe(4);
  });

  test('are limited in number; further calls wait for their turn', async () => {
    let now = 0;
    let most = 0;
    const server = await rawServer((socket) => {
      now += 1;
      most = Math.max(most, now);
      setImmediate(() => {
        now -= 1;
        socket.write(http());
      });
    });
    const gateway = open(server.url, { limits: { ...reuse.limits, connectionsMax: 3 } });
    const calls = Array.from({ length: 30 }, () => gateway.cancel(sample, yes));
    const outcomes = await Promise.all(calls);
    expect(outcomes.every(({ kind }) => kind === 'confirmed')).toBe(true);
    expect(server.connections()).toBe(3);
    expect(most).toBeLessThanOrEqual(3);
  });

  test('turn a call away unsent where all stay busy', async () => {
    const server = await rawServer(() => undefined);
    const runtime = manualRuntime();
    const gateway = open(server.url, { runtime, limits: { connectionsMax: 1 } });
    const first = gateway.cancel(sample, yes);
    await until(() => server.requests.length === 1);
    const second = gateway.cancel(sample, yes);
    runtime.fire();
    expect(await second).toMatchObject({ kind: 'not-executed', rule: 'no-connection-free' });
    expect(await first).toMatchObject({ rule: 'answer-timeout' });
    expect(server.requests).toHaveLength(1);
  });

  test('are destroyed by close while they are idle', async () => {
    let closed = 0;
    const server = await rawServer((socket) => {
      socket.on('close', () => (closed += 1));
      socket.write(http());
    });
    const gateway = open(server.url, reuse);
    await gateway.cancel(sample, yes);
    expect(closed).toBe(0);
    await gateway.close();
    await gateway.close();
    await until(() => closed === 1);
  });

  test('are replaced where the server closed them while they were idle', async () => {
    let closed = 0;
    const server = await rawServer((socket) => {
      socket.on('close', () => (closed += 1));
      socket.write(http());
      setImmediate(() => socket.end());
    });
    const gateway = open(server.url, reuse);
    await gateway.cancel(sample, yes);
    await until(() => closed === 1);
    expect(await gateway.cancel(sample, yes)).toMatchObject({ kind: 'confirmed' });
    expect(server.connections()).toBe(2);
  });

  test('are given back by an attempt whose caller throws', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    const gateway = open(server.url, { limits: { connectionsMax: 1 } });
    const failing = gateway.cancel(sample, () => {
      throw new Error('the caller failed');
    });
    await expect(failing).rejects.toThrow('the caller failed');
    expect(await gateway.cancel(sample, yes)).toMatchObject({ kind: 'confirmed' });
  });
});
