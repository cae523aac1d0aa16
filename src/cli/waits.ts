/** Why an order that is overdue waits, as the processes that work say beside the index. */

import type { FoundOrder, OrderSummary } from '../index.ts';
import { indexPlaceOf } from '../open-store.ts';
import { readHeartbeats } from '../recovery/heartbeat.ts';
import type { Settings } from './input/settings.ts';

/**
 * - `gateway-down`: every process that has its gateway cannot call it now.
 * - `no-gateway`: processes work, and none of them may call for it.
 */
export type Waits = 'gateway-down' | 'no-gateway';

/** Null where nobody says why, such as where no process works. */
export type WaitsOf = (order: Pick<OrderSummary, 'gateway'>) => Waits | null;

/** Reads the heartbeats; the store is not asked. */
export async function waitsBeside(
  { storeUrl, index }: Pick<Settings, 'storeUrl' | 'index'>,
  nowMs: number,
): Promise<WaitsOf> {
  const place = indexPlaceOf({ store: storeUrl, index });
  const beats = place === null ? [] : await readHeartbeats(place.path, nowMs);
  const working = beats
    .filter(({ isFresh, status }) => isFresh && status.phase === 'following')
    .map(({ status }) => status);
  return ({ gateway }) => {
    if (working.length === 0) return null;
    if (gateway === null) {
      return working.every(({ leftAlone }) => leftAlone.noGateway > 0) ? 'no-gateway' : null;
    }
    const { name, appId } = gateway;
    const own = working
      .flatMap(({ gateways }) => gateways)
      .filter((known) => known.name === name && (appId ?? known.appId) === known.appId);
    if (own.length === 0) return 'no-gateway';
    return own.every(({ state }) => state === 'down') ? 'gateway-down' : null;
  };
}

export function isOverdue({ why }: FoundOrder): boolean {
  return why.some((reason) => reason.why === 'overdue' || reason.why === 'attempt-overdue');
}
