import { randomUUID } from 'node:crypto';
import { ServerCredentials } from '@grpc/grpc-js';
import type { Server } from '@grpc/grpc-js';
import { Faults } from './faults.ts';
import type { StreamFault } from './faults.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { EventLog } from './log.ts';
import type { ProposedEvent, StoredEvent } from './log.ts';
import type {
  AppendCall,
  Clock,
  NodeContext,
  RunningAppend,
  RunningSubscription,
} from './node-context.ts';
import { nodeServer } from './node-server.ts';
import { Proxy } from './proxy.ts';

export type ServerOptions = {
  /** PEM. Without it the server speaks plain HTTP/2, and clients send no credentials. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Basic authentication of every call but ServerFeatures and Gossip; needs `tls`. */
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly maxAppendSizeBytes?: number;
  readonly maxConcurrentStreams?: number;
  readonly withoutBatchAppend?: boolean;
  /** As servers before 22.6 do: events of a stream read have the position 2^64 - 1. */
  readonly streamReadsWithoutPosition?: boolean;
  readonly clock?: Clock;
  /** Default: any that is free. */
  readonly port?: number;
  /** After it began to listen, for this long it answers 'Server Is Not Ready', ms. Default 0. */
  readonly startingMs?: number;
  /** As `startingMs`, when it stops; a real server takes 2 s. Default 250. */
  readonly stoppingMs?: number;
  /**
   * Calls wait up to this, ms, each on its own, before they are looked at: appends made at once are
   * stored in any order, and subscriptions begin late. Default 0.
   */
  readonly disorderMs?: number;
};

export type SeedEvent = {
  readonly id?: string;
  readonly type?: string;
  readonly data?: unknown;
  readonly metadata?: unknown;
  /** Raw bytes to store instead of `data`. */
  readonly bytes?: Uint8Array;
  readonly contentType?: ProposedEvent['contentType'];
};

/** Some names resemble those of payment orders. */
const foreignStreams = [
  'invoice-1',
  '$stats-127.0.0.1:2113',
  '$$$settings',
  'paymentorder-x',
  'paymentOrderX-1',
];
const timerMaxMs = 30_000;
const stoppingMsDefault = 250;
const host = '127.0.0.1';

/** Real time. A timer lasts at most 30 s and keeps no process alive. */
export const realClock: Clock = {
  now: () => Date.now(),
  setTimer: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(delayMs, timerMaxMs)).unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

type ClusterView = {
  readonly nodes: readonly EventStoreDbServer[];
  leader(): EventStoreDbServer;
};

/** Test equipment: one node. Clients reach it through `network`, a proxy that can misbehave. */
export class EventStoreDbServer {
  /** Set faults here: `faults.onAppend({ kind: 'reset', commits: true })`. */
  readonly faults = new Faults();
  /** The TCP proxy that every client uses: `await network.setMode('blackhole')`. */
  readonly network: Proxy;
  /** Every attempt to append, also those that met a fault. */
  readonly appendCalls: AppendCall[] = [];
  readonly #options: ServerOptions;
  readonly #log: EventLog;
  readonly #context: NodeContext;
  readonly #running = new Set<RunningSubscription>();
  readonly #appends = new Set<RunningAppend>();
  readonly #sent = { events: 0 };
  #cluster: ClusterView;
  #server: Server | null = null;
  #isReady = false;
  #cancelStarting: () => void = () => undefined;

