/** Copies a store that is in use, and checks the copy as anybody would who has to rely on it. */

import { z } from 'zod';
import { PaymentOrderError } from './errors.ts';
import type { EventStore } from './event-store/event-store.ts';
import { orderNoOf, streamPrefix } from './history/event.ts';
import type { Backup, BackupOptions, Fault } from './history/results.ts';
import { noticePrefix } from './inbox/events.ts';
import { verifyNotices } from './inbox/verify.ts';
import { verifyAllHistories } from './order/read.ts';
import type { OrderDependencies } from './order/transact.ts';
import { parseInput } from './parse.ts';
import { checkStore } from './recovery/checkpoint-check.ts';

const faultsMax = 100;

const optionsSchema = z.strictObject({
  signal: z.instanceof(AbortSignal).optional(),
} satisfies Record<keyof BackupOptions, z.ZodType>);

const fileSchema = z
  .string()
  .refine((path) => path !== '' && !path.includes('\0'), 'must be a path, not empty, without NUL');

type Source = Pick<OrderDependencies, 'store' | 'compiled'>;

/** @throws {PaymentOrderError} `backup-unsupported`, `invalid-input`, and what reading throws. */
export async function backupStore(
  { store, compiled }: Source,
  given: string,
  options: BackupOptions,
): Promise<Backup> {
  const file = parseInput(fileSchema, given, 'file');
  const { signal } = parseInput(optionsSchema, options);
  signal?.throwIfAborted();
  if (store.backup !== undefined) {
    return store.backup(file, (copy) => examined({ store: copy, compiled }, file, signal), signal);
  }
  throw new PaymentOrderError(
    'backup-unsupported',
    'only a SQLite store can be copied into a file; back up an EventStoreDB with the tools of ' +
      'its server; a store in memory keeps nothing',
  );
}

async function examined(
  source: Source,
  file: string,
  signal: AbortSignal | undefined,
): Promise<Backup> {
  const storeFaults = await checkStore(source.store);
  const faults: Fault[] = [];
  let orders = 0;
  let events = 0;
  for await (const verification of verifyAllHistories(() => source)) {
    signal?.throwIfAborted();
    orders += 1;
    events += verification.events;
    faults.push(...verification.faults.slice(0, faultsMax - faults.length));
  }
  let notices = 0;
  for await (const verification of verifyNotices(() => source)) {
    signal?.throwIfAborted();
    if (verification.stream.startsWith(noticePrefix)) notices += 1;
    events += verification.events;
    faults.push(...verification.faults.slice(0, faultsMax - faults.length));
  }
  const ok = storeFaults.length + faults.length === 0;
  const head = await newestHead(source.store);
  return { file, ok, orders, notices, events, head, storeFaults, faults };
}

/** Of the order that was written to last. Damage is reported as a fault, and what is left counts. */
async function newestHead(store: EventStore): Promise<Backup['head']> {
  let head: Backup['head'] = null;
  try {
    for await (const { stream, revision, metadata } of store.readAll(null, streamPrefix)) {
      const { hash } = metadata;
      if (typeof hash === 'string') head = { orderNo: orderNoOf(stream), revision, hash };
    }
  } catch (error) {
    if (!(error instanceof PaymentOrderError) || error.code !== 'store-corrupt') throw error;
  }
  return head;
}
