import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { GatewaySettings } from '../../../src/open-options.ts';
import type { HistoryEvent } from '../../../src/history/event.ts';
import { bodyOf, startRawServer } from '../../../test/gateway/raw-server.ts';
import type { RawServer } from '../../../test/gateway/raw-server.ts';
import type { Behaviour } from './behaviours.ts';
import { confirms, mayNotBeAsked } from './behaviours.ts';
import { queryApiCode } from '../../../src/gateway/query-wire.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKey = createPublicKey(privateKey);
const appId = 'OIG0AF4DMOK2VC2N';

/** A request that arrived, and what was done with it. */
export type Asked = { readonly request: string; readonly behaviour: Behaviour };

/** A platform that answers each order's n-th request as planned, and confirms the rest. */
export type Platform = {
  readonly server: RawServer;
  readonly gateway: GatewaySettings;
  plan(orderNo: string, behaviours: readonly Behaviour[]): void;
  asked(orderNo: string): readonly Asked[];
  /** Requests that the gateway should not send: a followed redirect, half a request. */
  readonly strays: readonly string[];
};

type PlatformOptions = {
  readonly tls?: TlsOptions;
  readonly ca?: string;
  /** Questions are answered as planned too. Otherwise none may be asked, and doubts are probed. */
  readonly isAskable?: boolean;
};

export async function startPlatform(
  limits: NonNullable<GatewaySettings['limits']>,
  { tls, ca, isAskable = false }: PlatformOptions = {},
): Promise<Platform> {
  const plans = new Map<string, readonly Behaviour[]>();
  const asked = new Map<string, Asked[]>();
  const strays: string[] = [];
  const respond = (socket: Socket, request: string) => {
    const orderNo = orderNoIn(request);
    if (orderNo === null) {
      strays.push(request.slice(0, 200));
      socket.destroy();
      return;
    }
    if (!isAskable && request.includes(queryApiCode)) {
      mayNotBeAsked.respond(socket);
      return;
    }
    const before = asked.get(orderNo) ?? [];
    asked.set(orderNo, before);
    const behaviour = plans.get(orderNo)?.[before.length] ?? confirms;
    before.push({ request, behaviour });
    behaviour.respond(socket);
  };
  const server = await startRawServer(respond, tls);
  return {
    server,
    strays,
    gateway: { url: server.url, appId, privateKey, limits, ...(ca === undefined ? {} : { ca }) },
    plan: (orderNo, behaviours) => {
      plans.set(orderNo, behaviours);
    },
    asked: (orderNo) => asked.get(orderNo) ?? [],
  };
}

function orderNoIn(request: string): string | null {
  if (!request.startsWith('POST /api/gateway HTTP/1.1\r\n')) return null;
  try {
    const { params } = bodyOf(request);
    const orderNo =
      typeof params === 'object' && params !== null && 'etc_order_no' in params
        ? params.etc_order_no
        : null;
    return typeof orderNo === 'string' ? orderNo : null;
  } catch {
    return null;
  }
}

/** What a cancel request must look like on the wire. */
export type Wanted = { readonly params: Readonly<Record<string, string>>; readonly host: string };

/** What is wrong with a request, compared with what its outcome event says was sent. */
export function requestFaults(
  request: string,
  outcome: HistoryEvent,
  { params, host }: Wanted,
): readonly string[] {
  const { nonce, timestamp, requestSha256 } = outcome.data;
  const [head = '', body = ''] = request.split('\r\n\r\n');
  const sent = bodyOf(request);
  const fields = { appId, nonce, timestamp, apiCode: 'payment.order.cancel' };
  const { sign, ...rest } = sent;
  const signed = Object.entries({ ...fields, ...params })
    .map(([name, value]) => `${name}=${String(value)}`)
    .toSorted()
    .join('&');
  const isSigned = verify(
    'sha1',
    Buffer.from(signed),
    publicKey,
    Buffer.from(String(sign), 'base64'),
  );
  const headers = [
    'POST /api/gateway HTTP/1.1',
    'accept-encoding: identity',
    'accept: application/json',
    'connection: keep-alive',
    `content-length: ${Buffer.byteLength(body)}`,
    'content-type: application/json',
    `host: ${host}`,
  ];
  const isAsWanted = (given: unknown, wanted: unknown) => canonical(given) === canonical(wanted);
  return [
    ...(isAsWanted(rest, { ...fields, params }) ? [] : [`I7 other parameters: ${body}`]),
    ...(isSigned ? [] : ['I7 the signature does not fit the parameters']),
    ...(isAsWanted(head.split('\r\n').toSorted(), headers) ? [] : [`I7 another head: ${head}`]),
    ...(sha256(body) === requestSha256 ? [] : ['I6 the event holds another hash of the request']),
  ];
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
