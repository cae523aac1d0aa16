import { generateKeyPairSync, verify as cryptoVerify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import type { GatewayWarning } from '../../src/gateway/cancel-gateway.ts';
import { openHttpGateway } from '../../src/gateway/http-gateway.ts';
import { signingString } from '../../src/gateway/signing.ts';
import { signingKeyOf } from '../../src/gateway/signing-key.ts';
import type { PrivateKeySource } from '../../src/gateway/signing-key.ts';
import {
  appId,
  bodyOf,
  http,
  keys,
  manualRuntime,
  open,
  rawServer,
  sample,
  yes,
} from './support.ts';

const others = generateKeyPairSync('rsa', { modulusLength: 2048 });
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const pemOf = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const cut = pemOf(keys.privateKey).slice(0, 700);
const minuteMs = 60_000;

/** Time stands still until a test moves it. */
function clock() {
  let nowMs = 5;
  return {
    ...manualRuntime(),
    monotonicMs: () => nowMs,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
}

function keyFrom(source: PrivateKeySource) {
  const runtime = clock();
  const warnings: GatewayWarning[] = [];
  const onWarning = (warning: GatewayWarning) => warnings.push(warning);
  const key = signingKeyOf(source, { runtime, waitMs: 3_000, onWarning });
  return { runtime, warnings, key };
}

function signedBy(request: string, { publicKey }: typeof keys): boolean {
  const { sign, params, ...fields } = bodyOf(request);
  const { appId, nonce, timestamp, apiCode } = fields as Parameters<typeof signingString>[0];
  const text = signingString({ appId, nonce, timestamp, apiCode }, params as object as never);
  return cryptoVerify('sha1', Buffer.from(text), publicKey, Buffer.from(String(sign), 'base64'));
}

describe('a function that gives the private key', () => {
  test('is not asked where the gateway opens, but at the first call', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    const ask = vi.fn(() => pemOf(keys.privateKey));
    const gateway = open(server.url, { privateKey: ask });
    expect(ask).not.toHaveBeenCalled();

    const outcome = await gateway.cancel(sample, yes);

    expect(outcome.kind).toBe('confirmed');
    expect(ask).toHaveBeenCalledTimes(1);
  });

  test('rotates the key without a restart, a minute after it was asked before', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    const runtime = clock();
    let current = keys;
    const ask = vi.fn(() => Promise.resolve(pemOf(current.privateKey)));
    const gateway = open(server.url, { privateKey: ask, runtime });
    await gateway.cancel(sample, yes);
    current = others;

    runtime.advance(minuteMs - 1);
    await gateway.cancel(sample, yes);
    runtime.advance(1);
    await gateway.cancel(sample, yes);
    await gateway.query(sample);
    await gateway.queryBill({ day: '2021-02-02', type: 'payment' });

    const signers = server.requests.map((request) =>
      signedBy(request, keys) ? 'old' : signedBy(request, others) && 'new',
    );
    expect(signers).toEqual(['old', 'old', 'new', 'new', 'new']);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  test('is asked once by calls at the same time', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    const asked = Promise.withResolvers<KeyObject>();
    const ask = vi.fn(() => asked.promise);
    const gateway = open(server.url, { privateKey: ask });

    const calls = [gateway.cancel(sample, yes), gateway.cancel(sample, yes), gateway.query(sample)];
    asked.resolve(keys.privateKey);
    const rules = (await Promise.all(calls)).map(({ rule }) => rule);

    expect(rules).toEqual(['confirmed', 'confirmed', 'order-missing']);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  const secret = new Error(pemOf(keys.privateKey));
  const refused = new PaymentOrderError('invalid-private-key', 'the key file is a directory');

  test.each<[string, () => Promise<unknown>, RegExp]>([
    ['it fails', () => Promise.reject(secret), /threw an error/],
    ['its file is refused', () => Promise.reject(refused), /the key file is a directory/],
    ['it gives nothing', () => Promise.resolve(), /must be text, a Buffer or a KeyObject/],
    ['it gives a key that is cut', () => Promise.resolve(cut), /is not readable PEM/],
    ['it gives a public key', () => Promise.resolve(keys.publicKey), /is a public key/],
  ])('makes no call where %s, and warns without the key', async (_why, ask, said) => {
    const server = await rawServer((socket) => socket.write(http()));
    const warnings: GatewayWarning[] = [];
    const onWarning = (warning: GatewayWarning) => warnings.push(warning);
    const gateway = open(server.url, { privateKey: ask as () => Promise<string>, onWarning });
    const maySend = vi.fn(yes);

    const outcome = await gateway.cancel(sample, maySend);
    const answer = await gateway.query(sample);
    const bill = await gateway.queryBill({ day: '2021-02-02', type: 'payment' });

    expect(outcome).toMatchObject({ kind: 'not-executed', rule: 'key-unavailable' });
    expect(outcome.sentAt).toBeUndefined();
    expect(answer).toMatchObject({ status: 'unknown', rule: 'key-unavailable' });
    expect(bill).toMatchObject({ status: 'unknown', rule: 'key-unavailable' });
    expect(maySend).not.toHaveBeenCalled();
    expect(server.connections()).toBe(0);
    expect(warnings).toEqual([
      { code: 'key-unavailable', message: expect.stringMatching(said) as string },
    ]);
    const lines = pemOf(keys.privateKey)
      .split('\n')
      .filter((line) => line.length === 64);
    for (const line of lines) expect(JSON.stringify([warnings, outcome])).not.toContain(line);
  });

  test('makes calls again as soon as it gives a key, a minute later', async () => {
    const given: (() => KeyObject)[] = [
      () => {
        throw new Error('the vault is sealed');
      },
      () => keys.privateKey,
    ];
    const { key, runtime, warnings } = keyFrom(() => given.shift()?.() ?? others.privateKey);

    expect(await key()).toBeNull();
    runtime.advance(minuteMs - 1);
    expect(await key()).toBeNull();
    runtime.advance(1);
    expect(await key()).toBe(keys.privateKey);

    expect(warnings.map(({ code }) => code)).toEqual(['key-unavailable']);
  });

  test('holds no call longer than connectMs, and is asked again though it never answers', async () => {
    const ask = vi.fn(() => new Promise<never>(() => undefined));
    const { key, runtime, warnings } = keyFrom(ask);
    const first = [1, 2].map(async () => key());

    runtime.fire();

    expect(await Promise.all(first)).toEqual([null, null]);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('within 3000 ms') as string,
    ]);
    runtime.advance(minuteMs);
    void key();
    expect(ask).toHaveBeenCalledTimes(2);
  });

  test('is warned of a weak key once, not once a minute, and again of another one', async () => {
    const otherWeak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    const given = [weak, pemOf(weak), weak, otherWeak, keys.privateKey];
    const { key, runtime, warnings } = keyFrom(() => given.shift() ?? '');

    for (const expected of [1, 1, 1, 2, 2]) {
      await key();
      expect(warnings.map(({ code }) => code)).toEqual(Array(expected).fill('weak-key'));
      runtime.advance(minuteMs);
    }
  });

  test('is asked at most once a minute, and each call has the key that it gave last', async () => {
    const step = fc.record({
      waitMs: fc.oneof(
        fc.integer({ min: 0, max: 3 * minuteMs }),
        fc.constantFrom(0, 59_999, 60_000),
      ),
      gives: fc.constantFrom(keys.privateKey, others.privateKey, null),
      calls: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        let gives: KeyObject | null = null;
        const askedAt: number[] = [];
        const { key, runtime } = keyFrom(() => {
          askedAt.push(runtime.monotonicMs());
          if (gives === null) throw new Error('none');
          return gives;
        });
        let last: { readonly atMs: number; readonly key: KeyObject | null } | undefined;
        for (const { waitMs, gives: now, calls } of steps) {
          runtime.advance(waitMs);
          gives = now;
          const atMs = runtime.monotonicMs();
          if (last === undefined || atMs - last.atMs >= minuteMs) last = { atMs, key: now };
          const got = await Promise.all(Array.from({ length: calls }, async () => key()));
          expect(got).toEqual(Array(calls).fill(last.key));
        }
        const gaps = askedAt.slice(1).map((atMs, index) => atMs - (askedAt[index] ?? 0));
        expect(gaps.every((gap) => gap >= minuteMs)).toBe(true);
      }),
    );
  });
});

describe('a private key that is not a function', () => {
  test.each([
    ['text', pemOf(keys.privateKey)],
    ['bytes', Buffer.from(pemOf(keys.privateKey))],
    ['a KeyObject', keys.privateKey],
  ])('is loaded where the gateway opens, and signs for ever: %s', async (_what, source) => {
    const { key, runtime } = keyFrom(source);
    runtime.advance(10 * minuteMs);
    expect((await key())?.equals(keys.privateKey)).toBe(true);
  });

  test('is refused where the gateway opens', () => {
    const bad = { url: 'http://127.0.0.1:1', appId, runtime: clock(), privateKey: 'none' };
    expect(() => openHttpGateway(bad)).toThrow(
      expect.objectContaining({ code: 'invalid-private-key' }) as Error,
    );
  });
});
