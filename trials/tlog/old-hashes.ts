/**
 * What the log cannot see: events that are altered under the hashes they had, so that every leaf is
 * the same. The chains must see it; the log and the chains together leave nothing.
 */

import { orderNoOf } from '../../src/history/event.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { Forged } from './alterations.ts';
import { renamed } from './alterations.ts';
import type { LogEvent, Luck } from './history.ts';
import { Writer } from './history.ts';
import type { Honest, Problems } from './honest.ts';

export async function checkChains(honest: Honest, luck: Luck, problems: Problems): Promise<void> {
  const { log, orders } =
    luck.below(2) === 0 ? changed(honest.log, luck) : exchanged(honest.log, luck);
  if (orders.size === 0) return;
  const store = openMemoryStore(luck.runtime);
  await new Writer(store, luck).write(log);
  await using copy = await openPaymentOrders({ store, runtime: luck.runtime });
  const checkpoint = honest.signed.at(-1)?.note ?? '';
  const { ok } = await copy.transparencyLog().verify({ checkpoint });
  const found = new Set<string>();
  for await (const { orderNo, faults } of copy.verifyAll())
    if (faults.length > 0) found.add(orderNo);
  if (!ok) problems.push('the same hashes do not verify');
  const isNamed = found.size === orders.size && [...orders].every((orderNo) => found.has(orderNo));
  if (!isNamed)
    problems.push(`the chains name ${[...found].join()} in place of ${[...orders].join()}`);
}

function changed(log: readonly LogEvent[], luck: Luck): Forged {
  const place = luck.below(log.length);
  const event = log[place];
  if (event === undefined) return { log, orders: new Set() };
  const altered = { ...event, data: { ...event.data, note: luck.hex(4) } };
  return { log: log.with(place, altered), orders: new Set([orderNoOf(event.stream)]) };
}

function exchanged(log: readonly LogEvent[], luck: Luck): Forged {
  const [one, other] = [luck.pick(log), luck.pick(log)].map(({ stream }) => orderNoOf(stream));
  if (one === undefined || other === undefined || one === other) return { log, orders: new Set() };
  const names = new Map([
    [one, other],
    [other, one],
  ]);
  return { log: renamed(log, names), orders: new Set([one, other]) };
}
