/**
 * The client and its channel. Of the defects of 6.2.1 that `store.ts` lists, this file is built
 * around those of the client object itself: it appends over a broken batch stream unless a call has
 * credentials of its own, throws outside of any promise on a closed channel or an answer without
 * trailers, shares one connection between clients with equal options, does not close its channel
 * when it is disposed of, and may stay broken, so that only a new client helps.
 */

import { isIP } from 'node:net';
import { EventStoreDBClient, type SingleNodeOptions } from '@eventstore/db-client';
import type { Interceptor, StatusObject } from '@grpc/grpc-js';
import { sleep, type Runtime } from '../../runtime.ts';
import type { Failure } from './errors.ts';
import type { EventStoreDbLimits } from './limits.ts';
import { Login, type Target } from './url.ts';

/** Never sent: without TLS the client drops it. With it, appends use the classic Append call. */
const insecureLogin = new Login('insecure', 'insecure');

/** `ConnectivityState.SHUTDOWN` of gRPC, which is the client's dependency, not ours. */
const shutDown = 4;

/** How many clients this process has made. */
let clientsMade = 0;

/** What every call passes. */
export type CallOptions = { readonly credentials: Login; readonly requiresLeader: true };

/** What appending, reading and following need. */
export type EventStoreDbContext = {
  readonly runtime: Runtime;
  readonly limits: EventStoreDbLimits;
  readonly connection: Connection;
};

/** The client of one connection, replaced when it seems broken. */
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

  /** Counts consecutive unclassified failures; at `failuresMax` the client is replaced. */
  failed(client: EventStoreDBClient, failure: Failure): void {
    if (failure.unclassified !== true || client !== this.#client) return;
    this.#failures += 1;
    if (this.#failures < this.#failuresMax) return;
    this.#failures = 0;
    this.#client.closeChannel();
    this.#client = this.#make();
  }

  /** Ends what still runs, and waits at most `patienceMs` for it. */
  async close(runtime: Runtime, patienceMs: number): Promise<void> {
    const disposed = this.#client.dispose().catch(() => undefined);
    await within(runtime, patienceMs, disposed);
    this.#client.closeChannel();
  }
}

/** Resolves when `work` is done, or after `ms`. */
export async function within(runtime: Runtime, ms: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  await Promise.race([work, sleep(runtime, ms, done.signal)]);
  done.abort();
}

/** The client, guarded where it would crash the process. */
class GuardedClient extends EventStoreDBClient {
  #channel: ReturnType<EventStoreDBClient['getChannel']> | undefined;

  constructor(target: Target) {
    // Each overload of the base takes one kind of settings; its code tells them apart itself.
    super(settingsOf(target) as SingleNodeOptions, {
      insecure: !target.tls,
      ...(target.authorities === undefined ? {} : { rootCertificate: target.authorities }),
    });
    const { callArguments, execute, getChannel } = this;
    this.getChannel = () => (this.#channel = getChannel().then(withoutAddressAsName));
    this.callArguments = (options, callOptions) => {
      const [metadata, rest] = callArguments(options, callOptions);
      return [metadata, { ...rest, interceptors: [interceptor] }];
    };
    // On a channel that the failure of another call has just closed, the client would throw outside
    // of any promise, and its own would stay pending.
    this.execute = (type, name, action) =>
      execute(type, name, (client) => {
        // The enum is one of numbers.
        const state = client.getChannel().getConnectivityState(false) as number;
        if (state !== shutDown) return action(client);
        throw new Error('Channel has been shut down');
      });
  }

  /** Running calls go on to their end. `dispose` leaves the channel open. */
  closeChannel(): void {
    this.#channel?.then(
      (channel) => {
        channel.close();
      },
      () => undefined,
    );
  }
}

/** What is changed below, of gRPC 1.14: neither the client nor its channel has an option for it. */
type ChannelInside = {
  readonly internalChannel?: {
    readonly credentials?: {
      _createSecureConnector?: (...given: readonly unknown[]) => {
        readonly connectionOptions?: { servername?: string | undefined };
      };
    };
  };
};

/** The credentials that give TLS no address as a name any more. */
const nameless = new WeakSet<object>();

/**
 * gRPC gives TLS the host as the server's name. An address is not a name, and Node warns of it
 * (DEP0123). Without a name Node checks the certificate against the address itself. In another
 * version of gRPC this changes nothing. Discovery asks before there is a channel, and still warns.
 */
export function withoutAddressAsName<Channel>(channel: Channel): Channel {
  // Every channel fits: all of it is optional, and looked for.
  const credentials = (channel as ChannelInside).internalChannel?.credentials;
  const create = credentials?._createSecureConnector?.bind(credentials);
  if (credentials === undefined || create === undefined || nameless.has(credentials)) {
    return channel;
  }
  // The client asks for its channel at every command.
  nameless.add(credentials);
  credentials._createSecureConnector = (...given) => {
    const connector = create(...given);
    const options = connector.connectionOptions;
    if (options !== undefined && isIP(options.servername ?? '') !== 0) delete options.servername;
    return connector;
  };
  return channel;
}

function settingsOf(target: Target): object {
  const { hosts, connectionName } = target;
  const [first] = hosts;
  clientsMade += 1;
  const common = {
    // gRPC lets channels with equal options share one connection of 100 calls. This makes the
    // options differ, so that subscriptions leave room for appends and a new client is a new one.
    keepAliveInterval: target.keepAliveIntervalMs + (clientsMade % 1_000),
    keepAliveTimeout: target.keepAliveTimeoutMs,
    connectionName,
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

/** Trailers that the client reads without checking that they are there. */
const trailersNeeded: Readonly<Record<string, readonly string[]>> = {
  'not-leader': ['leader-endpoint-host', 'leader-endpoint-port'],
  'stream-deleted': ['stream-name'],
  'wrong-expected-version': ['stream-name', 'expected-version'],
  'maximum-append-size-exceeded': ['maximum-append-size'],
};

/** An answer that lacks trailers would throw inside gRPC, so it is classified by its code alone. */
function completeTrailers(...[options, nextCall]: Parameters<Interceptor>) {
  const call = nextCall(options);
  const start = call.start.bind(call);
  call.start = (metadata, listener) => {
    start(metadata, {
      ...listener,
      onReceiveStatus: (status) => listener?.onReceiveStatus?.(withCompleteTrailers(status)),
    });
  };
  return call;
}

// The type asks for a class of gRPC, its code for the interface, which `nextCall` gives.
const interceptor = completeTrailers as Interceptor;

function withCompleteTrailers(status: StatusObject): StatusObject {
  const trailers = status.metadata.getMap();
  const needed = trailersNeeded[String(trailers['exception'])] ?? [];
  if (needed.every((name) => trailers[name] !== undefined)) return status;
  const metadata = status.metadata.clone();
  metadata.remove('exception');
  return { ...status, metadata };
}
