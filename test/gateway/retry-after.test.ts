import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { retryAfterMsOf } from '../../src/gateway/retry-after.ts';
import { envelope, http, open, rawServer, sample, systemRuntime, yes } from './support.ts';

const nowMs = Date.UTC(2026, 10, 29, 10, 0, 0);
const runtime = { now: () => nowMs };
const dayMs = 86_400_000;

describe('the header Retry-After', () => {
  test.each([
    ['0', 0],
    ['120', 120_000],
    ['00120', 120_000],
    ['86400', dayMs],
    ['86401', dayMs],
    ['9'.repeat(400), dayMs],
    ['Sun, 29 Nov 2026 10:02:00 GMT', 120_000],
    ['Sun, 29 Nov 2026 10:00:00 GMT', 0],
    ['Sun, 29 Nov 2026 09:00:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', dayMs],
  ])('wishes for time in whole seconds, or by a date: %s', (value, ms) => {
    expect(retryAfterMsOf(value, runtime)).toBe(ms);
  });

  test.each([
    undefined,
    '',
    ' ',
    '-1',
    '+1',
    '1.5',
    '1e3',
    '0x10',
    'Infinity',
    'NaN',
    '120, 240',
    '１２０',
    'soon',
    '2026-11-29T10:02:00Z',
    'Sun, 29 Nov 2026 10:02:00',
    'Sun, 29 Nov 2026 10:02:00 CST',
    'Sun, 29 Nov 2026 25:00:00 GMT',
    'Sunday, 29-Nov-26 10:02:00 GMT',
  ])('is ignored where it is neither: %s', (value) => {
    expect(retryAfterMsOf(value, runtime)).toBeUndefined();
  });

  test('is a whole number of 0 to a day, or ignored, whatever it is', () => {
    const part = fc.constantFrom(
      'Sun, ',
      '29 Nov ',
      '2026 ',
      '10:02:00 ',
      'GMT',
      '9',
      '-',
      'e',
      ' ',
    );
    const value = fc.oneof(
      fc.string(),
      fc.array(part).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(value, fc.double(), (text, now) => {
        const ms = retryAfterMsOf(text, { now: () => now });
        if (ms !== undefined) expect(Number.isSafeInteger(ms) && ms >= 0 && ms <= dayMs).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('reads every date that JavaScript writes as the time until then', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: dayMs / 1_000 }), (seconds) => {
        const date = new Date(nowMs + seconds * 1_000).toUTCString();
        expect(retryAfterMsOf(date, runtime)).toBe(seconds * 1_000);
      }),
    );
  });
});

describe('an answer that wishes to be left alone', () => {
  const headers = { 'retry-after': '7' };

  test.each([
    ['429', '', '429 Too Many Requests', 'not-executed'],
    ['503', '', '503 Service Unavailable', 'outcome-unknown'],
    ['200', envelope({ responseCode: '500' }), '200 OK', 'outcome-unknown'],
  ])('gives its wish with the outcome: %s', async (_status, body, status, kind) => {
    const server = await rawServer((socket) => socket.write(http(body, { status, headers })));
    const outcome = await open(server.url).cancel(sample, yes);
    expect(outcome).toMatchObject({ kind, retryAfterMs: 7_000 });
  });

  test('gives its wish though its body breaks off', async () => {
    const length = { ...headers, 'content-length': '100' };
    const bytes = http('half', { status: '503 Service Unavailable', headers: length });
    const server = await rawServer((socket) => socket.end(bytes));
    const outcome = await open(server.url).cancel(sample, yes);
    expect(outcome).toMatchObject({ rule: 'answer-truncated', retryAfterMs: 7_000 });
  });

  test('gives its wish with the answer to a question', async () => {
    const bytes = http('', { status: '503 Service Unavailable', headers });
    const server = await rawServer((socket) => socket.write(bytes));
    const answer = await open(server.url).query(sample);
    expect(answer).toMatchObject({ status: 'unknown', retryAfterMs: 7_000 });
  });

  test('counts a date from our clock', async () => {
    const date = { 'retry-after': 'Sun, 29 Nov 2026 10:02:00 GMT' };
    const bytes = http('', { status: '429 Too Many Requests', headers: date });
    const server = await rawServer((socket) => socket.write(bytes));
    const gateway = open(server.url, { runtime: { ...systemRuntime, ...runtime } });
    expect((await gateway.cancel(sample, yes)).retryAfterMs).toBe(120_000);
  });

  test.each([
    ['says nothing of it', {}],
    ['says nonsense', { 'retry-after': 'soon' }],
  ])('wishes nothing where it %s', async (_what, given) => {
    const bytes = http('', { status: '429 Too Many Requests', headers: given });
    const server = await rawServer((socket) => socket.write(bytes));
    expect((await open(server.url).cancel(sample, yes)).retryAfterMs).toBeUndefined();
  });
});
