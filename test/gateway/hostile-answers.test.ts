import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { sha256 } from '../../src/text.ts';
import { envelope, http, open, rawServer, reuse, sample, yes } from './support.ts';
import type { Respond } from './support.ts';

/** The outcome of one attempt against a server that answers so; it must be asked exactly once. */
async function outcomeOf(respond: Respond): Promise<CancelOutcome> {
  const server = await rawServer(respond);
  const outcome = await open(server.url).cancel(sample, yes);
  expect(server.requests).toHaveLength(1);
  return outcome;
}

function status(line: string, body = ''): Respond {
  return (socket) => socket.write(http(body, { status: line }));
}

function compressed(coding: string, body: string | Buffer): Respond {
  return (socket) => socket.write(http(body, { headers: { 'content-encoding': coding } }));
}

/** The bytes with one of them changed, counted from the end. */
function changedAt(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(bytes.length + at) ^ 1, bytes.length + at);
  return changed;
}

const whole = http();
const no = envelope({ data: { cancel_result: false } });
const unreadable = 'answer-unreadable';
const oddWords = { requestId: 17, responseMsg: ['\u0007', 'x'.repeat(9_000)] };

type Row = readonly [name: string, respond: Respond, kind: CancelOutcome['kind'], rule: string];

const rows: readonly Row[] = [
  ['reset after the request', (s) => s.resetAndDestroy(), 'outcome-unknown', 'connection-lost'],
  ['hang-up after the request', (s) => s.end(), 'outcome-unknown', 'connection-lost'],
  [
    'hang-up within the head',
    (s) => s.end('HTTP/1.1 200 OK\r\ncon'),
    'outcome-unknown',
    'connection-lost',
  ],
  [
    'a content-length that is too short',
    (s) => s.write(http(envelope(), { headers: { 'content-length': '40' } })),
    'outcome-unknown',
    'answer-malformed',
  ],
  [
    'a content-length that is too short, with connection: close',
    (s) => s.end(http(envelope(), { headers: { 'content-length': '40', connection: 'close' } })),
    'outcome-unknown',
    'answer-malformed',
  ],
  [
    'a content-length that is too long',
    (s) => s.end(http(envelope(), { headers: { 'content-length': '4000' } })),
    'outcome-unknown',
    'answer-truncated',
  ],
  [
    'a body cut short with connection: close and no length',
    (s) => s.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${envelope().slice(0, -1)}`),
    'outcome-unknown',
    'answer-unreadable',
  ],
  [
    'two different content-lengths',
    (s) => s.write(`HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello`),
    'outcome-unknown',
    'answer-malformed',
  ],
  [
    'garbage instead of chunks',
    (s) => s.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n'),
    'outcome-unknown',
    'answer-malformed',
  ],
  [
    'chunks without an end',
    (s) => s.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'),
    'outcome-unknown',
    'answer-truncated',
  ],
  ['no HTTP at all', (s) => s.end('SSH-2.0-OpenSSH\r\n'), 'outcome-unknown', 'answer-malformed'],
  [
    'headers without end',
    (s) => s.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(60_000)}`),
    'outcome-unknown',
    'answer-malformed',
  ],
  [
    'a switch of protocols',
    (s) => s.write('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    'outcome-unknown',
    'answer-malformed',
  ],
  ['HTML', status('200 OK', '<!doctype html>'), 'outcome-unknown', 'answer-unreadable'],
  ['{}', status('200 OK', '{}'), 'outcome-unknown', 'answer-not-an-envelope'],
  ['null', status('200 OK', 'null'), 'outcome-unknown', 'answer-not-an-envelope'],
  ['an empty body', status('200 OK'), 'outcome-unknown', 'answer-unreadable'],
  [
    'a code that is a number',
    status('200 OK', envelope({ responseCode: 0 })),
    'outcome-unknown',
    'answer-not-an-envelope',
  ],
  [
    'a member named twice',
    status('200 OK', `{"data":{"cancel_result":false},${envelope().slice(1)}`),
    'outcome-unknown',
    'answer-unreadable',
  ],
  [
    'invalid UTF-8',
    (s) => s.write(http(Buffer.from(envelope().replace('成功', '\xff'), 'latin1'))),
    'outcome-unknown',
    'answer-unreadable',
  ],
  [
    'a nest as deep as the limit allows',
    (s) => s.write(http(`${'['.repeat(32_000)}${']'.repeat(32_000)}`)),
    'outcome-unknown',
    'answer-not-an-envelope',
  ],
  [
    'a nest of 200,000',
    (s) => s.write(http(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)),
    'outcome-unknown',
    'answer-too-large',
  ],
  ['a byte order mark', status('200 OK', `\uFEFF${envelope()}`), 'confirmed', 'confirmed'],
  ['two byte order marks', status('200 OK', `\uFEFF\uFEFF{}`), 'outcome-unknown', unreadable],
  ['gzip', compressed('gzip', gzipSync(envelope())), 'confirmed', 'confirmed'],
  ['x-gzip', compressed('X-GZIP', gzipSync(envelope())), 'confirmed', 'confirmed'],
  ['deflate', compressed('deflate', deflateSync(envelope())), 'confirmed', 'confirmed'],
  ['raw deflate', compressed('deflate', deflateRawSync(envelope())), 'confirmed', 'confirmed'],
  ['br', compressed('br', brotliCompressSync(envelope())), 'confirmed', 'confirmed'],
  ['gzip with a mark', compressed('gzip', gzipSync(`\uFEFF${no}`)), 'refused', 'refused'],
  [
    'gzip that is cut short',
    compressed('gzip', gzipSync(envelope()).subarray(0, -1)),
    'outcome-unknown',
    'answer-truncated',
  ],
  [
    'gzip that is too large when it is unpacked',
    compressed('gzip', gzipSync(Buffer.alloc(1_000_000))),
    'outcome-unknown',
    'answer-too-large',
  ],
  ['gzip that is none', compressed('gzip', envelope()), 'outcome-unknown', unreadable],
  [
    'gzip with a wrong checksum',
    compressed('gzip', changedAt(gzipSync(envelope()), -6)),
    'outcome-unknown',
    unreadable,
  ],
  [
    'gzip with more after its end',
    compressed('gzip', Buffer.concat([gzipSync(envelope()), Buffer.from('\0\0{}')])),
    'outcome-unknown',
    unreadable,
  ],
  [
    'gzip in gzip',
    compressed('gzip, gzip', gzipSync(gzipSync(envelope()))),
    'outcome-unknown',
    unreadable,
  ],
  ['an unknown compression', compressed('compress', envelope()), 'outcome-unknown', unreadable],
  ['nothing, as gzip', compressed('gzip', ''), 'outcome-unknown', unreadable],
  ['odd words', status('200 OK', envelope(oddWords)), 'confirmed', 'confirmed'],
  ['202', status('202 Accepted', envelope()), 'outcome-unknown', 'success-code-off-200'],
  ['202 without a body', status('202 Accepted'), 'outcome-unknown', 'http-2xx-not-200'],
  ['204', (s) => s.write('HTTP/1.1 204 No Content\r\n\r\n'), 'outcome-unknown', 'http-2xx-not-200'],
  ['404', status('404 Not Found', '<html>'), 'blocked', 'http-4xx-without-envelope'],
  ['408', status('408 Request Timeout'), 'outcome-unknown', 'http-408'],
  ['409', status('409 Conflict', '{}'), 'blocked', 'http-4xx-without-envelope'],
  ['429', status('429 Too Many Requests'), 'not-executed', 'http-429'],
  ['500', status('500 Internal Server Error', envelope()), 'outcome-unknown', 'http-5xx'],
  ['503', status('503 Service Unavailable'), 'outcome-unknown', 'http-5xx'],
  [
    'cancel_result as text',
    status('200 OK', envelope({ data: { cancel_result: 'true' } })),
    'outcome-unknown',
    'cancel-result-unreadable',
  ],
];

