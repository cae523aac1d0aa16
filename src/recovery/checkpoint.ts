/**
 * What recovery remembers in the store, so that the next start need not read events of orders that
 * closed long ago. Only an optimisation: without a checkpoint, start-up takes longer.
 *
 * A store limits the size of an event, so a checkpoint of many orders is several events in a row.
 * Each of them is appended at the revision after the one before: two writers cannot mix theirs, and
 * what a crash cut short is never completed. Its events say where the whole one before it ends.
 */

import { z } from 'zod';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { eventDigest } from '../history/chain.ts';
import type { Runtime } from '../runtime.ts';
import { nextTurn } from '../runtime.ts';
import type { Followed } from './followed.ts';
import { followedNotices, followedOpen, followedOrders } from './followed.ts';

/** Those that may wait, as of a position. Derived from the recorded states alone, without folding. */
export type Waiting = {
  readonly followed: Followed;
  readonly names: ReadonlySet<string>;
  readonly position: string | null;
};

const checkpointType = 'RecoveryCheckpoint';

/** A checkpoint of more events than this is not written. */
const partsMax = 100;

const revision = z.int().nonnegative();

const namesOf = ({ name, namesMax }: Followed) => z.array(name).max(namesMax).optional();

const checkpointSchema = z.strictObject({
  position: z.string().nullable(),
  orders: namesOf(followedOrders),
  notices: namesOf(followedNotices),
  open: namesOf(followedOpen),
  /** Which of several events this is; `before`: where the last whole checkpoint before it ends. */
  part: z
    .strictObject({
      number: z.int().min(1),
      of: z.int().min(2).max(partsMax),
      before: revision.nullable(),
    })
    .optional(),
});

type Part = Pick<z.infer<typeof checkpointSchema>, 'position' | 'part'> & {
  readonly names: readonly string[];
};

/** `revision`: where it ends. `broken`: a part of it is missing, or is no checkpoint. */
export type Checkpoint =
  | { readonly kind: 'none' }
  | { readonly kind: 'broken'; readonly revision: number }
  | {
      readonly kind: 'whole';
      readonly revision: number;
      readonly position: string | null;
      readonly names: readonly string[];
    };

/** What an event of the stream says; null where it is no checkpoint, or no part of one. */
export function parseCheckpoint({ field }: Followed, { type, data }: RecordedEvent): Part | null {
  const parsed = checkpointSchema.safeParse(data);
  if (type !== checkpointType || !parsed.success) return null;
  const { [field]: names, position, part, ...others } = parsed.data;
  return names === undefined || Object.keys(others).length > 0 ? null : { names, position, part };
}

/** The newest checkpoint of which every event was written. */
export async function lastCheckpoint(store: EventStore, followed: Followed): Promise<Checkpoint> {
  const { checkpoints } = followed;
  const newest = await store.readLast(checkpoints);
  const last = newest === null ? null : await endOfWhole(store, followed, newest);
  if (last === null) return { kind: 'none' };
  const of = parseCheckpoint(followed, last)?.part?.of ?? 1;
  const parts: Part[] = [];
  for await (const event of store.read(checkpoints, Math.max(0, last.revision - of + 1))) {
    const part = parseCheckpoint(followed, event);
    if (part !== null && (part.part?.number ?? 1) === parts.length + 1) parts.push(part);
    if (event.revision >= last.revision) break;
  }
  const { revision } = last;
  const [first] = parts;
  if (first === undefined || parts.length !== of) return { kind: 'broken', revision };
  return {
    kind: 'whole',
    revision,
    position: first.position,
    names: parts.flatMap(({ names }) => names),
  };
}

/** The last event of the newest whole checkpoint: of the one before, where writing was cut short. */
async function endOfWhole(
  store: EventStore,
  followed: Followed,
  newest: RecordedEvent,
): Promise<RecordedEvent | null> {
  const { part } = parseCheckpoint(followed, newest) ?? {};
  if (part === undefined || part.number === part.of) return newest;
  if (part.before === null) return null;
  for await (const event of store.read(followed.checkpoints, part.before)) return event;
  return null;
}

/** Saves which of them wait now. A failure is reported and ignored; so is a conflict. */
export async function saveCheckpoint(
  store: EventStore,
  runtime: Runtime,
  { followed, names, position }: Waiting,
  onError: (error: unknown) => void,
): Promise<void> {
  const { checkpoints, field, namesMax } = followed;
  const of = Math.max(1, Math.ceil(names.size / namesMax));
  if (of > partsMax) return;
  // The set may change while its parts are written.
  const all = [...names];
  try {
    const newest = await store.readLast(checkpoints);
    const whole = newest === null ? null : await endOfWhole(store, followed, newest);
    const before = whole?.revision ?? null;
    let head = newest?.revision ?? -1;
    for (let number = 1; number <= of; number += 1) {
      await nextTurn(runtime);
      const some = { position, [field]: all.slice((number - 1) * namesMax, number * namesMax) };
      const data = of === 1 ? some : { ...some, part: { number, of, before } };
      const checkpoint = { id: runtime.newId(), type: checkpointType, data };
      const place = { stream: checkpoints, revision: head + 1 };
      const metadata = { digest: eventDigest({ ...checkpoint, ...place }) };
      const expected = head === -1 ? 'no-stream' : head;
      const result = await store.append(checkpoints, [{ ...checkpoint, metadata }], expected);
      if (result.kind === 'conflict') return;
      head += 1;
    }
  } catch (error) {
    onError(error);
  }
}
