/**
 * Checking a whole store is the work of one order, many times over, and takes all that one core
 * can do. So threads share the orders. Each has a view of its own of a SQLite file; a server is
 * asked by one, and what is in the memory of one thread no other can see.
 */

import { availableParallelism } from 'node:os';
import { UsageError, wholeNumber } from '../input/arguments.ts';
import { text } from '../input/options.ts';
import type { Settings } from '../input/settings.ts';
import { sqlitePath } from '../input/store-path.ts';

/** More cores than that wait for the one that lists the orders and writes. */
const jobsDefaultMax = 8;
const jobsMax = 64;

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
  const jobs = wholeNumber(given, 'jobs', 1, jobsMax);
  if (jobs === 1 || isFile) return jobs;
  throw new UsageError('--jobs: more than 1 needs a SQLite store, which every thread can open');
}
