import { writeSync } from 'node:fs';
import { PaymentOrderError } from '../../src/errors.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { streamPrefix } from '../../src/history/event.ts';
import type { Runtime } from '../../src/runtime.ts';
import { openStore } from '../../src/open-store.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { scratchPath } from '../../test/event-store/scratch.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { casesOf, type Kind } from './sqlite-damage-cases.ts';
import { historyText, makeSubject, type KnownOrder } from './sqlite-damage-subject.ts';

/** What a child of `sqlite-damage` is to do: every `of`-th case, from `first` on. */
export type Task = {
  readonly scale: number;
  readonly seed: number;
  readonly first: number;
  readonly of: number;
};

/** What reported the damage first, or that nothing was damaged. */
export type Verdict =
  | 'open'
  | 'read'
  | 'chain'
  | 'witness'
  | 'integrity_check alone'
  | 'harmless'
  | 'forbidden'
  | 'undetected'
  | 'unnamed error';

export type Message =
  | { readonly kind: 'cases'; readonly count: number }
  | {
      readonly kind: 'case';
      readonly index: number;
      readonly of: Kind;
      readonly what: string;
      readonly verdict: Verdict;
      /** Whether SQLite's own check alone would have reported it. */
      readonly isSeenByCheck: boolean;
    };

type Found = { readonly open: string[]; readonly read: string[]; readonly faults: string[] };

// `sqlite-damage.ts` wrote it.
const given = JSON.parse(process.argv[2] ?? '') as Task;
const { path, remove } = scratchPath();
const subject = await makeSubject(path, given.seed);
const cases = casesOf(subject, given);
send({ kind: 'cases', count: cases.length });
const chain = ['data-altered', 'metadata-altered', 'link-altered', 'chain-broken'];
const witness = ['tail-lost', 'witness-differs'];
/** Most are looked at as an investigator does; every so many as the service does, writing on. */
const writeEvery = 8;
for (let index = given.first; index < cases.length; index += given.of) {
  const found = cases[index];
  if (found === undefined) break;
  const { kind, what, apply } = found;
  const isWriter = Math.floor(index / given.of) % writeEvery === 0;
  const judged = apply(path)
    ? await examined(isWriter)
    : { verdict: 'forbidden' as const, isSeenByCheck: false };
  send({ kind: 'case', of: kind, index, what, ...judged });
}
remove();

function send(message: Message): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

async function examined(isWriter: boolean) {
  const found: Found = { open: [], read: [], faults: [] };
  const runtime = hurriedHost();
  let isSame = true;
  let check: readonly string[] = [];
  try {
    const store = await openStore(`sqlite:${path}`, runtime, { readOnly: !isWriter });
    const orders = await openPaymentOrders({ store, runtime });
    try {
      check = await orders.checkStore().catch((error: unknown) => [codeOf(error)]);
      for (const order of subject.orders) {
        if (!(await isAsKept(orders, order, found))) isSame = false;
      }
      if (isWriter && !isSame) await writeOn(orders, found);
      if (!(await isListed(orders, found))) isSame = false;
      if (!(await isFollowed(store, found)) && !isWriter) isSame = false;
    } finally {
      await orders.close();
      await store.close();
    }
  } catch (error) {
    found.open.push(codeOf(error));
  }
  return { verdict: verdictOf(found, check, isSame), isSeenByCheck: check.length > 0 };
}

/** Whether an order reads as it was written, or what reports that it does not. */
async function isAsKept(orders: PaymentOrders, order: KnownOrder, found: Found): Promise<boolean> {
  const { orderNo, witness: kept } = order;
  try {
    const { faults } = await orders.verify(orderNo, kept);
    found.faults.push(...faults.map(({ code }) => code));
  } catch (error) {
    found.read.push(codeOf(error));
  }
  try {
    return (await historyText(orders, orderNo)) === order.history;
  } catch (error) {
    found.read.push(codeOf(error));
    return false;
  }
}

/** A service that goes on with less than there was must not hide that from a witness. */
async function writeOn(orders: PaymentOrders, found: Found): Promise<void> {
  for (const order of subject.orders) {
    const { orderNo } = order;
    try {
      const before = await historyText(orders, orderNo);
      await orders.recordPaymentFailed(orderNo, { factId: 'written-on' });
      const { ok } = await orders.verify(orderNo, order.witness);
      if (ok && before !== order.history) found.faults.push('hidden');
    } catch (error) {
      // Refusing to write on is right; what the damage is called was found before.
      if (codeOf(error) === 'unnamed') found.read.push('unnamed');
    }
  }
}

async function isListed(orders: PaymentOrders, found: Found): Promise<boolean> {
  const listed: string[] = [];
  try {
    for await (const orderNo of orders.orderNumbers()) listed.push(orderNo);
  } catch (error) {
    found.read.push(codeOf(error));
  }
  return listed.toSorted().join() === subject.orders.map(({ orderNo }) => orderNo).join();
}

/** Recovery reads the whole log: every event once, whatever its stream. */
async function isFollowed(store: EventStore, found: Found): Promise<boolean> {
  let events = 0;
  try {
    for await (const { revision } of store.readAll(null, streamPrefix)) {
      if (revision >= 0) events += 1;
    }
  } catch (error) {
    found.read.push(codeOf(error));
  }
  return (
    events === subject.orders.reduce((all, { witness: { revision } }) => all + revision + 1, 0)
  );
}

function verdictOf(
  { open, read, faults }: Found,
  check: readonly string[],
  isSame: boolean,
): Verdict {
  const all = [...open, ...read, ...faults];
  if (all.includes('hidden')) return 'undetected';
  if ([...all, ...check].includes('unnamed')) return 'unnamed error';
  if (open.length > 0) return 'open';
  if (read.length > 0 || faults.some((code) => ![...chain, ...witness].includes(code))) {
    return 'read';
  }
  if (faults.some((code) => chain.includes(code))) return 'chain';
  if (faults.length > 0) return 'witness';
  if (isSame) return 'harmless';
  return check.length > 0 ? 'integrity_check alone' : 'undetected';
}

/** Waits take no time: one damaged index makes a service wait for rivals that are not there. */
function hurriedHost(): Runtime {
  const runtime = simulatedRuntime({ seed: given.seed + 1 });
  let waitedMs = 0;
  return {
    ...runtime,
    monotonicMs: () => waitedMs,
    setTimer: (delayMs, run) => {
      const timer = setImmediate(() => {
        waitedMs += delayMs;
        run();
      });
      return () => {
        clearImmediate(timer);
      };
    },
  };
}

function codeOf(error: unknown): string {
  return error instanceof PaymentOrderError ? error.code : 'unnamed';
}
