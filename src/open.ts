/** The composition root: makes a `PaymentOrders` out of URLs and settings. */

import { existsSync } from 'node:fs';
import {
  attemptDeadlineDefaultMs,
  attemptDeadlineMaxMs,
} from '../machines/payment-order.events.ts';
import type { OrderFacts } from '../machines/payment-order.facts.ts';
import { defaultRetryPolicy } from '../machines/payment-order.retry-policy.ts';
import { paymentOrderMachine } from '../machines/payment-order.machine.ts';
import type { PaymentOrderMachine } from '../machines/payment-order.machine.ts';
import { compact } from './compact.ts';
import { PaymentOrderError, invalidInput } from './errors.ts';
import type { EventStore } from './event-store/event-store.ts';
import { retold } from './foreign-error.ts';
import type { CancelGateway } from './gateway/cancel-gateway.ts';
import { compileMachine } from './history/machine.ts';
import { nodeFault } from './node-version.ts';
import { isSettings, openOptionsSchema } from './open-options.ts';
import type { GatewaySettings, OpenOptions } from './open-options.ts';
import type { IndexPlace } from './order-index/types.ts';
import { Gateways, defaultGatewayName } from './order/gateways.ts';
import type { Adoption, NamedGateway } from './order/gateways.ts';
import { KeptOrders } from './order/kept.ts';
import { requireAskable } from './order/question.ts';
import type { OrderDependencies } from './order/transact.ts';
import { parseInput } from './parse.ts';
import { PaymentOrders } from './payment-orders.ts';
import type { Runtime } from './runtime.ts';
import { systemRuntime } from './runtime.ts';

/** The time between the last moment to send and the deadline, beyond the call itself, ms. */
const deadlineMarginMs = 5_000;

/** A signed request is taken for up to a minute, and answered within another, ms. */
const conclusiveAfterDefaultMs = 120_000;

/**
 * Opens payment orders on a store. No timer and no call starts before you ask for one.
 *
 * @throws {PaymentOrderError} `invalid-store-url`, `invalid-gateway-url`, `invalid-private-key`,
 * `gateway-cannot-be-asked`, `invalid-input`, `store-unavailable`, `store-denied`, `store-not-ours`, `store-newer`,
 * `store-corrupt` or `unsupported-node`.
 * @example
 * await using orders = await openPaymentOrders({ store: 'sqlite:orders.db', gateway });
 * await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
 */
export async function openPaymentOrders(options: OpenOptions): Promise<PaymentOrders> {
  const { dependencies, release, index } = await dependenciesOf(options);
  return new PaymentOrders(dependencies, release, index);
}

/**
 * What payment orders are made of, by the options that callers give.
 *
 * @internal
 */
export async function dependenciesOf(options: OpenOptions): Promise<{
  readonly dependencies: OrderDependencies;
  readonly release: () => Promise<void>;
  readonly index: IndexPlace | null;
}> {
  assertNode(process.versions.node);
  const {
    runtime = systemRuntime(),
    retryPolicy: policy = defaultRetryPolicy,
    conclusiveAfterMs = conclusiveAfterDefaultMs,
    askFirst = false,
    onError = warn,
    ...given
  } = parseInput(openOptionsSchema, options);
  const named = await openGateways({ ...given, askFirst }, runtime);
  const attemptDeadlineMs = parseDeadline(given.attemptDeadlineMs, named);
  const adoption = adoptionOf(given.adopt, named);
  const isOwned = typeof given.store === 'string';
  const store =
    typeof given.store === 'string' ? await openStore(given.store, runtime, given) : given.store;
  const gateways = new Gateways({ store, runtime }, named, adoption);
  const compiled = compileMachine(machineWithDeadline(attemptDeadlineMs));
  const dependencies: OrderDependencies = {
    store,
    runtime,
    compiled,
    policy,
    gateways,
    attemptDeadlineMs,
    conclusiveAfterMs,
    askFirst,
    onError: guarded(onError),
    kept: new KeptOrders(),
  };
  const theirs = new Set<unknown>([given.gateway, ...Object.values(given.gateways ?? {})]);
  const ours = named.map(({ port }) => port).filter((port) => !theirs.has(port));
  const release = releaseOf(ours, isOwned ? store : null, dependencies.kept);
  return { dependencies, release, index: indexPlaceOf(given) };
}

/** A SQLite store has its index in a file beside it; any other store only where one is named. */
export function indexPlaceOf({
  store,
  index,
  readOnly,
}: Pick<OpenOptions, 'store' | 'index' | 'readOnly'>): IndexPlace | null {
  if (index === 'memory:') return null;
  if (index !== undefined) return { path: index, isOurs: false };
  const path = typeof store === 'string' ? sqlitePathOf(store) : null;
  // What is only read makes no file beside one that is not there.
  if (path === null || (readOnly === true && !existsSync(path))) return null;
  return { path: `${path}.index`, isOurs: true };
}

function sqlitePathOf(url: string): string | null {
  const isPath = url.startsWith('sqlite:') && url.length > 'sqlite:'.length;
  return isPath ? url.slice('sqlite:'.length) : null;
}

/**
 * Closes what was opened here. It stands apart, because a closure in `dependenciesOf` would keep
 * its options, and with them the text of the private key, for as long as the orders.
 */
function releaseOf(
  gateways: readonly CancelGateway[],
  store: EventStore | null,
  kept: KeptOrders,
): () => Promise<void> {
  return async () => {
    kept.end();
    try {
      await Promise.all(gateways.map((gateway) => gateway.close()));
    } finally {
      await store?.close();
    }
  };
}

