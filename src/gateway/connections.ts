import { connect as connectPlain, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { TLSSocket, connect as connectTls, createSecureContext, getCACertificates } from 'node:tls';
import type { Runtime } from '../runtime.ts';
import type { BeforeSending } from './call-classification.ts';
import { addressOf } from './gateway-url.ts';
import { waitingCallersMax } from './limits.ts';
import type { Limits } from './limits.ts';

export type ConnectionOptions = Pick<Limits, 'connectionsMax' | 'idleMs'> & {
  readonly url: URL;
  readonly runtime: Pick<Runtime, 'monotonicMs'>;
  /** PEM of a certificate authority to trust besides the system's. */
  readonly ca?: string | undefined;
};

export type Connection = { readonly socket: Socket; readonly reused: boolean };

/** Connections to one address, each serving one request at a time. */
export type Connections = {
  /** Gives an idle connection, or a new one once it is established (for https: verified). */
  take(signal: AbortSignal): Promise<Connection | BeforeSending>;
  /** Keeps a connection for the next call. After anything unusual, destroy the socket instead. */
  giveBack(socket: Socket): void;
  /** Destroys idle connections, now and from now on. */
  close(): void;
};

export function openConnections(options: ConnectionOptions): Connections {
  const connect = connector(options);
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
        if (socket !== undefined) return { socket, reused: true };
        if (count < options.connectionsMax) {
          count += 1;
          return await connect(signal, () => {
            count -= 1;
            wakeOne();
          });
        }
        if (waiting.size >= waitingCallersMax) break;
        await waitForTurn(waiting, signal);
      }
      // This call may have been woken just as its time ran out: the turn goes to the next.
      wakeOne();
      return 'no-connection-free';
    },
    giveBack(socket) {
      if (closed || options.idleMs === 0) {
        socket.destroy();
        return;
      }
      socket.unref();
      destroyOnData(socket);
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
function waitForTurn(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
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
 * Destroys the socket as soon as it receives anything. While no request is open there is nothing
 * to receive: an answer sent twice, or before its request, must not be taken for the next one.
 */
function destroyOnData(socket: Socket): void {
  expectData(socket);
  socket.on('data', destroySelf).on('end', destroySelf);
  socket.resume();
}

/** Ends what `destroyOnData` began, just before a request is written. */
export function expectData(socket: Socket): void {
  socket.off('data', destroySelf).off('end', destroySelf);
}

function destroySelf(this: Socket): void {
  this.destroy();
}

type Connect = (signal: AbortSignal, onClosed: () => void) => Promise<Connection | BeforeSending>;

function connector({ url, ca }: ConnectionOptions): Connect {
  const { host, port } = addressOf(url);
  if (url.protocol === 'http:') {
    return (signal, onClosed) =>
      established(connectPlain({ host, port, noDelay: true }), 'connect', { signal, onClosed });
  }
  const secureContext = createSecureContext({
    minVersion: 'TLSv1.2',
    ca: ca === undefined ? undefined : [...getCACertificates('default'), ca],
  });
  return (signal, onClosed) => {
    const socket = connectTls({
      host,
      port,
      secureContext,
      // Set explicitly: NODE_TLS_REJECT_UNAUTHORIZED only changes the default.
      rejectUnauthorized: true,
      ALPNProtocols: ['http/1.1'],
      servername: isIP(host) === 0 ? host : undefined,
    });
    socket.setNoDelay(true);
    return established(socket, 'secureConnect', { signal, onClosed });
  };
}

function established(
  socket: Socket,
  readyEvent: 'connect' | 'secureConnect',
  { signal, onClosed }: { signal: AbortSignal; onClosed: () => void },
): Promise<Connection | BeforeSending> {
  return new Promise((resolve) => {
    const expire = (): void => {
      socket.destroy();
      resolve('connect-timeout');
    };
    signal.addEventListener('abort', expire);
    // Stays for the life of the socket: an error without a listener would end the process.
    socket.on('error', (error) => {
      resolve(connectFailure(socket, error));
    });
    socket.once('close', () => {
      signal.removeEventListener('abort', expire);
      resolve('connect-failed');
      onClosed();
    });
    socket.once(readyEvent, () => {
      signal.removeEventListener('abort', expire);
      destroyOnData(socket);
      resolve({ socket, reused: false });
    });
  });
}

function connectFailure(socket: Socket, error: Error): BeforeSending {
  const code = 'code' in error ? String(error.code) : '';
  // Node sets it only where it found the certificate, or the name in it, wrong.
  const refused: unknown = socket instanceof TLSSocket ? socket.authorizationError : undefined;
  if (refused !== undefined && refused !== null) {
    return code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? 'tls-host-name' : 'tls-certificate';
  }
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'dns-failed';
  if (code === 'ECONNREFUSED') return 'connection-refused';
  if (code === 'ETIMEDOUT') return 'connect-timeout';
  return code === 'EPROTO' || code.startsWith('ERR_SSL')
    ? 'tls-handshake-failed'
    : 'connect-failed';
}
