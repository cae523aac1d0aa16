import { gzipSync } from 'node:zlib';
import type { Socket } from 'node:net';
import type { CancelOutcome } from '../../../src/gateway/cancel-gateway.ts';
import { dribble, envelope, http } from '../../../test/gateway/raw-server.ts';

/**
 * One way of answering badly (or well), and what GATEWAY.md says that it is. The kind and the
 * rule are written down here by hand: nothing of the code under test is asked.
 */
export type Behaviour = {
  readonly name: string;
  readonly kind: CancelOutcome['kind'];
  readonly rule: string;
  readonly respond: (socket: Socket) => void;
};

type Row = readonly [name: string, kind: Behaviour['kind'], rule: string, Behaviour['respond']];

const unknown = 'outcome-unknown';
const good = http();
const say = (body: string | Buffer, options?: Parameters<typeof http>[1]) => (socket: Socket) => {
  socket.write(http(body, options));
};
const code = (responseCode: string, status?: string) =>
  say(
    envelope({ responseCode, responseMsg: 'no', data: null }),
    status === undefined ? {} : { status },
  );
const data = (value: unknown) => say(envelope({ data: value }));
const raw = (bytes: string) => (socket: Socket) => {
  socket.end(bytes);
};

function redirect(status: string): Behaviour['respond'] {
  return (socket) => {
    // To itself: following it would send a second request for one attempt.
    const location = `http://127.0.0.1:${String(socket.localPort)}/api/gateway`;
    socket.write(http('', { status, headers: { location } }));
  };
}

const no = envelope({ data: { cancel_result: false } });
const packed = (body: string | Buffer) => say(body, { headers: { 'content-encoding': 'gzip' } });
/** Less than 64 KiB on the wire. */
const bomb = gzipSync(Buffer.alloc(50_000_000));

/** 50 MB on the wire, as long as the other side reads. */
function flood(socket: Socket): void {
  const headers = { 'content-encoding': 'gzip', 'content-length': '50000000' };
  socket.write(http('', { headers }));
  let left = 50_000_000;
  const pump = (): void => {
    while (!socket.destroyed && left > 0) {
      left -= bomb.length;
      if (!socket.write(bomb)) {
        socket.once('drain', pump);
        return;
      }
    }
  };
  pump();
}

const bodyAt = good.indexOf('\r\n\r\n') + 4;

