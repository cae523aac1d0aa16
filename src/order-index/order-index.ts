/**
 * The order index: finds orders, and says why they need attention, without reading one history.
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
import { hasCode, isCorrupt } from '../sqlite-errors.ts';
import { patienceMs, patiently } from '../sqlite-patience.ts';
import { catchUp } from './catch-up.ts';
import { isUnwritable, openCopy, openFile, openOwn, removeFile } from './database.ts';
import type { OpenedIndex } from './database.ts';
import { IndexDamaged, schemaVersion } from './schema.ts';
import { found, parseSearch } from './search.ts';
import { IndexTable } from './table.ts';
import type { Mark } from './table.ts';
import type { FoundOrders, IndexPlace, OrderSearch } from './types.ts';

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

/** How often a search begins again because its index was damaged or built anew meanwhile. */
const triesMax = 8;

type Opened = OpenedIndex & { readonly table: IndexTable };

export class OrderIndex {
  readonly #dependencies: OrderIndexDependencies;
  readonly #identity: string;
  #opened: Opened | null = null;
  /** Work on the index is done one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #isUnwritable = false;

  constructor(dependencies: OrderIndexDependencies) {
    this.#dependencies = dependencies;
    this.#identity = identityOf(dependencies.machine);
  }

  /** @throws {PaymentOrderError} `invalid-input`, and the errors of reading the store */
  async search(given: OrderSearch): Promise<FoundOrders> {
    const search = parseSearch(given);
    return this.#inTurn(async () => {
      for (let tries = 1; ; tries += 1) {
        try {
          const page = await this.#searchOnce(search);
          if (page !== null) return page;
        } catch (error) {
          if (!this.#mend(error)) throw error;
        }
        if (tries === triesMax) throw neverWhole();
      }
    });
  }

  /** Null where another process has built the index anew between catching up and looking. */
  async #searchOnce(search: OrderSearch): Promise<FoundOrders | null> {
    const { runtime } = this.#dependencies;
    const { epoch, place } = await this.#catchUp(search);
    const position = place?.position ?? null;
    return this.#patiently(({ table, kind }) =>
      table.reading(() => {
        if (table.mark(this.#identity)?.epoch !== epoch) return null;
        return { ...found(table, search, runtime.now()), index: kind, position };
      }),
    );
  }

  #catchUp({ onProgress, signal }: OrderSearch): Promise<Mark> {
    const { closing } = this.#dependencies;
    return catchUp({
      store: this.#dependencies.store,
      mark: () => this.#mark(),
      find: (orderNo) => this.#patiently(({ table }) => table.entry(orderNo)),
      size: () => this.#patiently(({ table }) => table.size()),
      write: (from, to, change) =>
        this.#patiently(({ table }) => table.write(this.#identity, from, to, change)),
      beginAnew: (over) => this.#beginAnew(over),
      onProgress: (progress) => onProgress?.(progress),
      assertGoingOn: () => {
        signal?.throwIfAborted();
        if (closing.aborted) throw closed();
      },
    });
  }

  async #mark(): Promise<Mark> {
    for (;;) {
      const mark = await this.#patiently(({ table }) => table.mark(this.#identity));
      if (mark !== null) return mark;
      await this.#beginAnew(null);
    }
  }

  #beginAnew(over: Mark | null): Promise<void> {
    const epoch = this.#dependencies.runtime.newId();
    return this.#patiently(({ table }) => {
      table.beginAnew(this.#identity, epoch, over);
    });
  }

  #patiently<Result>(work: (opened: Opened) => Result): Promise<Result> {
    return patiently(this.#dependencies.runtime, patienceMs, () => work(this.#open()));
  }

  #open(): Opened {
    if (this.#opened !== null) return this.#opened;
    const { place } = this.#dependencies;
    const opened =
      place === null ? openOwn() : this.#isUnwritable ? openCopy(place) : openFile(place);
    try {
      const table = new IndexTable(opened.database);
      if (table.mark(this.#identity) !== null) table.assertWhole();
      return (this.#opened = { ...opened, table });
    } catch (error) {
      opened.database.close();
      throw error;
    }
  }

  /** Whether the search may begin again: with a new file, or a copy for this process. */
  #mend(error: unknown): boolean {
    const { place, onError } = this.#dependencies;
    const inode = this.#opened?.inode ?? null;
    this.#release();
    if (isUnwritable(error) && place !== null && !this.#isUnwritable) {
      this.#isUnwritable = true;
      return true;
    }
    const isDamaged =
      error instanceof IndexDamaged || isCorrupt(error) || hasCode(error, 'generic');
    if (!isDamaged) return false;
    onError(error);
    if (place === null || this.#isUnwritable) return true;
    removeFile(place, inode);
    return true;
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
  const message = `the order index was damaged or built anew ${triesMax} times in a row: try again`;
  return new PaymentOrderError('store-unavailable', message);
}
