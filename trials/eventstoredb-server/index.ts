/**
 * A wire-compatible EventStoreDB on loopback, built from the service definitions that
 * `@eventstore/db-client` 6.2.1 was generated from. Its own tests drive it with that client.
 *
 * It shows what a client makes of a server's answers and faults, and what is in the log then. It
 * answers, starts and stops as EventStoreDB 24.10.14 was seen to. Replication, elections, the
 * timeouts of 2 s, access lists, scavenging, persistent subscriptions and speed are not part of it;
 * for these, run the suites against the server that `PAYMENT_ORDER_TEST_ESDB` names.
 */
import { EventLog } from './log.ts';
import { EventStoreDbServer, realClock } from './server.ts';
import type { ServerOptions } from './server.ts';

export { EventStoreDbServer } from './server.ts';
export type { SeedEvent, ServerOptions } from './server.ts';
export { Proxy, startProxy } from './proxy.ts';
export type { ProxyCounts, ProxyMode } from './proxy.ts';
export { Faults } from './faults.ts';
export type {
  AppendFault,
  FaultScope,
  StreamFault,
  SubscriptionFault,
  UnaryFault,
} from './faults.ts';
export type { AppendCall, Clock } from './node-context.ts';
export type { Expected } from './decision.ts';
export type { StoredEvent } from './log.ts';

/** `log`: what it has stored already. Default: nothing. */
export async function startEventStoreDb(
  options: ServerOptions = {},
  log = new EventLog(() => (options.clock ?? realClock).now()),
): Promise<EventStoreDbServer> {
  const server = new EventStoreDbServer(options, log);
  await server.start();
  return server;
}

export type Cluster = {
  readonly nodes: readonly EventStoreDbServer[];
  /** Names every node, so the client finds the leader by gossip. */
  readonly connectionString: string;
  leader(): EventStoreDbServer;
  /** The others, in order. */
  followers(): readonly EventStoreDbServer[];
  /** Makes this node the leader. */
  elect(node: EventStoreDbServer): void;
  stop(): Promise<void>;
};

/**
 * Nodes over one log; the first is the leader. The others answer every write, and reads that require
 * the leader, with not-leader. (A real follower forwards writes that do not require the leader.)
 */
export async function startCluster(
  options: ServerOptions & { readonly nodes?: number } = {},
): Promise<Cluster> {
  const log = new EventLog(() => (options.clock ?? realClock).now());
  const nodes = Array.from(
    { length: options.nodes ?? 2 },
    () => new EventStoreDbServer(options, log),
  );
  for (const node of nodes) await node.start();
  const [first] = nodes;
  if (first === undefined) throw new RangeError('a cluster has at least one node');
  let leader = first;
  for (const node of nodes) node.join({ nodes, leader: () => leader });
  const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return {
    nodes,
    connectionString: `esdb://${hosts}?tls=${String(options.tls !== undefined)}`,
    leader: () => leader,
    followers: () => nodes.filter((node) => node !== leader),
    elect: (node) => {
      leader = node;
    },
    stop: async () => {
      for (const node of nodes) await node.stop();
    },
  };
}
