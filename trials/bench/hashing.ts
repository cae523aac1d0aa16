import { join } from 'node:path';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { streamOf } from '../../src/history/event.ts';
import { evolve, prepareEvent } from '../../src/history/load.ts';
import type { EventContext, OrderHistory } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { verifyOrder } from '../../src/history/verify.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { aRealOrder } from '../../test/evidence/real-order.ts';
import { withoutLink } from '../../test/history/format-1.ts';
import { figure, inTurn } from './figure.ts';
import type { Figure } from './figure.ts';
import { prepareInFormat1 } from './format-1.ts';

const runtime = systemRuntime();
const compiled = compileMachine();

type Step = { readonly event: PaymentOrderEvent; readonly context: EventContext };
type Prepare = typeof prepareInFormat1;

const ways = [prepareEvent, prepareInFormat1] as const;

/**
 * Hash format 2 against format 1, on orders like real ones: a cancel with its reason, an outcome with
 * its evidence, a question, a payment by a notice, an operator. The two differ in the link alone.
 */
export async function hashFigures(directory: string, rounds?: number): Promise<Figure[]> {
  const steps = await realSteps();
  const against = { unit: ' events/s', alternative: 'format 1' };
  const remark = `orders of ${steps.length} events, one append each`;
  const disks = await Promise.all(
    ways.map(async (prepare, index) => ({
      prepare,
      store: await openSqliteStore({ path: join(directory, `${index}.db`), runtime }),
    })),
  );
  const memories = ways.map((prepare) => ({ prepare, store: openMemoryStore(runtime) }));
  const onDisk = await appending(disks, steps, 20, rounds);
  const inMemory = await appending(memories, steps, 200, rounds);
  const verifyDisk = await verifying(disks, steps, rounds);
  const verifyMemory = await verifying(memories, steps, rounds);
  for (const { store } of disks) await store.close();
  return [
    figure({
      ...{ ...against, name: 'append: format 2 against format 1', ...onDisk },
      ...{ atLeast: 0.97, remark: `SQLite synchronous=FULL, ${remark}` },
    }),
    figure({
      ...{ ...against, name: 'append in memory: format 2 against format 1', ...inMemory },
      ...{ atLeast: 0.5, remark: `no disk, ${remark}` },
    }),
    figure({
      ...{ ...against, name: 'verify: format 2 against format 1', ...verifyDisk },
      ...{ atLeast: 0.8, remark: 'from a SQLite file' },
    }),
    figure({
      ...{ ...against, name: 'verify in memory: format 2 against format 1', ...verifyMemory },
      ...{ atLeast: 0.8, remark: 'events that are parsed already' },
    }),
  ];
}

type Way = { readonly prepare: Prepare; readonly store: EventStore };

async function appending(
  [ours, against]: readonly Way[],
  steps: readonly Step[],
  orders: number,
  rounds?: number,
) {
  const timed = (way: Way | undefined) => ({
    count: orders * steps.length,
    run: async (round: number) => {
      for (let order = 0; order < orders; order += 1) {
        if (way !== undefined) await append(way, `O${round}x${order}`, steps);
      }
    },
  });
  return inTurn(timed(ours), timed(against), 3 * (rounds ?? 7));
}

async function append({ prepare, store }: Way, orderNo: string, steps: readonly Step[]) {
  const stream = streamOf(orderNo);
  let order: OrderHistory | null = null;
  for (const { event, context } of steps) {
    const own = 'orderNo' in event ? { ...event, orderNo } : event;
    const { prepared, stored } = prepare(compiled, order, stream, own, context, runtime);
    const { kind } = await store.append(stream, [prepared], order?.head.revision ?? 'no-stream');
    if (kind !== 'appended') throw new Error(`${orderNo} was there already`);
    order = evolve(compiled, order, stored);
  }
}

/** What the appends have left is verified, the first 200 orders of each store. */
async function verifying([ours, against]: readonly Way[], steps: readonly Step[], rounds?: number) {
  const timed = (way: Way | undefined) => ({
    count: 200 * steps.length,
    run: async () => {
      for (let order = 0; order < 200; order += 1) {
        if (way === undefined) continue;
        const orderNo = `O${Math.floor(order / 20)}x${order % 20}`;
        const { ok, events } = await verifyOrder(way.store, compiled, orderNo);
        if (!ok || events !== steps.length) throw new Error(`${orderNo} does not verify`);
      }
    },
  });
  return inTurn(timed(ours), timed(against), 3 * (rounds ?? 7));
}

async function realSteps(): Promise<readonly Step[]> {
  const events = await aRealOrder();
  return events.map(({ type, data, metadata }) => {
    const entries = Object.entries(withoutLink(metadata)).filter(([name]) => !computed.has(name));
    // The events were prepared from these very shapes.
    const context = Object.fromEntries(entries) as unknown as EventContext;
    return { event: { type, ...data } as PaymentOrderEvent, context };
  });
}

/** What `prepareEvent` adds to the context. */
const computed = new Set(['recordedAt', 'from', 'to', 'schemaVersion', 'machine']);
