import { isDeepStrictEqual } from 'node:util';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { foldOrder, summaryOf } from '../../src/order-index/row.ts';
import type { OrderRow } from '../../src/order-index/types.ts';
import { wholeFoldOf } from '../../test/order-index/world.ts';
import type { Sim } from './sim.ts';

/** I20: a row of the index, which asks no machine, shows what the whole fold shows. */
export function judgeIndex(
  { checker }: Sim,
  stream: string,
  rows: readonly RecordedEvent[],
  order: OrderHistory,
): void {
  const row = rows.reduce<OrderRow | null>(foldOrder, null);
  const isSame = row !== null && isDeepStrictEqual(summaryOf(row), wholeFoldOf(order, rows));
  if (!isSame) checker.violate('I20', `${stream} is shown by the index in another way`);
}
