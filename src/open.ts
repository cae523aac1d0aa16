import type { RetryPolicy } from '../machines/payment-order.facts.ts';
import { defaultRetryPolicy } from '../machines/payment-order.facts.ts';
import { paymentOrderMachine } from '../machines/payment-order.machine.ts';
import { invalidInput, PaymentOrderError } from './errors.ts';
import type { EventStore } from './event-store/event-store.ts';
import type { CancelGateway } from './gateway/cancel-gateway.ts';
import type { HttpGatewayOptions } from './gateway/http-gateway.ts';
import { compileMachine } from './history/machine.ts';
import type { Runtime } from './runtime.ts';
import { parseInput, retryPolicySchema } from './order/input.ts';
import { PaymentOrders } from './payment-orders.ts';
import { systemRuntime } from './runtime.ts';

/** How the platform is reached: its base URL, the 16 characters of `appId`, and our private key. */
export type GatewaySettings = Omit<HttpGatewayOptions, 'runtime'>;

export type OpenOptions = {
  /**
   * `sqlite:FILE`, `memory:`, `esdb://…`, `esdb+discover://…` (also spelled `kurrentdb`), or an
   * `EventStore` of your own, which stays yours to close. A SQLite file that is not there is made.
   */
  readonly store: string | EventStore;
  /** Needed only where a call may be made: to cancel, to retry, and for recovery. */
  readonly gateway?: GatewaySettings | CancelGateway | undefined;
  /** Opens a SQLite file for reading alone: an absent one reads as empty, and none is made. */
  readonly readOnly?: boolean | undefined;
  /** Takes an EventStoreDB URL with a password and `tls=false` off loopback. Default false. */
  readonly allowInsecureCredentials?: boolean | undefined;
  /** Waits between attempts. Default `defaultRetryPolicy`. */
  readonly retryPolicy?: RetryPolicy | undefined;
  /**
   * After this long an attempt without outcome counts as abandoned, ms; at least 5 s over the
   * limit of one attempt. The same for all processes on one store. Default 30,000.
   */
  readonly attemptDeadlineMs?: number | undefined;
  /** Told of what nobody waits for: recovery, attempts not waited for. Default: a process warning. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Clock, timers, ids, chance. Default: the real ones. */
  readonly runtime?: Runtime | undefined;
};

const attemptDeadlineDefaultMs = 30_000;

/** An append after the last moment to send still has to find its way, ms. */
const deadlineMarginMs = 5_000;

/**
 * Opens payment orders on a store. Opening starts nothing: no timer, no call.
 *
 * @throws PaymentOrderError `invalid-store-url`, `invalid-gateway-url`, `invalid-private-key`,
 * `invalid-input`, `store-unavailable`, `store-denied`, `store-not-ours`, `store-newer`,
 * `store-corrupt`.
 */
export async function openPaymentOrders(options: OpenOptions): Promise<PaymentOrders> {
  const runtime = options.runtime ?? systemRuntime();
  const given = options.retryPolicy ?? defaultRetryPolicy;
  const policy = parseInput(retryPolicySchema, given, 'retryPolicy');
  const gateway = await openGateway(options.gateway, runtime);
  const attemptDeadlineMs = checkedDeadline(options.attemptDeadlineMs, gateway);
  const owned = typeof options.store === 'string';
  const store = owned ? await openStore(options.store, runtime, options) : options.store;
  const compiled = compileMachine(
    attemptDeadlineMs === attemptDeadlineDefaultMs
      ? paymentOrderMachine
      : paymentOrderMachine.provide({ delays: { attemptDeadline: attemptDeadlineMs } }),
  );
  const onError = guarded(options.onError ?? warn);
  const bench = { store, runtime, compiled, policy, gateway, attemptDeadlineMs, onError };
  return new PaymentOrders(bench, async () => {
    try {
      if (gateway !== null && gateway !== options.gateway) await gateway.close();
    } finally {
      if (owned) await store.close();
    }
  });
}

/** Opens the store that a URL names; adapters are loaded only when they are named. */
export async function openStore(
  url: string,
  runtime: Runtime,
  options: Pick<OpenOptions, 'readOnly' | 'allowInsecureCredentials'> = {},
): Promise<EventStore> {
  if (url === 'memory:') {
    const { openMemoryStore } = await import('./event-store/memory.ts');
    return openMemoryStore(runtime);
  }
  if (url.startsWith('sqlite:') && url.length > 'sqlite:'.length) {
    const { openSqliteStore } = await import('./event-store/sqlite/store.ts');
    return openSqliteStore({
      path: url.slice('sqlite:'.length),
      runtime,
      ...(options.readOnly === undefined ? {} : { readOnly: options.readOnly }),
    });
  }
  if (/^(?:esdb|kurrentdb)(?:\+discover)?:\/\//.test(url)) {
    const { openEventStoreDbStore } = await import('./event-store/eventstoredb/store.ts');
    const allowInsecureCredentials = options.allowInsecureCredentials ?? false;
    return openEventStoreDbStore({ url, runtime, allowInsecureCredentials });
  }
  // The URL may hold a password: its scheme is all that is told.
  const scheme = /^[a-z][a-z+]{0,31}:/.exec(url)?.[0] ?? 'no scheme';
  const problem = `must be sqlite:FILE, esdb://HOST:PORT or memory:, but has ${scheme}`;
  const message = `store: ${problem}`;
  throw new PaymentOrderError('invalid-store-url', message, { field: 'store', problem });
}

async function openGateway(
  gateway: GatewaySettings | CancelGateway | undefined,
  runtime: Runtime,
): Promise<CancelGateway | null> {
  if (gateway === undefined) return null;
  if ('cancel' in gateway) return gateway;
  const { openHttpGateway } = await import('./gateway/http-gateway.ts');
  return openHttpGateway({ ...gateway, runtime });
}

function checkedDeadline(given: number | undefined, gateway: CancelGateway | null): number {
  const deadlineMs = given ?? attemptDeadlineDefaultMs;
  const leastMs = (gateway?.attemptMs ?? 0) + deadlineMarginMs;
  if (Number.isSafeInteger(deadlineMs) && deadlineMs >= leastMs) return deadlineMs;
  throw invalidInput(
    'attemptDeadlineMs',
    `must be a whole number of at least ${leastMs} ms, the limit of one attempt and ` +
      `${deadlineMarginMs} ms`,
  );
}

/** Somebody's listener must not end what it was told of. */
function guarded(listener: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    try {
      listener(error);
    } catch (fault) {
      warn(fault);
    }
  };
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error('an unknown error was thrown'));
}
