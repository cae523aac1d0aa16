import { verify as cryptoVerify, pbkdf2 } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { signingString } from '../../src/gateway/signing.ts';
import {
  bodyOf,
  envelope,
  http,
  keys,
  manualRuntime,
  open,
  rawServer,
  systemRuntime,
  reuse,
  sample,
  yes,
} from './support.ts';
import { until } from '../until.ts';

const slowHash = promisify(pbkdf2);

describe('a cancel over HTTP', () => {
  test('posts the signed envelope once and is confirmed by 200, 000, true', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    const outcome = await open(`${server.url}/base/`).cancel(sample, yes);

    expect(outcome).toMatchObject({
      kind: 'confirmed',
      rule: 'confirmed',
      httpStatus: 200,
      requestId: '42dd6c6e-247e-487f-87e8-dd97067b877b',
      responseCode: '000',
      responseMsg: '成功',
    });
    expect(outcome.requestSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(outcome.answerSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(outcome.sentAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(outcome.insecureTransport).toBeUndefined();
    expect(server.requests).toHaveLength(1);
    const [request = ''] = server.requests;
    expect(request.split('\r\n')[0]).toBe('POST /base/api/gateway HTTP/1.1');
    expect(request).toMatch(/\r\naccept-encoding: identity\r\n/i);
    expect(request).toMatch(/\r\ncontent-type: application\/json\r\n/i);
    const { sign, params, ...fields } = bodyOf(request);
    expect(params).toEqual({
      etc_process_bill_no: sample.processBillNo,
      etc_order_no: sample.orderNo,
      reason: sample.reason,
    });
    expect(fields).toEqual({
      appId: 'OIG0AF4DMOK2VC2N',
      apiCode: 'payment.order.cancel',
      nonce: outcome.nonce,
      timestamp: outcome.timestamp,
    });
    const text = `apiCode=payment.order.cancel&appId=OIG0AF4DMOK2VC2N&etc_order_no=${sample.orderNo}&etc_process_bill_no=${sample.processBillNo}&nonce=${String(outcome.nonce)}&reason=${String(sample.reason)}&timestamp=${String(outcome.timestamp)}`;
    const signature = Buffer.from(String(sign), 'base64');
    expect(cryptoVerify('sha1', Buffer.from(text), keys.publicKey, signature)).toBe(true);
  });

  test('draws a new nonce, timestamp and signature for every attempt', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    const gateway = open(server.url);
    await gateway.cancel(sample, yes);
    await gateway.cancel(sample, yes);
    const [first, second] = server.requests.map(bodyOf);
    expect(first?.['nonce']).not.toBe(second?.['nonce']);
    expect(first?.['sign']).not.toBe(second?.['sign']);
    expect(first?.['params']).toEqual(second?.['params']);
  });

  test('puts the timestamp a second back, so that it is not ahead of the platform', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    const runtime = { ...systemRuntime, now: () => 1_604_990_109_987 };
    const outcome = await open(server.url, { runtime }).cancel(sample, yes);
    expect(outcome.timestamp).toBe(1_604_990_108_987);
    expect(outcome.sentAt).toBe('2020-11-10T06:35:09.987Z');
  });

  test('sends no absent or empty reason', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    const gateway = open(server.url);
    await gateway.cancel({ ...sample, orderNo: 'O1', processBillNo: 'F1', reason: undefined }, yes);
    await gateway.cancel({ ...sample, orderNo: 'O1', processBillNo: 'F1', reason: '' }, yes);
    for (const request of server.requests) {
      expect(bodyOf(request)['params']).toEqual({ etc_process_bill_no: 'F1', etc_order_no: 'O1' });
    }
  });

  test('refuses bad parameters by name before it connects', async () => {
    const server = await rawServer(() => undefined);
    const gateway = open(server.url);
    const bad: [object, string][] = [
      [{ orderNo: '' }, 'orderNo'],
      [{ orderNo: 'O'.repeat(33) }, 'orderNo'],
      [{ orderNo: 'O\ud800' }, 'orderNo'],
      [{ processBillNo: 'F'.repeat(33) }, 'processBillNo'],
      [{ reason: '因'.repeat(513) }, 'reason'],
      [{ reason: '\udc00' }, 'reason'],
    ];
    for (const [change, field] of bad) {
      await expect(gateway.cancel({ ...sample, ...change }, yes)).rejects.toMatchObject({
        code: 'invalid-input',
        field,
      });
    }
    expect(server.connections()).toBe(0);
  });

  test.each([
    ['appId', { appId: 'short' }],
    ['limits.attemptMs', { limits: { attemptMs: Infinity } }],
    ['limits.connectMs', { limits: { connectMs: 2001, attemptMs: 2000 } }],
    ['limits.connectionsMax', { limits: { connectionsMax: 0 } }],
    ['ca', { ca: 'not a certificate', url: 'https://localhost' }],
  ])('refuses a bad %s when it opens', (field, options) => {
    const url = 'http://127.0.0.1:1';
    expect(() => open(url, options)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field }) as Error,
    );
  });
});

