/**
 * Who waits in the streams with one prefix: a list for each kind of waiting that somebody attends, as
 * of one position of the store. The lists are made of the state that each event recorded, so a stream
 * is read once for all of them, and no history is folded.
 *
 * The position moves past events of others too: a start that begins at a checkpoint would otherwise
 * read again all that came after the newest event of ours.
 */

import { PaymentOrderError } from '../errors.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import type { Runtime } from '../runtime.ts';
import { lastCheckpoint, saveCheckpoint } from './checkpoint.ts';
import type { Followed } from './followed.ts';

/** An event of a stream, and whether that may wait now in this way. */
export type Seen = {
  readonly followed: Followed;
  readonly name: string;
  readonly mayWait: boolean;
  readonly revision: number;
};

/** About so many events at least lie between two places that a store says it has reached. */
const eventsPerReach = 256;

/** After this many events another checkpoint is worth writing; after more, if many wait. */
const eventsMin = 10_000;

export class WaitingLists {
  readonly prefix: string;
  readonly #lists: ReadonlyMap<Followed, Set<string>>;
  #position: string | null;
  /** Events since the last checkpoint, those of others by estimate. */
  #eventsLooked = 0;
  #isSaving = false;

  /** @param lists - Of streams with the same prefix, each as of `position` or later. */
  constructor(lists: ReadonlyMap<Followed, Set<string>>, position: string | null) {
    const [first] = lists.keys();
    if (first === undefined) throw new TypeError('nothing is followed');
    this.prefix = first.prefix;
    this.#lists = lists;
    this.#position = position;
  }

  /** All events up to here were seen. */
  get position(): string | null {
    return this.#position;
  }

  namesOf(followed: Followed): ReadonlySet<string> {
    return this.#lists.get(followed) ?? new Set();
  }

  /** Takes the next event of the store. */
  see({ stream, position, revision, metadata }: RecordedEvent): readonly Seen[] {
    this.#position = position;
    this.#eventsLooked += 1;
    return Array.from(this.#lists, ([followed, names]) => {
      const name = followed.nameOf(stream);
      const mayWait = followed.mayWait(metadata['to']);
      if (mayWait) names.add(name);
      else names.delete(name);
      return { followed, name, mayWait, revision };
    });
  }

  /** Moves past events of others. */
  reach(position: string): void {
    if (position !== this.#position) this.#eventsLooked += eventsPerReach;
    this.#position = position;
  }

  /**
   * Moves past an event that cannot be read; its stream counts as waiting. False if the store does not
   * give its position.
   */
  skip(error: unknown): boolean {
    if (!(error instanceof PaymentOrderError) || error.position === undefined) return false;
    this.#position = error.position;
    const { stream } = error;
    if (stream?.startsWith(this.prefix) !== true) return true;
    for (const [{ nameOf }, names] of this.#lists) names.add(nameOf(stream));
    return true;
  }

  /** Whether so many events were looked at since the last checkpoint that another one pays. */
  isWorthSaving(): boolean {
    const sizes = Array.from(this.#lists.values(), ({ size }) => size);
    return !this.#isSaving && this.#eventsLooked >= Math.max(eventsMin, ...sizes);
  }

  /** Saves each list as it is now, whatever happens meanwhile. */
  async save(
    store: EventStore,
    runtime: Runtime,
    onError: (error: unknown) => void,
  ): Promise<void> {
    this.#eventsLooked = 0;
    this.#isSaving = true;
    const position = this.#position;
    const saving = Array.from(this.#lists, ([followed, names]) =>
      saveCheckpoint(store, runtime, { followed, names, position }, onError),
    );
    await Promise.all(saving);
    this.#isSaving = false;
  }
}

/**
 * The lists of the last checkpoints, from the oldest of them on. What a newer one has seen already
 * is seen again: the last event of each stream says where it stands.
 */
export async function lastLists(
  store: EventStore,
  kinds: readonly Followed[],
): Promise<WaitingLists> {
  const lists = new Map<Followed, Set<string>>();
  const positions: (string | null)[] = [];
  for (const followed of kinds) {
    const last = await lastCheckpoint(store, followed);
    const { position, names } = last.kind === 'whole' ? last : { position: null, names: [] };
    lists.set(followed, new Set(names));
    positions.push(position);
  }
  return new WaitingLists(lists, positions.reduce(olderOf));
}

/** Where nobody can say which of two positions is the older one, the beginning is. */
function olderOf(one: string | null, other: string | null): string | null {
  if (one === other) return one;
  const [these, those] = [numbersOf(one), numbersOf(other)];
  if (these === null || those?.length !== these.length) return null;
  const index = these.findIndex((number, at) => number !== those[at]);
  return (these[index] ?? 0n) < (those[index] ?? 0n) ? one : other;
}

/** The numbers of a position as our stores write it: one, or two with a slash between. */
function numbersOf(position: string | null): readonly bigint[] | null {
  if (position === null || !/^\d+(\/\d+)?$/.test(position)) return null;
  return position.split('/').map(BigInt);
}