const rows: readonly Row[] = [
  // The hostile gateway figure of the reliability note.
  ['never answers', unknown, 'answer-timeout', () => undefined],
  [
    'one byte per 50 ms, in the head',
    unknown,
    'answer-timeout',
    (socket) => {
      dribble(socket, good);
    },
  ] as const,
  [
    'one byte per 50 ms, in the body',
    unknown,
    'body-timeout',
    (socket) => {
      socket.write(good.subarray(0, bodyAt));
      dribble(socket, good.subarray(bodyAt));
    },
  ] as const,
  ['RST after the request', unknown, 'connection-lost', (socket) => socket.resetAndDestroy()],
  ['hang-up after the request', unknown, 'connection-lost', (socket) => socket.end()],
  [
    'short content-length',
    unknown,
    'answer-malformed',
    say(envelope(), { headers: { 'content-length': '40' } }),
  ] as const,
  [
    'long content-length',
    unknown,
    'answer-truncated',
    (socket) => socket.end(http(envelope(), { headers: { 'content-length': '4000' } })),
  ] as const,
  [
    'truncated body with connection: close',
    unknown,
    'answer-unreadable',
    raw(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${envelope().slice(0, -1)}`),
  ] as const,
  ['301', 'blocked', 'http-redirect', redirect('301 Moved Permanently')],
  ['302', 'blocked', 'http-redirect', redirect('302 Found')],
  ['307', 'blocked', 'http-redirect', redirect('307 Temporary Redirect')],
  ['308', 'blocked', 'http-redirect', redirect('308 Permanent Redirect')],
  ['50 MB gzip', unknown, 'answer-too-large', flood],
  ['small gzip', 'confirmed', 'confirmed', packed(gzipSync(envelope()))],
  ['small gzip, refused', 'refused', 'refused', packed(gzipSync(no))],
  ['gzip cut short', unknown, 'answer-truncated', packed(gzipSync(envelope()).subarray(0, -3))],
  ['small gzip of 50 MB', unknown, 'answer-too-large', packed(bomb)],
  ['gzip that is none', unknown, 'answer-unreadable', packed(envelope())],
  ['byte order mark', 'confirmed', 'confirmed', say(`\uFEFF${envelope()}`)],
  ['byte order mark, refused', 'refused', 'refused', say(`\uFEFF${no}`)],
  ['HTML', unknown, 'answer-unreadable', say('<!doctype html><title>busy</title>')],
  ['{}', unknown, 'answer-not-an-envelope', say('{}')],
  ['202', unknown, 'http-2xx-not-200', say('', { status: '202 Accepted' })],
  ['204', unknown, 'http-2xx-not-200', raw('HTTP/1.1 204 No Content\r\n\r\n')],
  ['409', 'blocked', 'http-4xx-without-envelope', say('{}', { status: '409 Conflict' })],
  ['429', 'not-executed', 'http-429', say('', { status: '429 Too Many Requests' })],
  ['500', unknown, 'http-5xx', say('', { status: '500 Internal Server Error' })],
  ['503', unknown, 'http-5xx', say('<html>', { status: '503 Service Unavailable' })],
  [
    'answers twice',
    'confirmed',
    'confirmed',
    (socket) => {
      socket.write(good);
      setTimeout(() => socket.write(good), 20);
    },
  ] as const,
  [
    'answers late',
    unknown,
    'answer-timeout',
    (socket) => {
      setTimeout(() => socket.write(good), 6_500);
    },
  ] as const,
  // The classification table of GATEWAY.md.
  ['true', 'confirmed', 'confirmed', say(envelope())],
  ['false', 'refused', 'refused', data({ cancel_result: false })],
  ['000 with data null', unknown, 'cancel-result-unreadable', data(null)],
  ['000 without data', unknown, 'cancel-result-unreadable', data(undefined)],
  ['000 with "true"', unknown, 'cancel-result-unreadable', data({ cancel_result: 'true' })],
  ['000 with "false"', unknown, 'cancel-result-unreadable', data({ cancel_result: 'false' })],
  ['000 with 1', unknown, 'cancel-result-unreadable', data({ cancel_result: 1 })],
  ['000 with 0', unknown, 'cancel-result-unreadable', data({ cancel_result: 0 })],
  ['000 with no result', unknown, 'cancel-result-unreadable', data({})],
  ['code 400', 'blocked', 'parameter-empty', code('400')],
  ['code 400001', 'blocked', 'app-id-wrong', code('400001')],
  ['code 400002', 'blocked', 'call-disabled', code('400002')],
  ['code 401001', 'blocked', 'signature-refused', code('401001')],
  ['code 401002', 'blocked', 'permission-missing', code('401002')],
  ['code 404001', 'blocked', 'api-code-unknown', code('404001')],
  ['code 401001 with HTTP 401', 'blocked', 'signature-refused', code('401001', '401 No')],
  ['404', 'blocked', 'http-4xx-without-envelope', say('<html>', { status: '404 Not Found' })],
  ['408', unknown, 'http-408', say('', { status: '408 Request Timeout' })],
  ['403001', 'not-executed', 'timestamp-refused', code('403001')],
  ['403002', 'not-executed', 'nonce-repeated', code('403002')],
  ['000 with HTTP 202', unknown, 'success-code-off-200', say(envelope(), { status: '202 OK' })],
  ['000 with HTTP 409', unknown, 'success-code-off-200', say(envelope(), { status: '409 No' })],
  ['true with HTTP 500', unknown, 'http-5xx', say(envelope(), { status: '500 No' })],
  ['code 401001 with HTTP 502', unknown, 'http-5xx', code('401001', '502 Bad Gateway')],
  ['code 500', unknown, 'system-error', code('500')],
  ['an unknown code', unknown, 'code-unknown', code('999999')],
  ['not HTTP', unknown, 'answer-malformed', raw('SSH-2.0-OpenSSH_9.9\r\n')],
  [
    'a member named twice',
    unknown,
    'answer-unreadable',
    say(`{"data":{"cancel_result":false},${envelope().slice(1)}`),
  ] as const,
];

export const behaviours: readonly Behaviour[] = rows.map(([name, kind, rule, respond]) => ({
  name,
  kind,
  rule,
  respond,
}));

export const confirms: Behaviour = named('true');
export const refuses: Behaviour = named('false');
export const mayNotBeAsked: Behaviour = named('code 401002');

export function named(name: string): Behaviour {
  const found = behaviours.find((behaviour) => behaviour.name === name);
  if (found === undefined) throw new RangeError(`no behaviour is called ${name}`);
  return found;
}
