/** What `openPaymentOrders` takes, and the one schema that its options are read with. */

import { z } from 'zod';
import { attemptDeadlineMaxMs, gatewayName, printable } from '../machines/payment-order.events.ts';
import type { RetryPolicy } from '../machines/payment-order.retry-policy.ts';
import type { EventStore } from './event-store/event-store.ts';
import type { CancelGateway } from './gateway/cancel-gateway.ts';
import type { HttpGatewayOptions } from './gateway/http-gateway.ts';
import { retryPolicySchema } from './order/input.ts';
import { aFunction, lackOf, runtimeSchema, valueThat } from './parse.ts';
import type { Members } from './parse.ts';
import type { Runtime } from './runtime.ts';

/** How to reach the platform: its base URL, an `appId` of 16 characters, and your private key. */
export type GatewaySettings = Omit<HttpGatewayOptions, 'runtime'>;

export type OpenOptions = {
  /**
   * `sqlite:FILE`, `memory:`, `esdb://…`, `esdb+discover://…` (also spelled `kurrentdb`), or an
   * `EventStore` of your own, which you close yourself. A missing SQLite file is created.
   */
  readonly store: string | EventStore;
  /**
   * Needed only to call: to cancel, to retry, to ask, for bills, and for recovery. The only gateway of
   * this process; its name is `default`.
   */
  readonly gateway?: GatewaySettings | CancelGateway | undefined;
  /**
   * The gateways of this process by name, in place of `gateway`: one for each account at the
   * platform, such as each merchant's. An order records the name and the account of its gateway, and
   * only a gateway with both ever calls for it. A name has 1 to 64 of A-Z a-z 0-9 . _ -
   */
  readonly gateways?: Readonly<Record<string, GatewaySettings | CancelGateway>> | undefined;
  /**
   * Calls also for orders that record no gateway: those of versions before 0.6, and those that a
   * process without gateways created. True: by the only gateway. A name: by that one of several.
   * False: by none. Default: by the only gateway, as long as no other account has orders in the store.
   * The first attempt records the gateway, so an order is adopted once. One that records a name alone is
   * called for by the gateway of that name; it must be adopted only where two accounts have the name.
   */
  readonly adopt?: boolean | string | undefined;
  /**
   * The file of the order index, which `search` makes and may lose: it is derived. Default: beside a
   * SQLite file (`FILE.index`); for any other store, and for `memory:`, in the memory of the process,
   * which then reads every event at its first search.
   */
  readonly index?: string | undefined;
  /** Opens a SQLite file for reading only. A missing file reads as empty and is not created. */
  readonly readOnly?: boolean | undefined;
  /** Allows an EventStoreDB URL to send a password without TLS to a remote host. Default false. */
  readonly allowInsecureCredentials?: boolean | undefined;
  /** Waits between attempts. Default `defaultRetryPolicy`. */
  readonly retryPolicy?: RetryPolicy | undefined;
  /**
   * After this time an attempt without an outcome counts as abandoned, ms. At least 5 s longer than
   * the limit of one attempt, and at most a day. It is recorded with each attempt, so the processes
   * on one store may have different ones. Default 30,000.
   */
  readonly attemptDeadlineMs?: number | undefined;
  /**
   * An attempt of a cancel can no longer take effect so long after it was answered or given up, ms: as
   * long as the platform takes a signed request plus the limit of its answer. Only then the platform's
   * `pending` says that the attempt did not run. From 1,000 to a day. Default 120,000.
   */
  readonly conclusiveAfterMs?: number | undefined;
  /**
   * Asks the platform before the first attempt of each cancel: an order that is paid or closed there
   * is not cancelled. Takes up to the limit of one call more. Default false.
   */
  readonly askFirst?: boolean | undefined;
  /** Gets errors of work that no caller awaits, such as recovery. Default: a process warning. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Clock, timers, ids and random numbers. Default: `systemRuntime()`. */
  readonly runtime?: Runtime | undefined;
};

/** A store without `backup` has one of its own. */
const storeMembers: Members<Omit<EventStore, 'backup'>> = {
  append: 'function',
  read: 'function',
  readLast: 'function',
  readAll: 'function',
  subscribe: 'function',
  placeAt: 'function',
  streams: 'function',
  check: 'function',
  close: 'function',
};

/** A gateway without `query` or `queryBill` cannot be asked. */
const gatewayMembers: Members<Omit<CancelGateway, 'identity' | 'query' | 'queryBill'>> = {
  attemptMs: 'milliseconds',
  cancel: 'function',
  close: 'function',
};

const gatewaySchema = valueThat<GatewaySettings | CancelGateway>((given) =>
  isSettings(given)
    ? null
    : (lackOf(given, gatewayMembers, ['query', 'queryBill']) ?? lackOfIdentity(given)),
);

/** It may be inherited, as the methods may. */
function lackOfIdentity(port: unknown): [string, string] | null {
  const identity: unknown = Reflect.get(Object(port) as object, 'identity');
  if (identity === undefined) return ['identity', 'is missing: name the account that it calls for'];
  const { error } = printable.safeParse(identity);
  return error === undefined ? null : ['identity', error.issues[0]?.message ?? 'must be text'];
}

/** `openStore` reads the URL of a store, and `openHttpGateway` the settings of a gateway. */
export const openOptionsSchema = z.strictObject({
  store: valueThat<string | EventStore>((given) =>
    typeof given === 'string' ? null : lackOf(given, storeMembers),
  ),
  gateway: gatewaySchema.optional(),
  gateways: z
    .record(gatewayName, gatewaySchema)
    .refine((given) => Object.keys(given).length > 0, 'must name at least one gateway')
    .optional(),
  adopt: z.union([z.boolean(), gatewayName]).optional(),
  index: z.string().min(1).max(4_096).optional(),
  readOnly: z.boolean().optional(),
  allowInsecureCredentials: z.boolean().optional(),
  retryPolicy: retryPolicySchema.optional(),
  /** Its least value depends on the gateway. */
  attemptDeadlineMs: z.int().optional(),
  conclusiveAfterMs: z.int().min(1_000).max(attemptDeadlineMaxMs).optional(),
  askFirst: z.boolean().optional(),
  onError: aFunction<(error: unknown) => void>().optional(),
  runtime: runtimeSchema.optional(),
} satisfies Record<keyof OpenOptions, z.ZodType>);

/** What has a member of the port is meant as one, however incomplete. */
export function isSettings(gateway: unknown): gateway is GatewaySettings {
  if (typeof gateway !== 'object' || gateway === null) return false;
  return !['identity', ...Object.keys(gatewayMembers)].some((member) => member in gateway);
}
