import { EventStoreDBClient, type SingleNodeOptions } from '@eventstore/db-client';
import type { Interceptor, StatusObject } from '@grpc/grpc-js';
import type { Runtime } from '../../runtime.ts';
import type { Failure } from './errors.ts';
import { Login, type Target } from './url.ts';

/** Never sent: without TLS the client drops it. But with it, appends take the classic RPC. */
const insecureLogin = new Login('insecure', 'insecure');

/** `ConnectivityState.SHUTDOWN` of gRPC, which is the client's dependency and not ours. */
const shutDown = 4;

/** How many clients this process has made. */
let clientsMade = 0;

/**
 * What every call passes. Credentials per call, always: without them the client appends over its
 * shared batch stream, which has no deadline and hangs or crashes in ways of its own.
 */
export type CallOptions = { readonly credentials: Login; readonly requiresLeader: true };

/** The client of one connection, made anew when it seems ill. */
export class Connection {
  readonly callOptions: CallOptions;
  readonly #make: () => GuardedClient;
  readonly #failuresMax: number;
  #client: GuardedClient;
  #failures = 0;

  constructor(target: Target, failuresMax: number) {
    this.callOptions = { credentials: target.login ?? insecureLogin, requiresLeader: true };
    this.#make = () => new GuardedClient(target);
    this.#failuresMax = failuresMax;
    this.#client = this.#make();
  }

  get client(): EventStoreDBClient {
    return this.#client;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** Counts failures that nobody can name; too many in a row, and the next call has a new client. */
  failed(client: EventStoreDBClient, failure: Failure): void {
    if (failure.unclassified !== true || client !== this.#client) return;
    this.#failures += 1;
    if (this.#failures < this.#failuresMax) return;
    this.#failures = 0;
    this.#client.closeChannel();
    this.#client = this.#make();
  }

  /** Ends what still runs, and waits `patienceMs` at most for its end. */
  async close(runtime: Runtime, patienceMs: number): Promise<void> {
    const disposed = this.#client.dispose().catch(() => undefined);
    await within(runtime, patienceMs, disposed);
    this.#client.closeChannel();
  }
}

/** Resolves when `work` is done, or after `ms`. `work` must not reject. */
export function within(runtime: Runtime, ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const unset = runtime.setTimer(ms, resolve);
    void work.then(() => {
      unset();
      resolve();
    });
  });
}

/** The client, with the holes stopped through which it would bring down the process. */
class GuardedClient extends EventStoreDBClient {
  #channel: ReturnType<EventStoreDBClient['getChannel']> | undefined;

  constructor(target: Target) {
    // Each of the base's overloads takes one kind of settings; its code tells them apart itself.
    super(settingsOf(target) as SingleNodeOptions, {
      insecure: !target.tls,
      ...(target.authorities === undefined ? {} : { rootCertificate: target.authorities }),
    });
    const { callArguments, execute, getChannel } = this;
    this.getChannel = () => (this.#channel = getChannel());
    this.callArguments = (options, callOptions) => {
      const [metadata, rest] = callArguments(options, callOptions);
      return [metadata, { ...rest, interceptors: [interceptor] }];
    };
    // On a channel that another call's failure has just closed, the client would throw outside of
    // any promise, and its own would stay pending.
    this.execute = (type, name, action) =>
      execute(type, name, (client) => {
        // The enum is one of numbers.
        const state = client.getChannel().getConnectivityState(false) as number;
        if (state !== shutDown) return action(client);
        throw new Error('Channel has been shut down');
      });
  }

  /** Calls under way go on to their end. `dispose` leaves the channel open. */
  closeChannel(): void {
    this.#channel?.then(
      (channel) => {
        channel.close();
      },
      () => undefined,
    );
  }
}

function settingsOf(target: Target): object {
  const { hosts, connectionName } = target;
  const [first] = hosts;
  clientsMade += 1;
  const common = {
    // gRPC lets channels with equal options share one connection, of 100 calls at once. This makes
    // each client's differ, so that subscriptions leave appends room and a new client is a new one.
    keepAliveInterval: target.keepAliveIntervalMs + (clientsMade % 1_000),
    keepAliveTimeout: target.keepAliveTimeoutMs,
    ...(connectionName === undefined ? {} : { connectionName }),
  };
  if (!target.discover && hosts.length === 1) return { ...common, endpoint: first };
  return {
    ...common,
    ...(target.discover ? { discover: first } : { endpoints: hosts }),
    discoveryInterval: target.discoverIntervalMs,
    maxDiscoverAttempts: target.discoverAttempts,
    gossipTimeout: target.gossipTimeoutS,
  };
}

/** Trailers that the client reads without looking whether they are there. */
const trailersNeeded: Readonly<Record<string, readonly string[]>> = {
  'not-leader': ['leader-endpoint-host', 'leader-endpoint-port'],
  'stream-deleted': ['stream-name'],
  'wrong-expected-version': ['stream-name', 'expected-version'],
  'maximum-append-size-exceeded': ['maximum-append-size'],
};

/** An answer with half of its trailers would throw inside of gRPC: it is told by its code alone. */
function completeTrailers(...[options, nextCall]: Parameters<Interceptor>) {
  const call = nextCall(options);
  const start = call.start.bind(call);
  call.start = (metadata, listener) => {
    start(metadata, {
      ...listener,
      onReceiveStatus: (status) => listener?.onReceiveStatus?.(withoutHalfAnswers(status)),
    });
  };
  return call;
}

// The type asks for a class of gRPC; its code asks for the interface, and `nextCall` gives no more.
const interceptor = completeTrailers as Interceptor;

function withoutHalfAnswers(status: StatusObject): StatusObject {
  const trailers = status.metadata.getMap();
  const needed = trailersNeeded[String(trailers['exception'])] ?? [];
  if (needed.every((name) => trailers[name] !== undefined)) return status;
  const metadata = status.metadata.clone();
  metadata.remove('exception');
  return { ...status, metadata };
}
