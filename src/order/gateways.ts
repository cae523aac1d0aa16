/**
 * Whose order it is, and who may call for it. Several merchants may share one store, each with an
 * account of its own at the platform. A call for another account's order would be refused, or would
 * act on another order with the same number. So an order records its gateway, by name and account,
 * and only a gateway that matches both may call.
 *
 * An order that records none was created by an older version, or by a process without gateways. It is
 * called for by a process that adopts; its first attempt records the account, and so it is adopted once.
 */

import type { GatewayOfOrder, OrderFacts } from '../../machines/payment-order.facts.ts';
import { PaymentOrderError, invalidInput } from '../errors.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { CancelGateway } from '../gateway/cancel-gateway.ts';
import { streamOf } from '../history/event.ts';
import type { Actor } from '../history/event.ts';
import type { Runtime } from '../runtime.ts';
import { claim, readClaims } from './claims.ts';
import type { Claim } from './claims.ts';

/** The name of a process's gateway that was given none. */
export const defaultGatewayName = 'default';

/** A gateway's name in a store, and its account at the platform. */
export type GatewayIdentity = { readonly name: string; readonly appId: string };

/** A gateway of this process. */
export type NamedGateway = GatewayIdentity & { readonly port: CancelGateway };

/**
 * Which orders without a recorded account are called for, and by which gateway. `named`: all of them,
 * by that one. `alone`: by the only gateway, where no other account has orders in the store. `never`:
 * none.
 */
export type Adoption =
  { readonly kind: 'named'; readonly by: string } | { readonly kind: 'alone' | 'never' };

/** Why no gateway of this process may call for an order. */
export type WhyLeftAlone = 'other-gateway' | 'no-gateway';

/** The gateways of one process, and whose orders they may call for. */
export class Gateways {
  readonly all: readonly NamedGateway[];
  readonly #store: EventStore;
  readonly #runtime: Runtime;
  readonly #adoption: Adoption;
  /** Those that this process knows to be claimed: a claim is never taken back. */
  readonly #claimed = new Set<string>();

  constructor(
    { store, runtime }: { readonly store: EventStore; readonly runtime: Runtime },
    all: readonly NamedGateway[],
    adoption: Adoption = { kind: all.length === 1 ? 'alone' : 'never' },
  ) {
    this.#store = store;
    this.#runtime = runtime;
    this.#adoption = adoption;
    this.all = all;
  }

  get isEmpty(): boolean {
    return this.all.length === 0;
  }

  /**
   * What a new order records of its gateway; undefined where a process without gateways was given no
   * name.
   *
   * @throws {PaymentOrderError} `invalid-input` where the name is missing, or no gateway has it
   */
  ofNewOrder(
    name: string | undefined,
  ): { readonly name: string; readonly appId?: string } | undefined {
    const [only, ...others] = this.all;
    if (only === undefined) return name === undefined ? undefined : { name };
    if (name === undefined && others.length === 0) return identityOf(only);
    const found = this.#named(name);
    if (found !== undefined) return identityOf(found);
    const names = this.all.map((gateway) => gateway.name).join(', ');
    throw invalidInput('gateway', `must be the name of a gateway of this process: ${names}`);
  }

  /** The gateway that may call for an order, or why none may. Reads the claims where it must adopt. */
  async of(known: Pick<OrderFacts, 'gateway'>): Promise<NamedGateway | WhyLeftAlone> {
    return this.recorded(known) ?? this.#adopting(known.gateway);
  }

  /** The same, by what the order records; null where it records no account. */
  recorded({ gateway: recorded }: Pick<OrderFacts, 'gateway'>): NamedGateway | WhyLeftAlone | null {
    if (typeof recorded?.appId !== 'string') return null;
    const found = this.#named(recorded.name);
    return found?.appId === recorded.appId ? found : 'other-gateway';
  }

