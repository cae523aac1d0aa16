import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/**
 * - `pass`: carries bytes both ways.
 * - `blackhole`: connections stay open and are accepted, and every byte is swallowed. One that lost
 *   bytes is reset when the mode changes, since the rest is not HTTP/2 any more.
 * - `silent`: new connections are accepted and nothing is ever sent; open ones go on.
 * - `reset`: open connections are reset at once, new ones as soon as they are accepted.
 * - `refuse`: new connections are refused; open ones go on.
 */
export type ProxyMode = 'pass' | 'blackhole' | 'silent' | 'reset' | 'refuse';

export type ProxyCounts = {
  readonly accepted: number;
  readonly open: number;
  readonly resets: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly bytesSwallowed: number;
};

type Connection = { readonly client: Socket; upstream: Socket | null; spoiled: boolean };

const host = '127.0.0.1';

/** Test equipment. A TCP proxy on loopback whose faults are switched while it runs. */
export class Proxy {
  readonly #connections = new Set<Connection>();
  readonly #counts = { accepted: 0, resets: 0, bytesUp: 0, bytesDown: 0, bytesSwallowed: 0 };
  #targetPort: number;
  #mode: ProxyMode = 'pass';
  #listener: Server | null = null;
  #port: number;

  /** Listens on `port`; 0: on any that is free. */
  constructor(targetPort: number, port = 0) {
    this.#targetPort = targetPort;
    this.#port = port;
  }

  get port(): number {
    return this.#port;
  }

  get mode(): ProxyMode {
    return this.#mode;
  }

  get counts(): ProxyCounts {
    return { ...this.#counts, open: this.#connections.size };
  }

  setTarget(port: number): void {
    this.#targetPort = port;
  }

  async setMode(mode: ProxyMode): Promise<void> {
    this.#mode = mode;
    for (const connection of this.#connections) {
      if (mode === 'reset' || (connection.spoiled && mode !== 'blackhole')) this.#reset(connection);
    }
    if (mode === 'refuse') await this.#stopListening();
    else await this.listen();
  }

  /** Resets the open connections and leaves the mode as it is. */
  resetAll(): void {
    for (const connection of this.#connections) this.#reset(connection);
  }

  /** Resets the connection that the target knows by this port. */
  resetPeer(port: number): void {
    for (const connection of this.#connections) {
      if (connection.upstream?.localPort === port) this.#reset(connection);
    }
  }

  async close(): Promise<void> {
    this.resetAll();
    await this.#stopListening();
  }

  /** Listens, on the same port as before if there was one. */
  async listen(): Promise<void> {
    if (this.#listener !== null) return;
    const listener = createServer({ noDelay: true }, (client) => {
      this.#accept(client);
    });
    this.#listener = listener;
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(this.#port, host, resolve);
    });
    // A listener on TCP has an address object; a string would be that of a pipe.
    this.#port = (listener.address() as AddressInfo).port;
  }

  async #stopListening(): Promise<void> {
    const listener = this.#listener;
    this.#listener = null;
    if (listener === null) return;
    // `close` waits for the open connections, and those may go on: only the listening ends here.
    listener.close();
    await new Promise((resolve) => setImmediate(resolve));
  }

  #accept(client: Socket): void {
    this.#counts.accepted += 1;
    const connection: Connection = { client, upstream: null, spoiled: false };
    this.#connections.add(connection);
    client.on('error', () => undefined);
    client.on('close', () => {
      this.#connections.delete(connection);
      connection.upstream?.destroy();
    });
    if (this.#mode === 'reset') {
      this.#reset(connection);
      return;
    }
    if (this.#mode === 'pass') connection.upstream = this.#connectUpstream(connection);
    else connection.spoiled = true;
    client.on('data', (bytes) => {
      this.#carry(connection, bytes, connection.upstream, 'bytesUp');
    });
    client.on('end', () => connection.upstream?.end());
  }

  #connectUpstream(connection: Connection): Socket {
    const { client } = connection;
    const upstream = connect({ port: this.#targetPort, host, noDelay: true });
    upstream.on('error', () => {
      this.#reset(connection);
    });
    upstream.on('data', (bytes) => {
      this.#carry(connection, bytes, client, 'bytesDown');
    });
    upstream.on('end', () => client.end());
    upstream.on('close', () => client.destroy());
    upstream.on('drain', () => client.resume());
    client.on('drain', () => upstream.resume());
    return upstream;
  }

  #carry(
    connection: Connection,
    bytes: Buffer,
    to: Socket | null,
    direction: 'bytesUp' | 'bytesDown',
  ): void {
    if (this.#mode === 'blackhole' || to === null) {
      connection.spoiled = true;
      this.#counts.bytesSwallowed += bytes.length;
      return;
    }
    this.#counts[direction] += bytes.length;
    const from = to === connection.client ? connection.upstream : connection.client;
    if (!to.write(bytes)) from?.pause();
  }

  #reset(connection: Connection): void {
    this.#counts.resets += 1;
    this.#connections.delete(connection);
    connection.client.resetAndDestroy();
    connection.upstream?.destroy();
  }
}

export async function startProxy(targetPort: number): Promise<Proxy> {
  const proxy = new Proxy(targetPort);
  await proxy.listen();
  return proxy;
}
