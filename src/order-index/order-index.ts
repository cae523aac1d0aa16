/**
 * The order index: finds and counts orders, and says why they need attention, without reading one history.
 *
 * It is derived from the events and never a truth: it may be deleted at any time. A search first
 * brings it up to the newest event of the store, so it shows what was acknowledged before. It is
 * built again where the store holds another log, where its rows are of another version or machine,
 * and where it is damaged. Where its file cannot be written, this process goes on with a copy.
 */

import type { DatabaseSync } from 'node:sqlite';
import { eventSchemas, isEventType } from '../../machines/payment-order.events.ts';
import { PaymentOrderError } from '../errors.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { digest } from '../history/chain.ts';
import { currentSchemaVersion } from '../history/codec.ts';
import type { MachineIdentity } from '../history/event.ts';
import type { Runtime } from '../runtime.ts';
import { patiently } from '../sqlite-patience.ts';
import { catchUp } from './catch-up.ts';
import { counted, parseCount } from './count.ts';
import {
  inodeOf,
  isDamage,
  isUnwritable,
  newestFile,
  openCopy,
  openFile,
  openOwn,
  replaceFile,
} from './database.ts';
import type { OpenedIndex } from './database.ts';
import { IndexDamaged, schemaVersion } from './schema.ts';
import { found, parseSearch } from './search.ts';
import { IndexTable } from './table.ts';
import type { Mark } from './table.ts';
import type {
  AttentionCount,
  AttentionCountOptions,
  FoundOrders,
  IndexPlace,
  OrderSearch,
  UnsettledNotices,
  UnsettledNoticesOptions,
} from './types.ts';
import { parseUnsettled, unsettled } from './unsettled.ts';

export type OrderIndexDependencies = {
  readonly store: EventStore;
  readonly runtime: Runtime;
  readonly machine: MachineIdentity;
  /** Null: in the memory of this process. */
  readonly place: IndexPlace | null;
  readonly onError: (error: unknown) => void;
  /** Aborts when the index is about to be closed. */
  readonly closing: AbortSignal;
};

/** How long one piece of work waits for other processes, ms. Each of theirs takes a moment. */
const indexPatienceMs = 60_000;

/** How often a search begins again because its index was damaged or was built again meanwhile. */
const triesMax = 8;

/** How somebody waits for the index. */
type Waiting = Pick<OrderSearch, 'onProgress' | 'signal'>;

type Reading<Result> = (
  table: IndexTable,
  nowMs: number,
  about: Pick<FoundOrders, 'index' | 'position'>,
) => Result;

type Opened = OpenedIndex & { readonly table: IndexTable };

export class OrderIndex {
  readonly #dependencies: OrderIndexDependencies;
  readonly #identity: string;
  #opened: Opened | null = null;
  /** Work on the index is done one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  /** The file that was opened last, or could not be. */
  #path: string | null = null;
  #isUnwritable = false;
  /** Of the index as this process saw it last. */
  #epoch: string | null = null;

  constructor(dependencies: OrderIndexDependencies) {
    this.#dependencies = dependencies;
    this.#identity = identityOf(dependencies.machine);
  }

