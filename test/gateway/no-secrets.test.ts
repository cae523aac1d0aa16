import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  bodyOf,
  envelope,
  http,
  keys,
  manualRuntime,
  open,
  rawServer,
  sample,
  yes,
} from './support.ts';
import type { Respond } from './support.ts';

const pem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const keyLines = pem.split('\n').filter((line) => line.length === 64);

/** Everything of a value that a program could log. */
function everythingOf(value: unknown): string {
  const own = inspect(value, { depth: 20, showHidden: true, maxStringLength: null });
  const stack = value instanceof Error ? `${value.message}\n${String(value.stack)}` : '';
  return `${own}\n${JSON.stringify(value)}\n${stack}`;
}

function expectNoSecret(value: unknown, requests: readonly string[]): void {
  const everything = everythingOf(value);
  for (const line of keyLines) expect(everything).not.toContain(line);
  expect(everything).not.toContain('BEGIN');
  expect(everything).not.toContain('apiCode=');
  for (const request of requests) {
    const signature = String(bodyOf(request)['sign']);
    expect(signature.length).toBeGreaterThan(300);
    expect(everything).not.toContain(signature.slice(0, 40));
    expect(everything).not.toContain(signature.slice(-40));
  }
}

const runtime = manualRuntime();

/** Answers of a platform that repeats the request's words. */
const answers: readonly [string, Respond][] = [
  ['confirmed', (socket) => socket.write(http())],
  ['refused', (socket) => socket.write(http(envelope({ data: { cancel_result: false } })))],
  ['reset', (socket) => socket.resetAndDestroy()],
  [
    'silence',
    () => {
      runtime.fire();
    },
  ],
  ['no HTTP', (socket) => socket.end('garbage\r\n\r\n')],
  ['a server error', (socket) => socket.write(http('', { status: '500 Oh no' }))],
  ['the request itself', (socket, request) => socket.write(http(request))],
  [
    'the request as the message',
    (socket, request) =>
      socket.write(
        http(
          envelope({
            responseCode: '401001',
            responseMsg: `bad sign ${String(bodyOf(request)['sign'])} in ${request}`,
          }),
        ),
      ),
  ],
];

describe('a secret (key, signature, signing string)', () => {
  test.each(answers)('is not in the evidence after %s', async (_name, respond) => {
    const server = await rawServer(respond);
    const gateway = open(server.url, { privateKey: pem, runtime });
    const outcome = await gateway.cancel(sample, yes);
    expect(server.requests).toHaveLength(1);
    expectNoSecret(outcome, server.requests);
    const answers = [
      await gateway.query(sample),
      await gateway.queryBill({ day: '2021-02-02', type: 'payment' }),
    ];
    expect(server.requests).toHaveLength(3);
    expectNoSecret(answers, server.requests);
    expectNoSecret(gateway, server.requests);
  });

  test('is not in the error of bad parameters or of a caller that throws', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    const gateway = open(server.url, { privateKey: pem });
    const failures = [
      gateway.cancel({ ...sample, reason: 'x'.repeat(513) }, yes),
      gateway.cancel(sample, () => {
        throw new Error('the caller failed');
      }),
    ];
    for (const failure of failures) {
      const error: unknown = await failure.catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(Error);
      expectNoSecret(error, server.requests);
    }
    expect(server.requests).toHaveLength(0);
  });

  test.each([
    ['appId', { appId: pem }],
    ['url', { url: `https://user:${encodeURIComponent(pem)}@example.com` }],
    ['ca', { url: 'https://localhost', ca: pem }],
    ['privateKey', { privateKey: pem.slice(0, 700) }],
    ['privateKey', { privateKey: pem.replace('MII', 'AII') }],
  ])('is not in the error of opening with a bad %s', (_name, options) => {
    try {
      open('http://127.0.0.1:1', { privateKey: pem, ...options });
    } catch (error) {
      expectNoSecret(error, []);
      return;
    }
    throw new Error('it was accepted');
  });
});