describe('maySend', () => {
  test('is asked once, after the connection is established and before a byte is sent', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    const maySend = vi.fn(() => {
      expect(server.requests).toHaveLength(0);
      return true;
    });
    await open(server.url).cancel(sample, maySend);
    expect(maySend).toHaveBeenCalledTimes(1);
  });

  test('prevents the sending by false', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    const gateway = open(server.url, reuse);
    const outcome = await gateway.cancel(sample, () => false);
    expect(outcome).toMatchObject({ kind: 'not-executed', rule: 'not-sent' });
    expect(outcome.sentAt).toBeUndefined();
    expect(outcome.nonce).toBeUndefined();
    expect(await gateway.cancel(sample, yes)).toMatchObject({ kind: 'confirmed' });
    expect(server.requests).toHaveLength(1);
    expect(server.connections()).toBe(1);
  });

  test('is not asked where no connection was made', async () => {
    const maySend = vi.fn(yes);
    await open('http://127.0.0.1:1').cancel(sample, maySend);
    expect(maySend).not.toHaveBeenCalled();
  });
});

describe('an attempt that sent no byte', () => {
  test('names a refused connection', async () => {
    const outcome = await open('http://127.0.0.1:1').cancel(sample, yes);
    expect(outcome).toMatchObject({ kind: 'not-executed', rule: 'connection-refused' });
    expect(outcome.sentAt).toBeUndefined();
  });

  test('names a host name that does not resolve', async () => {
    const url = 'https://no-such-host.invalid';
    const outcome = await open(url).cancel(sample, yes);
    expect(outcome).toMatchObject({ kind: 'not-executed', rule: 'dns-failed' });
  });

  test('names a connect that takes too long', async () => {
    // The server accepts the connection but never answers the TLS handshake.
    const server = await rawServer(() => undefined);
    const runtime = manualRuntime();
    const outcome = open(`https://127.0.0.1:${String(server.port)}`, { runtime }).cancel(
      sample,
      yes,
    );
    await until(() => server.open().now === 1);
    runtime.fire();
    expect(await outcome).toMatchObject({ kind: 'not-executed', rule: 'connect-timeout' });
  });

  test('takes an answer before its request for a broken connection', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(http());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    // A TCP server that listens has such an address.
    const { port } = server.address() as AddressInfo;
    const maySend = vi.fn(yes);
    // Signing queues after these in the thread pool, so the early answer arrives before it ends.
    const busy = Array.from({ length: 16 }, () => slowHash('p', 's', 100_000, 32, 'sha256'));
    const outcome = await open(`http://127.0.0.1:${String(port)}`).cancel(sample, maySend);
    await Promise.all(busy);
    expect(outcome).toMatchObject({
      kind: 'not-executed',
      rule: 'connection-lost-before-sending',
    });
    expect(maySend).not.toHaveBeenCalled();
  });
});

describe('warnings', () => {
  test('report plain http off loopback, which every attempt records', async () => {
    const onWarning = vi.fn();
    const options = { allowInsecureHttp: true, onWarning };
    const outcome = await open('http://no-such-host.invalid', options).cancel(sample, yes);
    expect(onWarning).toHaveBeenCalledWith(expect.objectContaining({ code: 'insecure-transport' }));
    expect(outcome.insecureTransport).toBe(true);
  });

  test('report the clock after 403001, and lose no outcome where the listener throws', async () => {
    const answer = envelope({ responseCode: '403001', responseMsg: 'x', data: null });
    const server = await rawServer((socket) => socket.write(http(answer)));
    const onWarning = vi.fn(() => {
      throw new Error('a careless listener');
    });
    const outcome = await open(server.url, { onWarning }).cancel(sample, yes);
    expect(outcome).toMatchObject({ kind: 'not-executed', rule: 'timestamp-refused' });
    expect(onWarning).toHaveBeenCalledWith(expect.objectContaining({ code: 'clock-refused' }));
  });
});

describe('the signing string', () => {
  test('equals the one that the platform composes from the request', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    const gateway = open(server.url);
    const reason = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(reason, async (text) => {
        await gateway.cancel({ ...sample, reason: text }, yes);
        const { sign, params, ...rest } = bodyOf(server.requests.at(-1) ?? '');
        // As the client just sent them.
        const fields = rest as Parameters<typeof signingString>[0];
        const signed = Buffer.from(signingString(fields, params as Record<string, unknown>));
        const signature = Buffer.from(String(sign), 'base64');
        expect(cryptoVerify('sha1', signed, keys.publicKey, signature)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
