import { describe, expect, it } from 'vitest';
import { envelope, http, open, rawServer, systemRuntime, reuse, sample, yes } from './support.ts';
import { until } from '../until.ts';

describe('connections', () => {
  it('are used again after a usual answer', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    const gateway = open(server.url, reuse);
    for (let call = 0; call < 5; call += 1) await gateway.cancel(sample, yes);
    expect(server.connections()).toBe(1);
    expect(server.requests).toHaveLength(5);
  });

  it.each([
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

  it('are used again where that is chosen, but not after their idle time', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    let monotonicMs = 0;
    const gateway = open(server.url, {
      ...reuse,
      runtime: { ...systemRuntime, monotonicMs: () => monotonicMs },
    });
    await gateway.cancel(sample, yes);
    await gateway.cancel(sample, yes);
    expect(server.connections()).toBe(1);
    monotonicMs = 2001;
    await gateway.cancel(sample, yes);
    expect(server.connections()).toBe(2);

    const careful = open(server.url);
    await careful.cancel(sample, yes);
    await careful.cancel(sample, yes);
    expect(server.connections()).toBe(4);
  });

  it('are bounded in number; further calls wait their turn', async () => {
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

  it('that stay busy turn a call away without sending it', async () => {
    const server = await rawServer(() => undefined);
    const limits = { connectionsMax: 1, connectMs: 50, attemptMs: 300 };
    const gateway = open(server.url, { limits });
    const first = gateway.cancel(sample, yes);
    const second = await gateway.cancel(sample, yes);
    expect(second).toMatchObject({ kind: 'not-executed', rule: 'no-connection-free' });
    expect(await first).toMatchObject({ rule: 'answer-timeout' });
    expect(server.requests).toHaveLength(1);
  });

  it('that lie idle are destroyed by close, which may be repeated', async () => {
    let closed = 0;
    const server = await rawServer((socket) => {
      socket.on('close', () => (closed += 1));
      socket.write(http());
    });
    const gateway = open(server.url);
    await gateway.cancel(sample, yes);
    await gateway.close();
    await gateway.close();
    await until(() => closed === 1);
  });

  it('that the other side closes while they lie idle are replaced, and nothing is in doubt', async () => {
    const server = await rawServer((socket) => {
      socket.write(http());
      setImmediate(() => socket.end());
    });
    const gateway = open(server.url);
    await gateway.cancel(sample, yes);
    // Long enough for the end of the connection to arrive.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await gateway.cancel(sample, yes)).toMatchObject({ kind: 'confirmed' });
    expect(server.connections()).toBe(2);
  });

  it('are given back by an attempt whose caller fails, and others go on', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    const gateway = open(server.url, { limits: { connectionsMax: 1 } });
    const failing = gateway.cancel(sample, () => {
      throw new Error('the caller failed');
    });
    await expect(failing).rejects.toThrow('the caller failed');
    expect(await gateway.cancel(sample, yes)).toMatchObject({ kind: 'confirmed' });
  });
});