/** @throws {PaymentOrderError} `unsupported-node` */
export function assertNode(version: string): void {
  const fault = nodeFault(version);
  if (fault !== null) throw new PaymentOrderError('unsupported-node', fault);
}

/** Opens the store of a URL. An adapter is loaded only when its URL is used. */
export async function openStore(
  url: string,
  runtime: Runtime,
  options: Pick<OpenOptions, 'readOnly' | 'allowInsecureCredentials'> = {},
): Promise<EventStore> {
  if (url === 'memory:') {
    const { openMemoryStore } = await import('./event-store/memory.ts');
    return openMemoryStore(runtime);
  }
  const path = sqlitePathOf(url);
  if (path !== null) {
    const { openSqliteStore } = await import('./event-store/sqlite/store.ts');
    return openSqliteStore({ path, runtime, readOnly: options.readOnly });
  }
  if (/^(?:esdb|kurrentdb)(?:\+discover)?:\/\//.test(url)) {
    const { openEventStoreDbStore } = await import('./event-store/eventstoredb/store.ts');
    const allowInsecureCredentials = options.allowInsecureCredentials ?? false;
    return openEventStoreDbStore({ url, runtime, allowInsecureCredentials });
  }
  // The URL may hold a password, so only its scheme is shown.
  const scheme = /^[a-z][a-z+]{0,31}:/.exec(url)?.[0] ?? 'no scheme';
  const problem = `must be sqlite:FILE, esdb://HOST:PORT or memory:, but has ${scheme}`;
  const message = `store: ${problem}`;
  throw new PaymentOrderError('invalid-store-url', message, { field: 'store', problem });
}

async function openGateways(
  { gateway, gateways, askFirst = false }: Pick<OpenOptions, 'gateway' | 'gateways' | 'askFirst'>,
  runtime: Runtime,
): Promise<readonly NamedGateway[]> {
  if (gateway !== undefined && gateways !== undefined) {
    throw invalidInput('gateways', 'cannot be given together with gateway; put it among them');
  }
  const given = Object.entries(gateways ?? compact({ [defaultGatewayName]: gateway }));
  const named: NamedGateway[] = [];
  for (const [name, settings] of given) {
    const port = isSettings(settings) ? await openHttp(settings, runtime) : settings;
    named.push({ name, appId: port.identity, port });
  }
  if (askFirst && named.length > 0) requireAskable(named, 'askFirst');
  return named;
}

async function openHttp(settings: GatewaySettings, runtime: Runtime): Promise<CancelGateway> {
  const { openHttpGateway } = await import('./gateway/http-gateway.ts');
  return openHttpGateway({ ...settings, runtime });
}

/** By default the only gateway adopts, unless another account has orders in the store. */
function adoptionOf(adopt: OpenOptions['adopt'], named: readonly NamedGateway[]): Adoption {
  const [only, ...others] = named;
  if (adopt === false || (adopt === undefined && (only === undefined || others.length > 0))) {
    return { kind: 'never' };
  }
  if (adopt === undefined) return { kind: 'alone' };
  const isNamed = typeof adopt === 'string' && named.some(({ name }) => name === adopt);
  if (isNamed) return { kind: 'named', by: adopt };
  if (adopt === true && only !== undefined && others.length === 0) {
    return { kind: 'named', by: only.name };
  }
  const names = named.map(({ name }) => name).join(', ');
  const problem =
    only === undefined ? 'needs a gateway that adopts' : `must be the name of one of ${names}`;
  throw invalidInput('adopt', problem);
}

function parseDeadline(given: number | undefined, named: readonly NamedGateway[]): number {
  const deadlineMs = given ?? attemptDeadlineDefaultMs;
  const leastMs = Math.max(0, ...named.map(({ port }) => port.attemptMs)) + deadlineMarginMs;
  if (deadlineMs >= leastMs && deadlineMs <= attemptDeadlineMaxMs) return deadlineMs;
  throw invalidInput(
    'attemptDeadlineMs',
    `must be a whole number of at least ${leastMs} ms, ${deadlineMarginMs} ms more than the ` +
      `limit of one attempt, and of at most ${attemptDeadlineMaxMs} ms, a day`,
  );
}

/** By its own deadline. A process knows few, and compiling a machine takes longer than opening. */
const machines = new Map([[attemptDeadlineDefaultMs, paymentOrderMachine]]);

/** Attempts that older versions recorded have no deadline of their own: there ours counts. */
function machineWithDeadline(ownMs: number): PaymentOrderMachine {
  const known = machines.get(ownMs);
  if (known !== undefined) return known;
  const attemptDeadline = ({ context }: { readonly context: OrderFacts }) =>
    context.attemptDeadlineMs ?? ownMs;
  const machine = paymentOrderMachine.provide({ delays: { attemptDeadline } });
  machines.set(ownMs, machine);
  return machine;
}

/** A listener that throws must not end the work whose error it was given. */
function guarded(listener: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    try {
      listener(error);
    } catch (fault) {
      warn(fault);
    }
  };
}

/** Node prints no cause, only what an error has as its detail. */
function warn(thrown: unknown): void {
  const error = thrown instanceof PaymentOrderError ? thrown : retold(thrown);
  const causes = causesOf(error);
  if (causes !== '') Reflect.defineProperty(error, 'detail', { value: causes, configurable: true });
  process.emitWarning(error);
}

function causesOf({ cause }: Error): string {
  const lines: string[] = [];
  let next: unknown = cause === undefined ? undefined : retold(cause);
  while (next instanceof Error) {
    lines.push(`cause: ${next.name}: ${next.message}`);
    next = next.cause;
  }
  return lines.join('\n');
}
