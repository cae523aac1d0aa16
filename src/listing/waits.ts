/** Why an order that is overdue waits, as the processes that work say beside the index. */

import type { FoundOrder, OrderSummary } from '../order-index/types.ts';
import { readHeartbeats } from '../recovery/heartbeat.ts';

/**
 * - `gateway-down`: every process that has its gateway cannot call it now.
 * - `no-gateway`: processes work, and none of them may call for it.
 */
export type Waits = 'gateway-down' | 'no-gateway';

/** Null where nobody says why, such as where no process works. */
export type WaitsOf = (order: Pick<OrderSummary, 'gateway'>) => Waits | null;

/**
 * Reads the heartbeats; the store is not asked.
 *
 * @param indexFile - The file of the order index; null where the index is kept in memory.
 */
export async function waitsBeside(indexFile: string | null, nowMs: number): Promise<WaitsOf> {
  const beats = indexFile === null ? [] : await readHeartbeats(indexFile, nowMs);
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

/** Whether an order waits for somebody to fire its timer. */
export function isOverdue({ why }: Pick<FoundOrder, 'why'>): boolean {
  return why.some((reason) => reason.why === 'overdue' || reason.why === 'attempt-overdue');
}
