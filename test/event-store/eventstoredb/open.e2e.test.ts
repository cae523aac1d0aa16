import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { status } from '@grpc/grpc-js';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startCluster } from '../../../trials/eventstoredb-server/index.ts';
import { newAuthority } from '../../gateway/certificates.ts';
import { aServer, aStore, appendStatus, serverAndStore, settledBy } from './support.ts';
import {
  all,
  anEvent,
  idsOf,
  put,
  someEvents,
} from '../../../src/testing/store-contract-support.ts';

const stream = 'paymentOrder-1';
const password = 'canary-p@ss:w/rd?';
const login = `admin:${encodeURIComponent(password)}`;
const authority = newAuthority();
const tls = authority.issue({ ip: '127.0.0.1' });
const directory = mkdtempSync(join(tmpdir(), 'eventstoredb-'));
const authorityFile = join(directory, 'authority.pem');
writeFileSync(authorityFile, authority.cert);

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function secureServer() {
  return aServer({ tls, credentials: { username: 'admin', password } });
}

function secureUrl(port: number, user = login): string {
  const file = encodeURIComponent(authorityFile);
  return `esdb://${user}@127.0.0.1:${port}?tlsCAFile=${file}`;
}

/** The error of a rejected promise. Nothing that can be printed of it may hold the password. */
async function failure(opening: Promise<unknown>): Promise<unknown> {
  const error: unknown = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/canary/);
  return error;
}

