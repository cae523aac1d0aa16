import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TlsOptions } from 'node:tls';

export type RawServer = {
  readonly port: number;
  readonly url: string;
  /** Whole requests as they arrived, head and body. */
  readonly requests: string[];
  /** Connections accepted so far. */
  connections(): number;
  /** Connections that are open now, and the most that were open at a time. */
  open(): { readonly now: number; readonly most: number };
  close(): void;
};

/** What the server does with the n-th request (from 0) of a connection. */
export type Respond = (socket: Socket, request: string, index: number) => void;

/** A TCP (or TLS) server that reads whole requests and leaves every byte of the answer to the test. */
export async function startRawServer(respond: Respond, tls?: TlsOptions): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let most = 0;
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
    most = Math.max(most, sockets.size);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server that listens has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url:
      tls === undefined ? `http://127.0.0.1:${String(port)}` : `https://localhost:${String(port)}`,
    requests,
    connections: () => connections,
    open: () => ({ now: sockets.size, most }),
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
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

/** Writes one byte per 50 ms until the client hangs up, and calls `onByte` after each. */
export function dribble(
  socket: Socket,
  bytes: Buffer,
  onByte: (written: number) => void = () => undefined,
): void {
  let at = 0;
  const timer = setInterval(() => {
    if (at < bytes.length) socket.write(bytes.subarray(at, ++at));
    else clearInterval(timer);
    onByte(at);
  }, 50);
  socket.on('close', () => {
    clearInterval(timer);
  });
}

export function bodyOf(request: string): Record<string, unknown> {
  // What our own client sends is a JSON object.
  return JSON.parse(request.slice(request.indexOf('\r\n\r\n') + 4)) as Record<string, unknown>;
}
