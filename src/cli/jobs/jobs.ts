/**
 * Checking a whole store is the work of one order, many times over, and takes all that one core
 * can do. So threads share the orders. Each has a view of its own of a SQLite file; a server is
 * asked by one, and what is in the memory of one thread no other can see.
 */

import { availableParallelism } from 'node:os';
import { invalidInput } from '../../errors.ts';
import type { PaymentOrders } from '../../index.ts';
import { UsageError, wholeNumber } from '../input/arguments.ts';
import type { MachineFile } from '../input/machine-file.ts';
import { text } from '../input/options.ts';
import type { Settings } from '../input/settings.ts';
import { sqlitePath } from '../input/store-path.ts';
import { inOrder } from './in-order.ts';
import { startThread } from './thread.ts';
import type { Results, Work } from './work.ts';
import { works } from './work.ts';

/** More cores than that wait for the one that lists the orders and writes. */
const jobsDefaultMax = 8;
const jobsMax = 64;

/** Starting a thread takes as long as checking so many orders. */
const ordersPerThread = 2_000;

export const jobsOption = text(
  '--jobs <N>',
  'with --all: threads that share the orders of a SQLite store (default: one a core, at most ' +
    `${jobsDefaultMax})`,
);

/**
 * How many threads may share the orders.
 *
 * @throws {UsageError} more than one, and the store is not a SQLite file
 * @throws {PaymentOrderError} `invalid-input`
 */
export function jobsFrom(given: string | undefined, { storeUrl }: Settings): number {
  const isFile = sqlitePath(storeUrl) !== null;
  if (given === undefined) return isFile ? Math.min(availableParallelism(), jobsDefaultMax) : 1;
  const jobs = wholeNumber(given, 'jobs');
  if (jobs > jobsMax) throw invalidInput('jobs', `must be at most ${jobsMax}`);
  if (jobs === 1 || isFile) return jobs;
  throw new UsageError('--jobs: more than 1 needs a SQLite store, which every thread can open');
}

export type Task<W extends Work> = {
  readonly work: W;
  readonly jobs: number;
  /** For `gate`. */
  readonly through?: MachineFile;
};

/** The results of all orders in the order of their creation, whatever the number of jobs. */
export async function* ofAllOrders<W extends Work>(
  orders: PaymentOrders,
  { work, jobs, through }: Task<W>,
  { storeUrl, attemptDeadlineMs }: Settings,
): AsyncGenerator<Results[W]> {
  const count = await threadsWorthwhile(orders, jobs);
  if (count === 1) {
    yield* works[work](orders, through?.machine);
    return;
  }
  const task = { work, storeUrl, attemptDeadlineMs, machineFile: through?.file };
  const threads = Array.from({ length: count }, () => startThread(task));
  try {
    yield* inOrder(orders.orderNumbers(), threads);
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

async function threadsWorthwhile(orders: PaymentOrders, jobs: number): Promise<number> {
  if (jobs === 1) return 1;
  const some = orders.orderNumbers();
  let found = 0;
  try {
    while (found < jobs * ordersPerThread && (await some.next()).done !== true) found += 1;
  } catch {
    // One thread meets the same error, after the results of the orders before it.
    return 1;
  } finally {
    await some.return(undefined);
  }
  return Math.max(1, Math.floor(found / ordersPerThread));
}