  /** @throws {PaymentOrderError} `invalid-input`, and the errors of reading the store */
  async search(given: OrderSearch): Promise<FoundOrders> {
    const search = parseSearch(given);
    return this.#answer(search, (table, nowMs, about) => ({
      ...found(table, search, nowMs),
      ...about,
    }));
  }

  /** @throws {PaymentOrderError} `invalid-input`, and the errors of reading the store */
  async countAttention(given: AttentionCountOptions): Promise<AttentionCount> {
    const options = parseCount(given);
    return this.#answer(options, (table, nowMs) => counted(table, options, nowMs));
  }

  /** @throws {PaymentOrderError} `invalid-input`, and the errors of reading the store */
  async unsettledNotices(given: UnsettledNoticesOptions): Promise<UnsettledNotices> {
    const options = parseUnsettled(given);
    return this.#answer(options, (table) => unsettled(table, options));
  }

  /** What is read in one view of the index, once it is as far as the store. */
  #answer<Result extends object>(waiting: Waiting, read: Reading<Result>): Promise<Result> {
    return this.#inTurn(async () => {
      for (let tries = 1; ; tries += 1) {
        try {
          const result = await this.#answerOnce(waiting, read);
          if (result !== null) return result;
        } catch (error) {
          if (!(await this.#mend(error))) throw error;
        }
        if (tries === triesMax) throw neverWhole();
      }
    });
  }

  /** Null where another process has built the index again between catching up and looking. */
  async #answerOnce<Result extends object>(
    waiting: Waiting,
    read: Reading<Result>,
  ): Promise<Result | null> {
    const { runtime } = this.#dependencies;
    const { epoch, place } = await this.#catchUp(waiting);
    const position = place?.position ?? null;
    return this.#patiently(({ table, kind }) =>
      table.reading(() => {
        if (table.mark(this.#identity)?.epoch !== epoch) return null;
        return read(table, runtime.now(), { index: kind, position });
      }),
    );
  }

  #catchUp({ onProgress, signal }: Waiting): Promise<Mark> {
    const { closing } = this.#dependencies;
    return catchUp({
      store: this.#dependencies.store,
      mark: () => this.#mark(),
      find: (orderNo) => this.#patiently(({ table }) => table.entry(orderNo)),
      size: () => this.#patiently(({ table }) => table.size()),
      write: (from, to, change) =>
        this.#patiently(({ table }) => table.write(this.#identity, from, to, change)),
      startAgain: ({ epoch }) => this.#startAgain(epoch),
      onProgress: (progress) => onProgress?.(progress),
      assertGoingOn: () => {
        signal?.throwIfAborted();
        if (closing.aborted) throw closed();
      },
    });
  }

  async #mark(): Promise<Mark> {
    for (;;) {
      const { epoch, mark } = await this.#patiently(({ table }) =>
        table.reading(() => ({ epoch: table.epoch(), mark: table.mark(this.#identity) })),
      );
      this.#epoch = epoch;
      if (mark !== null) return mark;
      await this.#startAgain(epoch);
    }
  }

  #startAgain(over: string | null): Promise<void> {
    const epoch = this.#dependencies.runtime.newId();
    return this.#patiently(({ table }) => {
      table.startAgain(this.#identity, epoch, over);
    });
  }

  #patiently<Result>(work: (opened: Opened) => Result): Promise<Result> {
    return patiently(this.#dependencies.runtime, indexPatienceMs, () => work(this.#open()));
  }

  #open(): Opened {
    if (this.#opened !== null && !this.#isGone(this.#opened)) return this.#opened;
    this.#release();
    const opened = this.#openAny();
    try {
      this.#opened = { ...opened, table: new IndexTable(opened.database) };
    } catch (error) {
      opened.database.close();
      throw error;
    }
    const { table } = this.#opened;
    this.#epoch = table.epoch();
    if (this.#epoch !== null) table.assertWhole();
    return this.#opened;
  }

  #openAny(): OpenedIndex {
    const { place } = this.#dependencies;
    if (place === null) return openOwn();
    if (this.#isUnwritable) return openCopy(place);
    this.#path = newestFile(place);
    // Only the name that was given may be that of somebody else's file.
    return openFile(this.#path, place.isOurs || this.#path !== place.path);
  }

  /** Somebody has deleted or replaced the file: what is written to it now, nobody sees. */
  #isGone({ file }: OpenedIndex): boolean {
    return file !== null && inodeOf(file.path) !== file.inode;
  }

  /** Whether the search may begin again: after the index was mended, or with a copy of its file. */
  async #mend(error: unknown): Promise<boolean> {
    const { place, onError } = this.#dependencies;
    if (isUnwritable(error) && place !== null && !this.#isUnwritable) {
      this.#release();
      this.#isUnwritable = true;
      return true;
    }
    const isRows = error instanceof IndexDamaged && error.isOfRows;
    if (!isRows && !isDamage(error)) return false;
    // SQLite's own error says neither what it is about nor what follows.
    onError(
      error instanceof IndexDamaged
        ? error
        : new IndexDamaged('it cannot be read', { cause: error }),
    );
    if (isRows && (await this.#isThrownAway())) return true;
    const damaged = this.#path;
    this.#release();
    if (place === null || damaged === null || this.#isUnwritable) return true;
    try {
      replaceFile(place, damaged);
    } catch {
      // Its directory may not be written.
      this.#isUnwritable = true;
    }
    return true;
  }

  /** The file itself is in order. Where another process was faster, nothing is thrown away. */
  async #isThrownAway(): Promise<boolean> {
    try {
      if (this.#opened === null) return false;
      await this.#startAgain(this.#epoch);
      return true;
    } catch {
      return false;
    }
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(() => {
      if (this.#dependencies.closing.aborted) throw closed();
      return work();
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #release(): void {
    const database: DatabaseSync | undefined = this.#opened?.database;
    this.#opened = null;
    database?.close();
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.#last;
    this.#release();
  }
}

/** Whatever another version of this module would read or decide in another way. */
function identityOf(machine: MachineIdentity): string {
  const types = Object.keys(eventSchemas).filter(isEventType);
  const versions = types.map((type) => [type, currentSchemaVersion(type)]);
  return `${schemaVersion}/${machine.hash}/${digest(versions)}`;
}

function closed(): PaymentOrderError {
  return new PaymentOrderError('store-closed', 'the payment orders are closed');
}

function neverWhole(): PaymentOrderError {
  const message = `the order index was damaged, or built again by others, ${triesMax} times in a row: search again`;
  return new PaymentOrderError('store-unavailable', message);
}
