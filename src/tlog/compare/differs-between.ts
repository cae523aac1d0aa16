/**
 * Where a log begins to differ, as far as the checkpoints say that were signed on the way. For use
 * where nobody kept the leaves: a root says that something differs, and never what.
 */

import type { DatabaseSync } from 'node:sqlite';
import { orderNoOf } from '../../history/event.ts';
import type { Checkpoint } from '../c2sp/checkpoint.ts';
import type { Hash } from '../c2sp/merkle.ts';
import type { LogFault } from '../types.ts';

/** The first event that differs has an index from `from` up to, and without, `to`. */
export type DifferingRange = { readonly from: number; readonly to: number };

const ordersMax = 20;

/**
 * The range that the checkpoints leave, or null where all of them agree with the log now.
 *
 * All must be signed by the key of one log, which promises that each extends the one before. So a
 * few of them are asked for, as in any search in what is sorted.
 *
 * @param checkpoints In the order of their sizes.
 * @param rootAt The root over the first events of the log now; null where it has fewer.
 */
export async function differsBetween(
  checkpoints: readonly Pick<Checkpoint, 'size' | 'root'>[],
  rootAt: (size: number) => Hash | null | Promise<Hash | null>,
): Promise<DifferingRange | null> {
  let agreeing = -1;
  let differing = checkpoints.length;
  while (differing - agreeing > 1) {
    const middle = (agreeing + differing) >>> 1;
    const checkpoint = checkpoints[middle];
    if (checkpoint === undefined) break;
    const root = await rootAt(checkpoint.size);
    const agrees = root !== null && Buffer.compare(root, checkpoint.root) === 0;
    if (agrees) agreeing = middle;
    else differing = middle;
  }
  const to = checkpoints[differing]?.size;
  return to === undefined ? null : { from: checkpoints[agreeing]?.size ?? 0, to };
}

/**
 * The fault that tells the range, with the orders that have events in it now, at most 20. The range is
 * empty where two checkpoints have one size and different roots.
 */
export function rangeFault(current: DatabaseSync, { from, to }: DifferingRange): LogFault {
  if (from === to) {
    const message =
      `there are two checkpoints over ${to} events with different roots, so one of them is of another ` +
      'log, or the log was shown in two ways; the log agrees with one of them';
    return { code: 'log-differs', orderNo: null, revision: null, index: null, message };
  }
  const orders = ordersWithin(current, { from, to });
  const shown = orders.slice(0, ordersMax).join(', ');
  const more = orders.length > ordersMax ? ' and others' : '';
  const now = orders.length === 0 ? 'no order has events there now' : `there now: ${shown}${more}`;
  const message =
    `the first event that differs has an index from ${from} to ${to - 1}, ` +
    `if the stored checkpoints are true; ${now}`;
  return { code: 'log-differs', orderNo: null, revision: null, index: from, message };
}

/** In the order of their events; one more than are shown where there are more. */
function ordersWithin(current: DatabaseSync, { from, to }: DifferingRange): readonly string[] {
  const streams = new Set<string>();
  const rows = current
    .prepare('SELECT stream FROM main.leaves WHERE number >= ? AND number < ? ORDER BY number')
    .iterate(from, to);
  for (const { stream } of rows) {
    streams.add(String(stream));
    if (streams.size > ordersMax) break;
  }
  return [...streams].map(orderNoOf);
}
