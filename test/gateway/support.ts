import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { CancelGateway, CancelRequest } from '../../src/gateway/cancel-gateway.ts';
import { openHttpGateway } from '../../src/gateway/http-gateway.ts';
import type { HttpGatewayOptions } from '../../src/gateway/http-gateway.ts';
import type { Host } from '../../src/host.ts';
import { realHost as newRealHost } from '../../src/real-host.ts';

export const realHost: Host = newRealHost();

/** A host whose timers fire only when told to. */
export function handHost(): Host & { fire(): void } {
  const timers = new Set<() => void>();
  return {
    ...realHost,
    setTimer(_delayMs, run) {
      timers.add(run);
      return () => {
        timers.delete(run);
      };
    },
    fire() {
      for (const run of [...timers]) {
        timers.delete(run);
        run();
      }
    },
  };
}

export const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const appId = 'OIG0AF4DMOK2VC2N';
export const yes = (): boolean => true;
export const sample: CancelRequest = {
  orderNo: 'O20201109150635695000001',
  processBillNo: 'F20210222151600564862',
  reason: '临时决定关单取消支付',
};

export function open(url: string, options: Partial<HttpGatewayOptions> = {}): CancelGateway {
  const gateway = openHttpGateway({
    url,
    appId,
    privateKey: keys.privateKey,
    host: realHost,
    ...options,
    limits: { connectMs: 1000, attemptMs: 2000, ...options.limits },
  });
  onTestFinished(() => gateway.close());
  return gateway;
}

/** For tests of using a connection again, which nobody does unless it is chosen. */
export const reuse = { limits: { idleMs: 2000 } };

export type RawServer = {
  readonly port: number;
  readonly url: string;
  /** Whole requests as they arrived, head and body. */
  readonly requests: string[];
  /** Connections accepted so far. */
  connections(): number;
};

/** What a test does with the n-th request (from 0) of a connection. */
export type Respond = (socket: Socket, request: string, index: number) => void;

/** A TCP (or TLS) server that reads whole requests and leaves every byte of the answer to the test. */
export async function rawServer(respond: Respond, tls?: TlsOptions): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const accept = (socket: Socket): void => {
    connections += 1;
    let pending = Buffer.alloc(0);
    let index = 0;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      const end = wholeRequest(pending);
      if (end === undefined) return;
      const request = pending.subarray(0, end).toString('utf8');
      pending = pending.subarray(end);
      requests.push(request);
      respond(socket, request, index);
      index += 1;
    });
  };
  const server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  // A TCP server that listens has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url:
      tls === undefined ? `http://127.0.0.1:${String(port)}` : `https://localhost:${String(port)}`,
    requests,
    connections: () => connections,
  };
}

function wholeRequest(bytes: Buffer): number | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const length = /content-length: (\d+)/i.exec(bytes.subarray(0, headEnd).toString('latin1'))?.[1];
  const end = headEnd + 4 + Number(length ?? 0);
  return bytes.length >= end ? end : undefined;
}

/** The platform's own sample of an answer, with changes. */
export function envelope(changes: Record<string, unknown> = {}): string {
  return JSON.stringify({
    requestId: '42dd6c6e-247e-487f-87e8-dd97067b877b',
    responseCode: '000',
    responseMsg: '成功',
    data: { cancel_result: true },
    ...changes,
  });
}

/** The bytes of an HTTP/1.1 answer. */
export function http(
  body: string | Buffer = envelope(),
  { status = '200 OK', headers = {} }: { status?: string; headers?: Record<string, string> } = {},
): Buffer {
  const bytes = Buffer.from(body);
  const all = { 'content-length': String(bytes.length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`), bytes]);
}

export function bodyOf(request: string): Record<string, unknown> {
  // What our own client sends is a JSON object.
  return JSON.parse(request.slice(request.indexOf('\r\n\r\n') + 4)) as Record<string, unknown>;
}
