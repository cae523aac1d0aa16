import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemRuntime } from '../../../src/runtime.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { cosignaturesFrom } from '../../../src/tlog/witness/client.ts';
import type { WitnessQuestion } from '../../../src/tlog/witness/client.ts';
import { openWitness } from '../../../src/tlog/witness/server.ts';
import type { WitnessOptions } from '../../../src/tlog/witness/server.ts';
import { scratchForEach } from '../../event-store/scratch-for-each.ts';
import type { Leaves } from './world.ts';
import { bodyOf, leavesUpTo, noteOfLeaves, trustText, witnessKey } from './world.ts';

let state: string;

scratchForEach((scratch) => {
  state = scratch;
});

const { text: key } = witnessKey;

async function started(options: Partial<WitnessOptions> = {}) {
  const witness = await openWitness({ key, trust: trustText, state, ...options });
  onTestFinished(() => witness.close());
  return witness;
}

function question(leaves: Leaves, more: Partial<WitnessQuestion> = {}): WitnessQuestion {
  return {
    checkpoint: { note: noteOfLeaves(leaves), size: leaves.length },
    consistency: (oldSize) => Promise.resolve(bodyOf(oldSize, leaves)),
    ...{ keys: [witnessKey.key], runtime: systemRuntime(), ...more },
  };
}

function ask(url: string, leaves: Leaves, more: Partial<WitnessQuestion> = {}) {
  return cosignaturesFrom(new URL(url), question(leaves, more));
}

async function post(url: string, body: string, path = '/add-checkpoint', method = 'POST') {
  const sent = method === 'GET' ? null : body;
  const response = await fetch(`${url}${path}`, { method, body: sent, redirect: 'manual' });
  const contentType = response.headers.get('content-type');
  return { status: response.status, contentType, body: await response.text() };
}

describe('a running witness', () => {
  test('cosigns over a socket, on loopback, and goes on from its file', async () => {
    const witness = await started();
    const first = await ask(witness.url, leavesUpTo(5));
    await witness.close();
    const again = await started();

    const second = await ask(again.url, leavesUpTo(9));

    expect(witness.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect([witness.isNew, again.isNew]).toEqual([true, false]);
    expect(witness.vkey).toBe(witnessKey.key.vkey);
    expect([first.kind, second.kind]).toEqual(['cosigned', 'cosigned']);
  });

  test.each(['state', 'host'])('repeats no key that was given as its %s', async (option) => {
    const opening = started({ [option]: key });

    const error: unknown = await opening.catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'invalid-input', field: option });
    expect(String(error)).not.toContain(key.trim());
  });

  test('answers with the statuses and types of the specification', async () => {
    const { url } = await started();
    const body = bodyOf(0, leavesUpTo(5));

    const answers = [
      await post(url, body),
      await post(url, body),
      await post(url, 'old'),
      await post(url, body, '/'),
      await post(url, body, '/add-checkpoint?x'),
      await post(url, '', '/add-checkpoint', 'GET'),
      await post(url, body, '/add-checkpoint', 'PUT'),
      await post(url, 'x'.repeat(65_537)),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 409, 400, 404, 404, 405, 405, 413]);
    expect(answers[1]).toEqual({ status: 409, contentType: 'text/x.tlog.size', body: '5\n' });
  });

  test('answers 503 where its state is gone, tells why, and cosigns nothing', async () => {
    const errors: unknown[] = [];
    const { url } = await started({ onError: (error) => errors.push(error) });
    rmSync(state);

    const answer = await post(url, bodyOf(0, leavesUpTo(5)));

    expect(answer).toMatchObject({ status: 503, body: 'the witness cannot answer now\n' });
    expect(errors).toMatchObject([{ code: 'store-unavailable' }]);
  });

  test('ends a request that comes too slowly', async () => {
    const { url } = await started();
    const slow = connect(Number(new URL(url).port), '127.0.0.1');
    slow.write('POST /add-checkpoint HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nold');

    const [answer] = (await once(slow, 'data')) as [Buffer];
    slow.destroy();

    expect(answer.toString()).toContain('408');
  });

  test('closes while a request is coming in', async () => {
    const witness = await started();
    const slow = connect(Number(new URL(witness.url).port), '127.0.0.1');
    slow.on('error', () => undefined);
    slow.write('POST /add-checkpoint HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nold');
    await post(witness.url, bodyOf(0, leavesUpTo(5)));

    await Promise.all([witness.close(), witness.close(), once(slow, 'close')]);

    expect(await ask(witness.url, leavesUpTo(9))).toMatchObject({ kind: 'missing' });
  });

  test.each<[field: string, options: Readonly<Record<string, unknown>>]>([
    ['key', { key: 'PRIVATE+KEY+secret' }],
    ['trust', { trust: 'log' }],
    ['trust', { trust: 'quorum none\n' }],
    ['state', { state: '' }],
    ['port', { port: 70_000 }],
    ['onCosigned', { onCosigned: 'no' }],
    ['runtime.now', { runtime: {} }],
    ['hosts', { hosts: '0.0.0.0' }],
  ])('is refused by the name of the option %s', async (field, options) => {
    const given = { key, trust: trustText, state, ...options };
    // Of a caller in JavaScript.
    await expect(openWitness(given as WitnessOptions)).rejects.toMatchObject({
      ...{ code: 'invalid-input', field },
      message: expect.not.stringContaining('secret') as string,
    });
  });
});

