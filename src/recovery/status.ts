/** What recovery says of itself: plain data, made when it is asked for. No fold leads here. */

import type { EventType } from '../../machines/payment-order.events.ts';
import type { AttemptResult } from '../../machines/payment-order.facts.ts';
import type { GatewayIdentity } from '../order/gateways.ts';
import { instantOf } from '../runtime.ts';

/**
 * What recovery is doing.
 *
 * - `off`: `startRecovery` was not called, or it failed.
 * - `reading`: it reads the store for the first time, to learn who waits.
 * - `following`: it sees what is new as it is stored.
 * - `interrupted`: the store cannot be followed; it is tried again every 5 s.
 * - `stopped`: `close` was called.
 */
export type RecoveryPhase = 'off' | 'reading' | 'following' | 'interrupted' | 'stopped';

/** A timer that was fired by this process. */
export type LastFiring = {
  /** When its outcome was known: UTC with milliseconds. */
  readonly at: string;
  readonly orderNo: string;
  readonly event: EventType;
  readonly attempt: number;
  readonly answer: AttemptResult;
  /** The name of the order's gateway; null where none is recorded. */
  readonly gateway: string | null;
};

/** How a gateway stands, by what recovery saw of it. */
export type GatewayStatus = {
  /** `default` where only one is configured. */
  readonly name: string;
  /** Whose account it calls for. */
  readonly appId: string;
  /**
   * `down`: the last call could not be sent, or was blocked in a way that would block every call. Then
   * one timer at a time is fired, with a growing pause after it.
   */
  readonly state: 'up' | 'down';
  /** Since when it is down: UTC with milliseconds. Null where it is up. */
  readonly since: string | null;
  /** The rule of the last call that failed so. Null where it is up. */
  readonly rule: string | null;
  /** How many orders are due and wait for it. */
  readonly waiting: number;
};

/** How much there is to do. */
export type Workload = {
  /** How many may wait, by the last event of each. 0 until the store was read once. */
  readonly waiting: number;
  /** How many of them are to be looked at now, with those that wait for a gateway that is down. */
  readonly due: number;
  /** How many are worked on at this moment: read, called for, recorded. */
  readonly inFlight: number;
};

/** How many orders are left to other processes, because of their gateway. */
export type LeftToOthers = {
  /** They wait, and belong to a gateway that this process does not have. */
  readonly others: number;
  /** They are due, record no gateway, and are not adopted by this process. */
  readonly noGateway: number;
};

/** What recovery of this process knows and does. Frozen: read it again for newer values. */
export type RecoveryStatus = Workload & {
  /** Where orders and notices are followed, that of the worse one. */
  readonly phase: RecoveryPhase;
  /** When it was started: UTC with milliseconds. Null where it is `off`. */
  readonly startedAt: string | null;
  /**
   * Everything in the store up to here was seen, of orders; of notices where orders are not
   * recovered. Null until the store was read once, and where it was empty.
   */
  readonly position: string | null;
  /**
   * How late it is, ms. While it follows: how long after its recording the newest event was seen, and
   * 0 where none came within the last minute. While it reads, or is interrupted: for how long it may
   * have missed something. Null where it is `off` or `stopped`.
   */
  readonly lagMs: number | null;
  /** How many timers were fired by this process, with those of `recoverOnce`. */
  readonly fired: number;
  /** The newest of them; null where none was. */
  readonly lastFiring: LastFiring | null;
  readonly leftAlone: LeftToOthers;
  readonly gateways: readonly GatewayStatus[];
  /** Of notices that wait; null where they are not recovered. */
  readonly notices: Workload | null;
};

/** What one follower knows: of orders, or of notices. */
export type FollowerStatus = {
  readonly phase: Exclude<RecoveryPhase, 'off'>;
  readonly position: string | null;
  readonly lagMs: number | null;
  readonly work: Workload;
};

const worstFirst: readonly FollowerStatus['phase'][] = [
  'stopped',
  'interrupted',
  'reading',
  'following',
];

const noWork: Workload = { waiting: 0, due: 0, inFlight: 0 };

/** Joins what the followers know. */
export function statusOf({
  isStopped,
  startedAtMs,
  orders,
  notices,
  ...counted
}: Pick<RecoveryStatus, 'fired' | 'lastFiring' | 'leftAlone' | 'gateways'> & {
  readonly isStopped: boolean;
  readonly startedAtMs: number | null;
  readonly orders: FollowerStatus | null;
  readonly notices: FollowerStatus | null;
}): RecoveryStatus {
  const both = [orders, notices].filter((follower) => follower !== null);
  const lags = both.map(({ lagMs }) => lagMs).filter((lagMs) => lagMs !== null);
  const phases = new Set(both.map(({ phase }) => phase));
  const phase = isStopped ? 'stopped' : worstFirst.find((worst) => phases.has(worst));
  const work = orders?.work ?? noWork;
  return frozen({
    phase: phase ?? 'off',
    startedAt: startedAtMs === null || phase === undefined ? null : instantOf(startedAtMs),
    position: (orders ?? notices)?.position ?? null,
    lagMs: lags.length === 0 ? null : Math.max(...lags),
    ...work,
    due: counted.gateways.reduce((due, { waiting }) => due + waiting, work.due),
    ...counted,
    notices: notices?.work ?? null,
  });
}

/** How gateways stand that nobody has called. */
export function gatewaysUp(gateways: readonly GatewayIdentity[]): readonly GatewayStatus[] {
  return gateways.map(({ name, appId }) =>
    statusOfGateway({ of: { name, appId }, down: null, waiting: new Set<string>() }),
  );
}

export function statusOfGateway({
  of,
  down,
  waiting,
}: {
  readonly of: GatewayIdentity;
  readonly down: { readonly sinceMs: number; readonly rule: string } | null;
  readonly waiting: ReadonlySet<string>;
}): GatewayStatus {
  return {
    ...of,
    state: down === null ? 'up' : 'down',
    since: down === null ? null : instantOf(down.sinceMs),
    rule: down?.rule ?? null,
    waiting: waiting.size,
  };
}

/** One reader must not change what another one reads. */
function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}
