/**
 * The checkpoints that stand in the store, in a stream of their own. A process signs only what
 * extends the newest of them, and the append at its revision is the lock between two processes.
 *
 * They prove nothing against somebody who can write to the store. That takes a copy kept elsewhere, or
 * witnesses.
 */

import { z } from 'zod';
import { PaymentOrderError } from '../errors.ts';
import { appendSettled } from '../event-store/append-settled.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { eventDigest } from '../history/chain.ts';
import { instant } from '../history/event.ts';
import { isDamage, readPastDamage } from '../history/read-past-damage.ts';
import type { Runtime } from '../runtime.ts';
import { instantOf } from '../runtime.ts';
import type { Checkpoint } from './c2sp/checkpoint.ts';
import { parseCheckpoint } from './c2sp/checkpoint.ts';

/** It has no dash, so no category projection takes it for an order. */
export const checkpointsStream = 'paymentOrderCheckpoints';

const checkpointType = 'LogCheckpoint';

const dataSchema = z.strictObject({
  /** The signed note, with the cosignatures that had come. */
  note: z.string(),
  /** By our own clock. It proves nothing. */
  recordedAt: instant,
});

export type StoredCheckpoint = {
  readonly revision: number;
  readonly text: string;
  readonly checkpoint: Checkpoint;
};

/**
 * The newest one, or null.
 *
 * @throws {PaymentOrderError} `invalid-event` where it is not a checkpoint.
 */
export async function newestStored(store: EventStore): Promise<StoredCheckpoint | null> {
  const last = await store.readLast(checkpointsStream);
  return last === null ? null : storedIn(last);
}

/** So many are looked through for one that a witness has cosigned. */
const recentMax = 64;

/**
 * The newest ones, the newest first. Empty where none was signed.
 *
 * @throws {PaymentOrderError} `invalid-event` where one of them is not a checkpoint.
 */
export async function recentStored(store: EventStore): Promise<readonly StoredCheckpoint[]> {
  const newest = await newestStored(store);
  if (newest === null) return [];
  const found: StoredCheckpoint[] = [];
  const from = Math.max(0, newest.revision - recentMax + 1);
  for await (const event of store.read(checkpointsStream, from)) found.push(storedIn(event));
  return found.toReversed();
}

/** All that can be read, oldest first. What is damaged, `storedFaults` names. */
export async function allStored(store: EventStore): Promise<readonly StoredCheckpoint[]> {
  const found: StoredCheckpoint[] = [];
  await readPastDamage(store, checkpointsStream, {
    see: (event) => {
      try {
        found.push(storedIn(event));
      } catch (error) {
        if (!isDamage(error)) throw error;
      }
    },
    unreadable: () => undefined,
  });
  return found;
}

/** Stores a signed note after the newest one. False where another process was faster. */
export async function storeCheckpoint(
  store: EventStore,
  runtime: Runtime,
  note: string,
  after: StoredCheckpoint | null,
): Promise<boolean> {
  const stream = checkpointsStream;
  const data = { note, recordedAt: instantOf(runtime.now()) };
  const event = { id: runtime.newId(), type: checkpointType, data };
  const revision = after === null ? 0 : after.revision + 1;
  const metadata = { digest: eventDigest({ ...event, stream, revision }) };
  const expected = after?.revision ?? 'no-stream';
  const result = await appendSettled(store, runtime, stream, [{ ...event, metadata }], expected);
  return result.kind === 'appended';
}

/** What is wrong with the stored checkpoints, a sentence each; not whether the log extends them. */
export async function storedFaults(store: EventStore): Promise<readonly string[]> {
  const faults: string[] = [];
  let next = 0;
  const at = (revision: number) => `revision ${revision} of stream ${checkpointsStream}`;
  await readPastDamage(store, checkpointsStream, {
    see: (event) => {
      if (event.revision !== next) faults.push(`${at(next)} is missing`);
      next = event.revision + 1;
      const { digest, ...others } = event.metadata;
      const isWhole = digest === eventDigest(event) && Object.keys(others).length === 0;
      if (!isWhole) faults.push(`${at(event.revision)} was altered`);
      try {
        storedIn(event);
      } catch (error) {
        if (!isDamage(error)) throw error;
        faults.push(`${at(event.revision)} is not a checkpoint of the log`);
      }
    },
    unreadable: ({ message, found }) => {
      if (found !== undefined) next = found;
      faults.push(message);
    },
  });
  return faults;
}

function storedIn({ stream, revision, type, data }: RecordedEvent): StoredCheckpoint {
  const parsed = dataSchema.safeParse(data);
  try {
    if (type === checkpointType && parsed.success) {
      const { note } = parsed.data;
      return { revision, text: note, checkpoint: parseCheckpoint(note) };
    }
  } catch (error) {
    if (!(error instanceof PaymentOrderError)) throw error;
  }
  const message = `revision ${revision} of stream ${stream} is not a checkpoint of the log`;
  throw new PaymentOrderError('invalid-event', message, { stream, revision });
}