describe('a hostile answer', () => {
  test.each(rows)('%s has one rule and is asked for once', async (_name, respond, kind, rule) => {
    const outcome = await outcomeOf(respond);
    expect(outcome).toMatchObject({ kind, rule });
    expect(outcome.sentAt).toBeDefined();
  });

  test('is read like any other after interim responses', async () => {
    const early = 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n';
    const outcome = await outcomeOf((socket) => {
      socket.write(early);
      socket.write(whole);
    });
    expect(outcome.kind).toBe('confirmed');
  });

  test.each([
    ['a byte order mark', Buffer.from(`\uFEFF${envelope()}`), {}],
    ['gzip', gzipSync(envelope()), { 'content-encoding': 'gzip' }],
    ['gzip cut short', gzipSync(no).subarray(0, -1), { 'content-encoding': 'gzip' }],
  ])('leaves the digest of the bytes as they were received: %s', async (_what, body, headers) => {
    const outcome = await outcomeOf((socket) => socket.write(http(body, { headers })));

    expect(outcome.answerSha256).toBe(sha256(body));
    expect(outcome.httpStatus).toBe(200);
  });

  test('is cut off at the limit where it is a gzip of 50 MB', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    let written = 0;
    const outcome = await outcomeOf((socket) => {
      const headers = { 'content-encoding': 'gzip', 'content-length': '50000000' };
      socket.write(http('', { headers }));
      const block = Buffer.concat([bomb, Buffer.alloc(1_000_000 - bomb.length)]);
      const pump = (): void => {
        while (!socket.destroyed && written < 50_000_000) {
          written += block.length;
          if (!socket.write(block)) {
            socket.once('drain', pump);
            return;
          }
        }
      };
      pump();
    });
    expect(outcome).toMatchObject({ kind: 'outcome-unknown', rule: 'answer-too-large' });
    expect(written).toBeLessThan(50_000_000);
  });

  test('is not followed where it is a redirect', async () => {
    const elsewhere = await rawServer((socket) => socket.write(whole));
    for (const line of ['301 Moved', '302 Found', '307 Temporary', '308 Permanent']) {
      const headers = { location: `${elsewhere.url}/api/gateway` };
      const outcome = await outcomeOf((s) => s.write(http('', { status: line, headers })));
      expect(outcome).toMatchObject({ kind: 'blocked', rule: 'http-redirect' });
    }
    expect(elsewhere.connections()).toBe(0);
  });

  test('is unknown, and its request never resent, where a reused connection is reset', async () => {
    const server = await rawServer((socket, _request, index) => {
      if (index === 0) socket.write(whole);
      else socket.resetAndDestroy();
    });
    const gateway = open(server.url, reuse);
    await gateway.cancel(sample, yes);
    expect(await gateway.cancel(sample, yes)).toMatchObject({
      kind: 'outcome-unknown',
      rule: 'connection-lost-on-reuse',
    });
    expect(server.requests).toHaveLength(2);
    expect(server.connections()).toBe(1);
  });

  test('leaves no card number, control character, lone surrogate or flood in the evidence', async () => {
    const responseMsg = `\u0007卡号 4111 1111 1111 1111\u202e, 6222020200112233445\ud800 ${'x '.repeat(5000)}`;
    const outcome = await outcomeOf(status('200 OK', envelope({ responseMsg })));
    expect(outcome.responseMsg).toHaveLength(512);
    expect(outcome.responseMsg).toMatch(/^卡号 \[masked\], \[masked\]\ufffd[x ]+$/);
  });
});

describe('a proxy of the environment', () => {
  test('is not used', async () => {
    const proxy = await rawServer((socket) => socket.end());
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY']) {
      vi.stubEnv(name, proxy.url);
    }
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    expect(await outcomeOf((socket) => socket.write(whole))).toMatchObject({ kind: 'confirmed' });
    expect(proxy.connections()).toBe(0);
  });
});
