import { connect as connectPlain, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { TLSSocket, connect as connectTls, createSecureContext, getCACertificates } from 'node:tls';
import type { Runtime } from '../runtime.ts';
import type { BeforeSending } from './classification.ts';

export type ConnectionOptions = {
  readonly url: URL;
  readonly runtime: Pick<Runtime, 'monotonicMs'>;
  readonly connectionsMax: number;
  /** How long a connection may lie idle and still be used; 0 = every call has its own. */
  readonly idleMs: number;
  /** PEM of a certificate authority to be trusted beside the system's. */
  readonly ca?: string | undefined;
};

export type Taken =
  | { readonly kind: 'connection'; readonly socket: Socket; readonly reused: boolean }
  | { readonly kind: 'failed'; readonly failure: BeforeSending };

/** Connections to one address, each serving one request at a time. */
export type Connections = {
  /** An idle connection, or a new one once it is established (for https: once it is verified). */
  take(signal: AbortSignal): Promise<Taken>;
  /** After a usual answer: keeps it for the next. Anything unusual: destroy the socket instead. */
  giveBack(socket: Socket): void;
  /** Destroys what is idle, now and from now on. */
  close(): void;
};

/** Callers that may wait for a connection; more are turned away at once. */
const waitingMax = 1000;

export function openConnections(options: ConnectionOptions): Connections {
  const open = opener(options);
  const idle: { socket: Socket; sinceMs: number }[] = [];
  const waiting = new Set<() => void>();
  let count = 0;
  let closed = false;

  function wakeOne(): void {
    const [wake] = waiting;
    wake?.();
  }

  function takeIdle(): Socket | undefined {
    for (;;) {
      const newest = idle.pop();
      if (newest === undefined) return undefined;
      const { socket, sinceMs } = newest;
      if (!socket.destroyed && options.runtime.monotonicMs() - sinceMs < options.idleMs) {
        socket.ref();
        return socket;
      }
      socket.destroy();
    }
  }

  return {
    async take(signal) {
      while (!signal.aborted) {
        const socket = takeIdle();
        if (socket !== undefined) return { kind: 'connection', socket, reused: true };
        if (count < options.connectionsMax) {
          count += 1;
          return await open(signal, () => {
            count -= 1;
            wakeOne();
          });
        }
        if (waiting.size >= waitingMax) break;
        await turn(waiting, signal);
      }
      // Perhaps woken as its time ran out: the turn goes to the next.
      wakeOne();
      return { kind: 'failed', failure: 'no-connection-free' };
    },
    giveBack(socket) {
      if (closed || options.idleMs === 0) {
        socket.destroy();
        return;
      }
      socket.unref();
      destroyOnAnyWord(socket);
      idle.push({ socket, sinceMs: options.runtime.monotonicMs() });
      wakeOne();
    },
    close() {
      closed = true;
      for (const { socket } of idle.splice(0)) socket.destroy();
    },
  };
}

/** Resolves when woken or when the signal aborts. */
function turn(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      waiting.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    waiting.add(wake);
    signal.addEventListener('abort', wake);
  });
}

/**
 * While no request is on its way the other side has nothing to say: an answer sent twice, or
 * before the question, must not be taken for the answer to the next request.
 */
export function destroyOnAnyWord(socket: Socket): void {
  listenAgain(socket);
  socket.on('data', destroySelf).on('end', destroySelf);
  socket.resume();
}

/** Takes the watch of `destroyOnAnyWord` off, just before a request is written. */
export function listenAgain(socket: Socket): void {
  socket.off('data', destroySelf).off('end', destroySelf);
}

function destroySelf(this: Socket): void {
  this.destroy();
}

type Opener = (signal: AbortSignal, onClosed: () => void) => Promise<Taken>;

function opener({ url, ca }: ConnectionOptions): Opener {
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);
  if (url.protocol === 'http:') {
    return (signal, onClosed) =>
      established(connectPlain({ host: hostname, port, noDelay: true }), 'connect', {
        signal,
        onClosed,
      });
  }
  const secureContext = createSecureContext({
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] }),
  });
  return (signal, onClosed) => {
    const socket = connectTls({
      host: hostname,
      port,
      secureContext,
      // Said in so many words: NODE_TLS_REJECT_UNAUTHORIZED only moves the default.
      rejectUnauthorized: true,
      ALPNProtocols: ['http/1.1'],
      ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    });
    socket.setNoDelay(true);
    return established(socket, 'secureConnect', { signal, onClosed });
  };
}

function established(
  socket: Socket,
  readyEvent: 'connect' | 'secureConnect',
  { signal, onClosed }: { signal: AbortSignal; onClosed: () => void },
): Promise<Taken> {
  return new Promise((resolve) => {
    const expire = (): void => {
      socket.destroy();
      resolve({ kind: 'failed', failure: 'connect-timeout' });
    };
    signal.addEventListener('abort', expire);
    // Stays for the life of the socket: an error without a listener would end the process.
    socket.on('error', (error) => {
      resolve({ kind: 'failed', failure: connectFailure(socket, error) });
    });
    socket.once('close', () => {
      signal.removeEventListener('abort', expire);
      resolve({ kind: 'failed', failure: 'connect-failed' });
      onClosed();
    });
    socket.once(readyEvent, () => {
      signal.removeEventListener('abort', expire);
      destroyOnAnyWord(socket);
      resolve({ kind: 'connection', socket, reused: false });
    });
  });
}

function connectFailure(socket: Socket, error: Error): BeforeSending {
  const code = 'code' in error ? String(error.code) : '';
  // Node sets it where, and only where, the certificate or the name in it was found wrong.
  if (socket instanceof TLSSocket && isSet(socket.authorizationError)) {
    return code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? 'tls-host-name' : 'tls-certificate';
  }
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'dns-failed';
  if (code === 'ECONNREFUSED') return 'connection-refused';
  if (code === 'ETIMEDOUT') return 'connect-timeout';
  return code === 'EPROTO' || code.startsWith('ERR_SSL')
    ? 'tls-handshake-failed'
    : 'connect-failed';
}

/** Typed as an Error, yet null, a code or undefined in life. */
function isSet(authorizationError: unknown): boolean {
  return authorizationError !== null && authorizationError !== undefined;
}
