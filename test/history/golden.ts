import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import { digest } from '../../src/history/chain.ts';
import { evolve } from '../../src/history/load.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import type { Witness } from '../../src/history/event.ts';
import type { PaymentOrder } from '../../src/order/types.ts';
import { verifyOrder } from '../../src/history/verify.ts';
import { viewOf } from '../../src/order/view.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { withWays } from '../event-store/with-ways.ts';

export const goldenDirectory = join(import.meta.dirname, '..', 'golden');
export const digestList = join(goldenDirectory, 'digests.txt');

/** A history as a store gave it back, and what it folded to when it was written. */
export type Golden = {
  readonly orderNo: string;
  readonly events: readonly RecordedEvent[];
  readonly witness: Witness;
  readonly view: PaymentOrder;
};

const compiled = compileMachine();

export function goldenNames(): readonly string[] {
  return readdirSync(goldenDirectory)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace(/\.json$/, ''))
    .toSorted();
}

export function readGolden(name: string): Golden {
  // record-golden.ts wrote it; the digest list tells if anything else did.
  return JSON.parse(readFileSync(join(goldenDirectory, `${name}.json`), 'utf8')) as Golden;
}

export function sha256OfFile(name: string): string {
  const bytes = readFileSync(join(goldenDirectory, `${name}.json`));
  return createHash('sha256').update(bytes).digest('hex');
}

/** What each prefix of a history tells, oldest first. */
export function viewsOf(events: readonly RecordedEvent[]): readonly PaymentOrder[] {
  let order: OrderHistory | null = null;
  const views: PaymentOrder[] = [];
  for (const recorded of events) {
    const stored = decodeEvent(recorded);
    order = evolve(compiled, order, stored);
    views.push(viewOf(order));
  }
  return views;
}

/** One digest over what every prefix of every golden history tells. */
export function foldDigests(): readonly string[] {
  return goldenNames().map((name) => `${name} ${digest(viewsOf(readGolden(name).events))}`);
}

const empty = openMemoryStore(simulatedRuntime());

/** What verifying finds in these events, by revision and code. */
export async function faultsOf(
  orderNo: string,
  events: readonly RecordedEvent[],
  witness?: Witness,
) {
  const store = withWays(empty, {
    async *read() {
      yield* await Promise.resolve(events);
    },
  });
  const { faults } = await verifyOrder(store, compiled, orderNo, witness);
  return faults.map(({ revision, code }) => ({ revision, code }));
}

export const at = (events: readonly RecordedEvent[], revision: number): RecordedEvent => {
  const event = events[revision];
  if (event === undefined) throw new Error(`there is no revision ${revision}`);
  return event;
};