describe('opening an EventStoreDB store', () => {
  test('connects over TLS with a password and an authority of its own', async () => {
    const server = await secureServer();
    const store = await aStore(secureUrl(server.port));
    await put(store, stream, someEvents(3));
    expect(await all(store.readAll(null, 'paymentOrder-'))).toHaveLength(3);
    expect(server.appendCalls.every(({ via }) => via === 'append')).toBe(true);
    expect(inspect(store, { depth: 20, showHidden: true })).not.toMatch(/canary/);
  });

  test.each(['kurrentdb', 'kurrentdb+discover', 'esdb+discover'])(
    'connects to %s://',
    async (scheme) => {
      const server = await aServer();
      const store = await aStore(server.connectionString.replace('esdb', scheme));
      await put(store, stream, [anEvent()]);
      expect(await all(store.read(stream))).toHaveLength(1);
    },
  );

  test('finds the leader of a cluster', async () => {
    const cluster = await startCluster({ nodes: 3 });
    onTestFinished(() => cluster.stop());
    const [, second] = cluster.nodes;
    const store = await aStore(cluster.connectionString);
    await put(store, stream, [anEvent()]);
    if (second !== undefined) cluster.elect(second);
    await put(store, stream, [anEvent()]);
    expect(await all(store.readAll(null, ''))).toHaveLength(2);
  });

  test('fails at once with a hint where only the URL has TLS (row 15)', async () => {
    const server = await aServer();
    const url = `esdb://${login}@127.0.0.1:${server.port}`;
    expect(await failure(aStore(url, { openMs: 60_000 }))).toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('tls=false') as unknown,
    });
  });

  test('fails with a hint where only the server has TLS (row 16)', async () => {
    const server = await secureServer();
    const url = `esdb://127.0.0.1:${server.port}?tls=false`;
    expect(await failure(aStore(url, { openMs: 300 }))).toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('without tls=false') as unknown,
    });
  });

  test.each([
    [status.UNAVAILABLE, 'Server Is Not Ready', 'not ready'],
    [status.UNAVAILABLE, 'Server Is Too Busy', 'too busy'],
    [status.UNAVAILABLE, 'The leader is gone', 'leader is gone'],
    [status.ABORTED, 'Operation timed out', 'timed out'],
    [status.INTERNAL, 'Out of luck', 'luck'],
  ])('gives no hint about TLS where a server answered: %s %s', async (code, details, says) => {
    const server = await aServer();
    server.faults.onRead({ kind: 'status', code, details }, { times: 99 });

    const error = await failure(aStore(server.connectionString, { openMs: 100 }));

    expect(error).toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining(says) as unknown,
    });
    expect(String(error)).not.toContain('TLS');
  });

  test('fails at once with a hint where the authority is unknown (row 17)', async () => {
    const server = await secureServer();
    const url = `esdb://${login}@127.0.0.1:${server.port}`;
    expect(await failure(aStore(url, { openMs: 60_000 }))).toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('tlsCAFile') as unknown,
    });
  });

  test('fails at once where the certificate is for another host (row 17)', async () => {
    const other = authority.issue({ dns: 'elsewhere.example' });
    const server = await aServer({ tls: other, credentials: { username: 'admin', password } });
    expect(await failure(aStore(secureUrl(server.port), { openMs: 60_000 }))).toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('another host') as unknown,
    });
  });

  test('fails at once on a wrong password without showing it (row 18)', async () => {
    const server = await secureServer();
    const url = secureUrl(server.port, 'admin:canary-wrong');
    expect(await failure(aStore(url, { openMs: 60_000 }))).toMatchObject({
      code: 'store-denied',
      message: expect.stringMatching(/access denied.*password/) as unknown,
    });
  });

  test('reports a missing right to append as final (row 18)', async () => {
    const { server, store } = await serverAndStore();
    server.faults.onAppend(appendStatus(status.UNAUTHENTICATED, false));
    expect(await failure(store.append(stream, [anEvent()], 'no-stream'))).toMatchObject({
      code: 'store-denied',
      message: expect.stringMatching(/access denied.*nothing was stored/) as unknown,
    });
    expect(server.appendCalls).toHaveLength(1);
  });

  test('waits for a server that comes up later (row 19)', async () => {
    const server = await aServer();
    const { port } = server;
    await server.stop({ hard: true });
    const opening = aStore(`esdb://127.0.0.1:${port}?tls=false`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await server.start();
    await put(await opening, stream, [anEvent()]);
    expect(server.streams.all()).toHaveLength(1);
  });

  test('fails at its limit and names the address where no server listens (row 19)', async () => {
    const port = await unusedPort();
    const url = `esdb://127.0.0.1:${port}?tls=false`;
    expect(await failure(aStore(url, { openMs: 200 }))).toMatchObject({
      code: 'store-unavailable',
      message: expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${port}.*refused`)) as unknown,
    });
  });

  test('survives a discovery that fails for a while (row 20)', async () => {
    const server = await aServer();
    server.faults.onGossip({ kind: 'status', code: status.UNAVAILABLE }, { times: 5 });
    const url = server.connectionString.replace('esdb', 'esdb+discover');
    const store = await aStore(`${url}&maxDiscoverAttempts=1&discoveryInterval=10`);
    const settled = settledBy(store);
    await put(settled, stream, [anEvent()]);
    // The next calls have to find a node again.
    server.faults.onGossip({ kind: 'status', code: status.UNAVAILABLE }, { times: 3 });
    server.network.resetAll();
    await put(settled, stream, [anEvent()]);
    expect(idsOf(await all(store.read(stream)))).toEqual(idsOf(server.streams.events(stream)));
    expect(server.faults.pending()).toBeLessThan(3);
  });

  test.each([
    { kind: 'status', code: status.INTERNAL } as const,
    { kind: 'status', code: status.UNKNOWN } as const,
    { kind: 'silence' } as const,
  ])('does not ask for server features, which may fail: %o (row 21)', async (fault) => {
    const server = await aServer();
    server.faults.onFeatures(fault, { times: 99 });
    const store = await aStore(server.connectionString);
    await put(store, stream, [anEvent()]);
    expect(await all(store.readAll(null, ''))).toHaveLength(1);
    expect(server.faults.pending()).toBe(99);
  });

  test('fails at its limit where connections are accepted and nothing is sent (row 22)', async () => {
    const server = await aServer();
    await server.network.setMode('silent');
    const opening = aStore(server.connectionString, { openMs: 300, readIdleMs: 100 });
    expect(await failure(opening)).toMatchObject({ code: 'store-unavailable' });
  });

  test('prints nothing, not even for a refused URL', async () => {
    const writes = ['log', 'warn', 'error', 'info', 'debug'] as const;
    const spies = writes.map((name) => vi.spyOn(console, name).mockReturnValue());
    onTestFinished(() => {
      for (const spy of spies) spy.mockRestore();
    });
    const { store } = await serverAndStore();
    await put(store, stream, [anEvent()]);
    const bad = `esdb://${login}@127.0.0.1?tlsVerifyCert=false&nonsense=1`;
    expect(await failure(aStore(bad))).toMatchObject({ code: 'invalid-store-url' });
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });
});

/** A port that was free a moment ago. */
function unusedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      // A listener on TCP has an address object; a string would be that of a pipe.
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