  constructor(options: ServerOptions, log: EventLog) {
    if (options.credentials !== undefined && options.tls === undefined) {
      throw new TypeError('credentials need tls: clients never send them in the clear');
    }
    this.#options = options;
    this.network = new Proxy(0, options.port);
    const draws = simulatedRuntime({ seed: 20_210_222 });
    this.#log = log;
    this.#cluster = { nodes: [this], leader: () => this };
    this.#context = {
      log,
      faults: this.faults,
      clock: options.clock ?? realClock,
      credentials: options.credentials,
      maxAppendSizeBytes: options.maxAppendSizeBytes ?? 1_048_576,
      withBatchAppend: options.withoutBatchAppend !== true,
      streamReadsWithPosition: options.streamReadsWithoutPosition !== true,
      appendCalls: this.appendCalls,
      appends: this.#appends,
      isReady: () => this.#isReady,
      disorderMs: options.disorderMs ?? 0,
      random: () => draws.random(),
      subscriptions: this.#running,
      sent: this.#sent,
      leaderElsewhere: () => {
        const leader = this.#cluster.leader();
        return leader === this ? null : { host, port: leader.port };
      },
      members: () =>
        this.#cluster.nodes.map((node) => ({
          host,
          port: node.port,
          alive: node.isRunning,
          leads: node === this.#cluster.leader(),
        })),
      reset: (peer) => {
        this.network.resetPeer(Number(peer.slice(peer.lastIndexOf(':') + 1)));
      },
    };
  }

  get port(): number {
    return this.network.port;
  }

  get connectionString(): string {
    return `esdb://${host}:${this.port}?tls=${String(this.#options.tls !== undefined)}`;
  }

  get isRunning(): boolean {
    return this.#server !== null;
  }

  /** The stored events, without a call. */
  readonly streams = {
    events: (stream: string): readonly StoredEvent[] => this.#log.events(stream),
    all: (): readonly StoredEvent[] => this.#log.all(),
    names: (): readonly string[] => this.#log.names(),
  };

  /** How many events were sent to readers and subscribers. */
  get eventsSent(): number {
    return this.#sent.events;
  }

  /** How many subscriptions are running. */
  get subscriptionCount(): number {
    return this.#running.size;
  }

  /** Breaks the running subscriptions at once; a delay does nothing to them. */
  breakSubscriptions(fault: StreamFault): void {
    for (const subscription of [...this.#running]) subscription.break(fault);
  }

  /** Stores events at the end of a stream, without a call. */
  seed(stream: string, events: readonly SeedEvent[]): void {
    const head = BigInt(this.#log.events(stream).length - 1);
    const outcome = this.#log.append(stream, events.map(proposed), head);
    if (outcome.kind !== 'appended') throw new Error(`cannot seed ${stream}: ${outcome.kind}`);
  }

  /** Stores a link event, as projections do; its target need not exist. */
  link(stream: string, target: string, revision: number): void {
    const bytes = Buffer.from(`${revision}@${target}`);
    this.seed(stream, [{ type: '$>', bytes, contentType: 'application/octet-stream' }]);
  }

  /** Foreign events in `$all`, of other applications and of the system. */
  noise(count: number): void {
    for (let index = 0; index < count; index++) {
      const stream = foreignStreams[index % foreignStreams.length] ?? 'invoice-1';
      this.seed(stream, [{ type: stream.startsWith('$') ? '$foreign' : 'Foreign' }]);
    }
  }

  /** Listens; after a stop, on the same port and with the same data. */
  async start(): Promise<void> {
    if (this.#server !== null) return;
    const server = nodeServer(this.#context, this.#options.maxConcurrentStreams ?? 100);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`${host}:0`, credentialsOf(this.#options), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    this.#server = server;
    this.network.setTarget(port);
    const { startingMs = 0, clock = realClock } = this.#options;
    const becomeReady = () => {
      this.#isReady = true;
    };
    if (startingMs === 0) becomeReady();
    else this.#cancelStarting = clock.setTimer(startingMs, becomeReady);
    await this.network.setMode('pass');
  }

  /**
   * As a real server on SIGTERM: appends in flight time out, every call is answered 'Server Is Not
   * Ready' for a while, then the connections break. `hard`, as after SIGKILL: they break at once.
   */
  async stop({ hard = false }: { readonly hard?: boolean } = {}): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    this.#cancelStarting();
    this.#isReady = false;
    if (!hard) {
      for (const running of [...this.#appends]) running.abort();
      const { stoppingMs = stoppingMsDefault } = this.#options;
      await new Promise((resolve) => setTimeout(resolve, stoppingMs));
    }
    this.#appends.clear();
    await this.network.close();
    server.forceShutdown();
  }

  async restart(options: { readonly hard?: boolean } = {}): Promise<void> {
    await this.stop(options);
    this.#log.forgetRecentIds();
    await this.start();
  }

  /** Makes it a node of a cluster; `startCluster` does it. */
  join(cluster: ClusterView): void {
    this.#cluster = cluster;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop({ hard: true });
  }
}

function credentialsOf({ tls }: ServerOptions): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const pair = { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) };
  return ServerCredentials.createSsl(null, [pair], false);
}

function proposed(event: SeedEvent): ProposedEvent {
  const { id = randomUUID(), type = 'Seeded', data = {}, metadata, bytes } = event;
  return {
    id,
    type,
    contentType: event.contentType ?? 'application/json',
    data: bytes ?? Buffer.from(JSON.stringify(data)),
    metadata: Buffer.from(metadata === undefined ? '' : JSON.stringify(metadata)),
  };
}