  /**
   * As `of`, where nothing can be done without it.
   *
   * @param what - What would be done, such as the type of an event.
   * @param adopting - `looks`: whoever only looks claims nothing.
   * @throws {PaymentOrderError} `gateway-not-configured` or `no-gateway`
   */
  async require(
    known: Pick<OrderFacts, 'orderNo' | 'gateway'>,
    what: string,
    adopting: 'claims' | 'looks' = 'claims',
  ): Promise<NamedGateway> {
    const found = this.recorded(known) ?? (await this.#adopting(known.gateway, adopting));
    if (typeof found !== 'string') return found;
    const stream = streamOf(known.orderNo);
    throw this.isEmpty
      ? notConfigured(stream, what)
      : noGateway(stream, what, known.gateway, found);
  }

  /** Whether an order is one of the gateway with this name; of any one where no name is given. */
  async isOf(
    { gateway: recorded }: Pick<OrderFacts, 'gateway'>,
    name: string | undefined,
  ): Promise<boolean> {
    if (name === undefined) return true;
    if (recorded === null) {
      if (this.#adoption.kind === 'named') return this.#adoption.by === name;
      const { claims } = await readClaims(this.#store);
      return claims.every((claim) => claim.name === name);
    }
    const appId = this.#named(name)?.appId ?? null;
    const isAccount = appId === null || recorded.appId === null || appId === recorded.appId;
    return recorded.name === name && isAccount;
  }

  /** Makes sure that a gateway is claimed, before an order records it. */
  async claim({ name, appId }: Claim): Promise<void> {
    if (this.isClaimed({ name, appId })) return;
    await claim(this.#store, this.#runtime, { name, appId });
    this.#claimed.add(keyOf({ name, appId }));
  }

  /** Whether an order may record it without a look at the claims. */
  isClaimed(gateway: Claim | undefined): boolean {
    return gateway === undefined || this.#claimed.has(keyOf(gateway));
  }

  async #adopting(
    recorded: GatewayOfOrder | null,
    adopting: 'claims' | 'looks' = 'claims',
  ): Promise<NamedGateway | WhyLeftAlone> {
    const candidate = recorded === null ? this.#adopter() : this.#named(recorded.name);
    if (candidate === undefined) return recorded === null ? 'no-gateway' : 'other-gateway';
    const { kind } = this.#adoption;
    if (kind === 'named' && candidate === this.#adopter()) return candidate;
    if (kind === 'never' && recorded === null) return 'no-gateway';
    const isRival = (claim: Claim): boolean => {
      const isOther = claim.name !== candidate.name || !isSameAccount(claim, candidate);
      return isOther && (recorded === null || claim.name === recorded.name);
    };
    // Who is not alone need not claim. Of two that claim, the later one has read the other's claim.
    const before = await readClaims(this.#store);
    if (before.claims.some(isRival)) return 'no-gateway';
    if (adopting === 'looks') return candidate;
    const claims = await claim(this.#store, this.#runtime, identityOf(candidate));
    return claims.some(isRival) ? 'no-gateway' : candidate;
  }

  #adopter(): NamedGateway | undefined {
    return this.#adoption.kind === 'named' ? this.#named(this.#adoption.by) : this.all[0];
  }

  #named(name: string | undefined): NamedGateway | undefined {
    return this.all.find((gateway) => gateway.name === name);
  }
}

function keyOf({ name, appId }: Claim): string {
  return JSON.stringify([name, appId]);
}

function isSameAccount(claim: Claim, { appId }: NamedGateway): boolean {
  return claim.appId === undefined || claim.appId === appId;
}

/** Who answered, and to which call of the platform. */
export function gatewayActor({ name }: NamedGateway, call: string): Actor {
  return { kind: 'gateway', id: `${name}/${call}` };
}

/** As it is recorded. */
export function identityOf({ name, appId }: NamedGateway): GatewayIdentity {
  return { name, appId };
}

function notConfigured(stream: string, what: string): PaymentOrderError {
  return new PaymentOrderError(
    'gateway-not-configured',
    `stream ${stream}: ${what} would call the gateway, but none is configured; ` +
      'nothing was stored: give url, appId and privateKey',
    { stream },
  );
}

function noGateway(
  stream: string,
  what: string,
  recorded: GatewayOfOrder | null,
  found: WhyLeftAlone,
): PaymentOrderError {
  const adopt = 'this process does not adopt it; open with adopt if it is an order of this account';
  const ofAccount = typeof recorded?.appId === 'string' ? ` (${recorded.appId})` : '';
  const isOther = `the order is one of the gateway ${recorded?.name ?? ''}${ofAccount}`;
  const why =
    recorded === null
      ? `the order records no gateway, and ${adopt}`
      : found === 'no-gateway'
        ? `${isOther}, whose account is not recorded, and ${adopt}`
        : `${isOther}, which this process does not have; do it where that gateway is configured`;
  const message = `stream ${stream}: ${what} would call the gateway; nothing was stored: ${why}`;
  return new PaymentOrderError('no-gateway', message, { stream });
}