describe('a client of a witness', () => {
  /** A server that does this with each connection. */
  async function serverThat(does: (socket: Socket) => void): Promise<string> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      does(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    // A TCP server that listens has such an address.
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const head = 'HTTP/1.1 200 OK\r\n';

  test.each<[what: string, does: (socket: Socket) => void, problem: RegExp]>([
    [
      'breaks off',
      (socket) => {
        socket.destroy();
      },
      /^the witness cannot be reached \(ECONNRESET\)$/,
    ],
    [
      'breaks off its answer',
      (socket) => {
        socket.end(`${head}content-length: 9\r\n\r\nx`);
      },
      /^the witness broke off its answer$/,
    ],
    [
      'never stops',
      (socket) => {
        socket.write(`${head}\r\n${'x'.repeat(20_000)}`);
      },
      /over 16 KiB$/,
    ],
    [
      'speaks something else',
      (socket) => {
        socket.end('220 ready\r\n');
      },
      /^the witness cannot be reached \(HPE_/,
    ],
    [
      'redirects',
      (socket) => {
        socket.end('HTTP/1.1 301 Moved\r\nlocation: /\r\ncontent-length: 0\r\n\r\n');
      },
      /HTTP 301$/,
    ],
  ])('names the problem of one that %s', async (_, does, problem) => {
    const url = await serverThat((socket) =>
      socket.once('data', () => {
        does(socket);
      }),
    );

    const answer = await ask(url, leavesUpTo(5));

    expect(answer).toEqual({ kind: 'missing', problem: expect.stringMatching(problem) as string });
  });

  test('waits for 10 s, and not for one that is not to be waited for', async () => {
    const runtime = simulatedRuntime();
    const arrived = Promise.withResolvers<unknown>();
    const url = await serverThat((socket) => socket.once('data', arrived.resolve));

    const silent = ask(url, leavesUpTo(5), { runtime });
    await arrived.promise;
    await runtime.advance(10_000);
    const stopping = new AbortController();
    const given = ask(url, leavesUpTo(5), { runtime, signal: stopping.signal });
    stopping.abort();
    const late = ask(url, leavesUpTo(5), { runtime, signal: stopping.signal });

    expect(await silent).toMatchObject({ problem: 'the witness did not answer within 10 s' });
    expect(await given).toMatchObject({ problem: 'the witness was not waited for' });
    expect(await late).toMatchObject({ problem: 'the witness was not waited for' });
    expect(runtime.pendingTimers()).toBe(0);
  });
});

describe('a witness of several processes', () => {
  async function witnessProcess(killAt = 'never'): Promise<string> {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'child.ts'), state, killAt], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill());
    // Where it ends without a word, so does its output.
    const lines = child.stdout.iterator({ destroyOnReturn: false });
    for await (const line of lines) return String(line).trim();
    throw new Error('the process of the witness ended before it said where it is');
  }

  test('cosigns one of two continuations that come at once, whichever it is', async () => {
    const urls = [await witnessProcess(), await witnessProcess()];
    let seen: Leaves = [];
    for (let round = 0; round < 60; round += 1) {
      const offers = urls.map((_, at) => [
        ...seen,
        ...leavesUpTo(1 + (round % 3), `${round}.${at}`),
      ]);

      const answers = await Promise.all(
        offers.map((leaves, at) => post(urls[at] ?? '', bodyOf(seen.length, leaves))),
      );

      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
      seen = offers[answers.findIndex(({ status }) => status === 200)] ?? [];
    }
  });

  test.each([
    ['before BEGIN IMMEDIATE', 0],
    ['before COMMIT', 0],
    ['after COMMIT', 5],
  ])('cosigns after one was killed %s', async (killAt, size) => {
    const leaves = leavesUpTo(5);
    const lost = await ask(await witnessProcess(killAt), leaves);
    const url = await witnessProcess();

    const known = await post(url, bodyOf(1, leaves));
    const again = await ask(url, leaves);

    expect(lost.kind).toBe('missing');
    expect(known).toMatchObject({ status: 409, body: `${size}\n` });
    expect(again.kind).toBe('cosigned');
    expect(await ask(url, leavesUpTo(5, 'other'))).toMatchObject({ kind: 'missing' });
  });
});
