import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { newAuthority } from '../../gateway/certificates.ts';
import { aServer, serverAndStore } from './support.ts';
import { until } from '../../until.ts';
import {
  all,
  anEvent,
  idsOf,
  put,
  someEvents,
} from '../../../src/testing/store-contract-support.ts';

const stream = 'paymentOrder-1';
const script = fileURLToPath(new URL('child.ts', import.meta.url));

type Ended = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

function runChild(url: string, card: string, environment: Record<string, string>): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, url, card], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({ exitCode, stdout, stderr });
    });
  });
}

const login = 'admin:canary-password';

/** Of a server that speaks TLS on an address. */
async function secureUrl(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'eventstoredb-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const authority = newAuthority();
  const file = join(directory, 'authority.pem');
  writeFileSync(file, authority.cert);
  const server = await aServer({
    tls: authority.issue({ ip: '127.0.0.1' }),
    credentials: { username: 'admin', password: 'canary-password' },
  });
  return `esdb://${login}@127.0.0.1:${server.port}?tlsCAFile=${encodeURIComponent(file)}`;
}

describe('closing an EventStoreDB store', () => {
  test('lets the process end by itself and prints nothing', async () => {
    const server = await aServer();
    const { exitCode, stdout, stderr } = await runChild(server.connectionString, 'none', {});
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: 'closed after revision 2\n',
      stderr: '',
    });
    await until(() => server.subscriptionCount === 0 && server.network.counts.open === 0);
  });

  test('prints nothing over TLS to an address, where Node would warn of a name', async () => {
    const ended = await runChild(await secureUrl(), 'none', {});
    expect(ended).toEqual({ exitCode: 0, stdout: 'closed after revision 2\n', stderr: '' });
  });

  test('lets the process end over TLS; debugging output shows neither password nor events', async () => {
    const url = await secureUrl();
    const { exitCode, stderr } = await runChild(url, 'canary-card', {
      DEBUG: 'esdb*',
      DEBUG_DEPTH: '20',
    });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('esdb:command');
    expect(stderr).not.toContain('canary');
    expect(stderr).not.toContain(Buffer.from(login).toString('base64'));
  });

  test('waits for appends in flight', async () => {
    const { server, store } = await serverAndStore();
    const batch = someEvents(2);
    server.faults.onAppend({ kind: 'delay', ms: 200 });
    const appending = store.append(stream, batch, 'no-stream');
    await store.close();
    expect(await appending).toMatchObject({ kind: 'appended', revision: 1 });
    expect(idsOf(server.streams.events(stream))).toEqual(idsOf(batch));
  });

  test('stops waiting for appends at its limit', async () => {
    const { server, store } = await serverAndStore({ closeMs: 100, appendTryMs: 2_000 });
    server.faults.onAppend({ kind: 'silence', commits: false });
    let isSettled = false;
    const appending = store.append(stream, [anEvent()], 'no-stream').finally(() => {
      isSettled = true;
    });
    const failing = expect(appending).rejects.toMatchObject({ code: 'append-outcome-unknown' });
    await store.close();
    expect(isSettled).toBe(false);
    await failing;
  });

  test('ends a running read with store-closed, and followers without an error', async () => {
    const { server, store } = await serverAndStore();
    await put(store, stream, someEvents(5));
    server.faults.onRead({ kind: 'stall', afterEvents: 2 }, { stream });
    const reading = all(store.read(stream));
    const following = all(store.subscribe(null, '', new AbortController().signal));
    await until(() => server.subscriptionCount === 1);
    const failing = expect(reading).rejects.toMatchObject({ code: 'store-closed' });
    await store.close();
    await failing;
    await expect(store.check()).rejects.toMatchObject({ code: 'store-closed' });
    expect((await following).length).toBeLessThanOrEqual(5);
    await until(() => server.network.counts.open === 0);
  });

  test('ends followers while the server is down', async () => {
    const { server, store } = await serverAndStore();
    const following = all(store.subscribe(null, '', new AbortController().signal));
    await until(() => server.subscriptionCount === 1);
    await server.stop({ hard: true });
    await store.close();
    expect(await following).toEqual([]);
  });
});
