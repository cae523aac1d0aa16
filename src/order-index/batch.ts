/** Events on their way into the index: folded before, and written together with how far they go. */

import type { RecordedEvent } from '../event-store/event-store.ts';
import { orderNoOf, streamPrefix, textIn } from '../history/event.ts';
import type { FoundEvent } from '../history/event.ts';
import { noticeIdOf, noticePrefix, standings } from '../inbox/events.ts';
import type { Standing } from '../inbox/events.ts';
import { foldOrder } from './row.ts';
import type { Change, Entry, Place } from './table.ts';
import type { OrderRow } from './types.ts';

/** A batch is written when it changes so many rows, or holds so many events. */
const rowsMax = 1_000;
const eventsMax = 8_192;

export class Batch {
  readonly #orders = new Map<string, { number: number; row: OrderRow; before: OrderRow | null }>();
  readonly #notices = new Map<string, { standing: Standing; since: string } | null>();
  #size: number;
  /** The newest event that the store could give. */
  place: Place | null = null;
  recordedAt: string | null = null;
  events = 0;

  /** @param size - How many orders the index has. */
  constructor(size: number) {
    this.#size = size;
  }

  get isFull(): boolean {
    return this.#orders.size >= rowsMax || this.events >= eventsMax;
  }

  get size(): number {
    return this.#size;
  }

  get change(): Change {
    // A write that has to wait is made again, and an iterator gives its rows once.
    return { orders: [...this.#orders.values()], notices: this.#notices };
  }

  /** The order whose entry, as the index has it, must be given before an event of a stream. */
  lacks(stream: string): string | null {
    if (!stream.startsWith(streamPrefix)) return null;
    const orderNo = orderNoOf(stream);
    return this.#orders.has(orderNo) ? null : orderNo;
  }

  see(event: RecordedEvent, entry: Entry | null): void {
    const { position, stream, revision, id, metadata } = event;
    this.#fold(event, entry);
    const isOfOrder = stream.startsWith(streamPrefix);
    const hash = isOfOrder ? textIn(metadata, 'hash') : null;
    this.place = { position, stream, revision, id, hash };
    this.recordedAt = textIn(metadata, 'recordedAt');
    this.events += 1;
  }

  /** An event that the store cannot give: its order is marked. */
  miss(stream: string, revision: number, entry: Entry | null): void {
    const nothing = { id: '', type: '', data: {}, metadata: {} };
    this.#fold({ stream, revision, ...nothing }, entry);
    this.events += 1;
  }

  #fold(event: FoundEvent, entry: Entry | null): void {
    if (event.stream.startsWith(streamPrefix)) this.#foldOrder(event, entry);
    else if (event.stream.startsWith(noticePrefix)) this.#foldNotice(event);
  }

  #foldOrder(event: FoundEvent, entry: Entry | null): void {
    const orderNo = orderNoOf(event.stream);
    const known = this.#orders.get(orderNo);
    if (known !== undefined) {
      known.row = foldOrder(known.row, event);
      return;
    }
    const before = entry?.row ?? null;
    const row = foldOrder(before, event);
    // An event that was folded before, as after one that the store cannot give.
    if (row === before) return;
    this.#orders.set(orderNo, { number: entry?.number ?? (this.#size += 1), row, before });
  }

  #foldNotice({ stream, metadata }: FoundEvent): void {
    const to = textIn(metadata, 'to');
    const standing = standings.find((each) => each === to);
    if (standing === undefined) return;
    const isSettled = standing === 'applied' || standing === 'discarded';
    const since = textIn(metadata, 'recordedAt') ?? '';
    this.#notices.set(noticeIdOf(stream), isSettled ? null : { standing, since });
  }
}
