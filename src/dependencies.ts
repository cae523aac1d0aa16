/** What opening payment orders composes: a store, gateways, and the machine, out of settings. */

import {
  attemptDeadlineDefaultMs,
  attemptDeadlineMaxMs,
} from '../machines/payment-order.events.ts';
import type { OrderFacts } from '../machines/payment-order.facts.ts';
import { defaultRetryPolicy } from '../machines/payment-order.retry-policy.ts';
import { paymentOrderMachine } from '../machines/payment-order.machine.ts';
import type { PaymentOrderMachine } from '../machines/payment-order.machine.ts';
import { compact } from './compact.ts';
import { guarded, warn } from './error-listener.ts';
import { invalidInput } from './errors.ts';
import type { IndexPlace } from './order-index/types.ts';
import type { EventStore } from './event-store/event-store.ts';
import type { CancelGateway } from './gateway/cancel-gateway.ts';
import { compileMachine } from './history/machine.ts';
import { isSettings, openOptionsSchema } from './open-options.ts';
import type { GatewaySettings, OpenOptions } from './open-options.ts';
import { indexPlaceOf, leavesFileOf, openStore } from './open-store.ts';
import { Gateways, defaultGatewayName } from './order/gateways.ts';
import type { Adoption, NamedGateway } from './order/gateways.ts';
import { KeptOrders } from './order/kept.ts';
import type { OrderDependencies } from './order/transact.ts';
import { parseInput } from './parse.ts';
import type { Runtime } from './runtime.ts';
import { systemRuntime } from './runtime.ts';

/** The time between the last moment to send and the deadline, beyond the call itself, ms. */
const deadlineMarginMs = 5_000;

/** A signed request is taken for up to a minute, and answered within another, ms. */
const conclusiveAfterDefaultMs = 120_000;

/** What payment orders are made of, by the options that callers give. */
export async function dependenciesOf(options: OpenOptions): Promise<{
  readonly dependencies: OrderDependencies;
  readonly release: () => Promise<void>;
  readonly index: IndexPlace | null;
  readonly leavesFile: string | null;
}> {
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
  const index = indexPlaceOf(given);
  return { dependencies, release, index, leavesFile: leavesFileOf(index) };
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
  if (askFirst && named.length > 0) {
    const { requireAskable } = await import('./order/question.ts');
    requireAskable(named, 'askFirst');
  }
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
