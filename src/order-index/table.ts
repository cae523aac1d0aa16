/** The statements of the index. Each is one piece of work that nothing comes between. */

import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import type { Standing } from '../inbox/events.ts';
import { termsOf } from './row.ts';
import { columnsOf, IndexDamaged, readRow, stored } from './schema.ts';
import type { OrderRow, WaitingNotices } from './types.ts';

/** The newest event that the index has seen. Where the store has another one there, it is another log. */
const placeSchema = z.strictObject({
  position: z.string(),
  stream: z.string(),
  revision: z.int(),
  id: z.string(),
  /** Its chain hash; null where it is no event of an order. */
  hash: z.string().nullable(),
});

export type Place = z.infer<typeof placeSchema>;

/** How far the index has come. `epoch` is drawn whenever the index starts again. */
export type Mark = { readonly epoch: string; readonly place: Place | null };

/** An order in the index; `number` counts orders in the order of their creation, from 1. */
export type Entry = { readonly number: number; readonly row: OrderRow };

/** What a batch of events changed. `before` is null for an order that is new. */
export type Change = {
  readonly orders: readonly {
    readonly number: number;
    readonly row: OrderRow;
    readonly before: OrderRow | null;
  }[];
  /** Null: it is settled, and goes. */
  readonly notices: ReadonlyMap<
    string,
    { readonly standing: Standing; readonly since: string } | null
  >;
};

type Row = Record<string, SQLOutputValue>;

export class IndexTable {
  readonly #database: DatabaseSync;
  readonly #sql: ReturnType<typeof statementsOf>;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#sql = statementsOf(database);
  }

  /** Null where there is none yet, or what it holds is of another machine or version. */
  mark(identity: string): Mark | null {
    const found = this.#sql.mark.get();
    if (found?.['identity'] !== identity) return null;
    const { place, epoch } = found;
    return { epoch: String(epoch), place: place === null ? null : placeIn(place) };
  }

  /** @throws {IndexDamaged} where a row is missing that was written */
  assertWhole(): void {
    // In one view: another process may be writing.
    const [counted, found] = this.reading(() => [this.#sql.mark.get(), this.#sql.counts.get()]);
    const isWhole = ['orders', 'watched', 'terms'].every(
      (name) => counted?.[name] === found?.[name],
    );
    if (!isWhole) throw new IndexDamaged('rows are missing', { isOfRows: true });
  }

  /** The epoch of whatever it holds, of any machine and version; null where it holds nothing. */
  epoch(): string | null {
    const epoch = this.#sql.mark.get()?.['epoch'];
    return typeof epoch === 'string' ? epoch : null;
  }

  /** Throws away what the index holds. Nothing happens where another process did it first. */
  startAgain(identity: string, epoch: string, over: string | null): void {
    this.#inTransaction(() => {
      if (this.epoch() !== over) return;
      for (const table of ['mark', 'orders', 'rows', 'terms', 'notices']) {
        this.#database.exec(`DELETE FROM ${table}`);
      }
      this.#sql.begin.run(identity, epoch);
    });
  }

  /**
   * Writes what changed together with how far that goes. False, and nothing is written, where
   * another process has gone on meanwhile.
   */
  write(identity: string, from: Mark, to: Mark, change: Change): boolean {
    return this.#inTransaction(() => {
      const now = this.mark(identity);
      if (now?.epoch !== from.epoch || !isSame(now.place, from.place)) return false;
      const added = { orders: 0, watched: 0, terms: 0 };
      for (const { number, row, before } of change.orders) {
        this.#put(number, row);
        added.orders += before === null ? 1 : 0;
        added.watched += columnsOf(row).watched - (before === null ? 0 : columnsOf(before).watched);
        added.terms += this.#putTerms(number, row, before);
      }
      for (const [id, notice] of change.notices) {
        if (notice === null) this.#sql.settle.run(id);
        else this.#sql.notice.run(id, notice.standing, notice.since);
      }
      const { orders, watched, terms } = added;
      this.#sql.goOn.run(JSON.stringify(to.place), orders, watched, terms);
      return true;
    });
  }

  #put(number: number, row: OrderRow): void {
    const columns = columnsOf(row);
    this.#sql.order.run({ number, ...columns });
    const { row: text, digest } = stored(row);
    this.#sql.row.run(number, text, digest);
  }

  #putTerms(number: number, row: OrderRow, before: OrderRow | null): number {
    const known = before === null ? new Set<string>() : termsOf(before);
    let added = 0;
    for (const term of termsOf(row)) {
      if (known.has(term)) continue;
      this.#sql.term.run(term, number);
      added += 1;
    }
    return added;
  }

  /** How many orders there are: the next one has the next number. */
  size(): number {
    return Number(this.#sql.newest.get()?.['number']);
  }

  entry(orderNo: string): Entry | null {
    const number = this.#sql.number.get(orderNo)?.['number'];
    return typeof number === 'number' ? { number, row: this.row(number) } : null;
  }

  /** @throws {IndexDamaged} where the row is gone or changed */
  row(number: number): OrderRow {
    const { row, digest } = this.#sql.one.get(number) ?? {};
    if (typeof row === 'string' && typeof digest === 'string') return readRow({ row, digest });
    throw new IndexDamaged('a row is missing', { isOfRows: true });
  }

  notices(): WaitingNotices {
    const { waiting, held, since } = this.#sql.notices.get() ?? {};
    return {
      waiting: Number(waiting),
      held: Number(held),
      since: typeof since === 'string' ? since : null,
    };
  }

  /** Reads in one view of the file. */
  reading<Result>(read: () => Result): Result {
    this.#database.exec('BEGIN');
    try {
      return read();
    } finally {
      this.#database.exec('ROLLBACK');
    }
  }

  select(sql: string, parameters: Readonly<Record<string, string | number>>): Iterable<Row> {
    return this.#database.prepare(sql).iterate(parameters);
  }

  #inTransaction<Result>(work: () => Result): Result {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } finally {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    }
  }
}

function statementsOf(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql);
  return {
    mark: prepare('SELECT identity, epoch, place, orders, watched, terms FROM mark'),
    counts: prepare(
      `SELECT count(*) AS orders, coalesce(sum(watched), 0) AS watched,
         (SELECT count(*) FROM terms) AS terms FROM orders`,
    ),
    begin: prepare('INSERT INTO mark VALUES (1, ?, ?, NULL, 0, 0, 0)'),
    goOn: prepare(
      `UPDATE mark SET place = ?, orders = orders + ?, watched = watched + ?, terms = terms + ?`,
    ),
    order: prepare(
      `INSERT INTO orders VALUES (:number, :orderNo, :state, :since, :dueAt,
         :amountMinor, :currency, :receivedMinor, :receivedCurrency, :gateway,
         :doubtSince, :unreadableSince, :anomalySince, :codes, :watched)
       ON CONFLICT (number) DO UPDATE SET state = excluded.state, since = excluded.since,
         dueAt = excluded.dueAt, amountMinor = excluded.amountMinor, currency = excluded.currency,
         receivedMinor = excluded.receivedMinor, receivedCurrency = excluded.receivedCurrency,
         gateway = excluded.gateway, doubtSince = excluded.doubtSince,
         unreadableSince = excluded.unreadableSince, anomalySince = excluded.anomalySince,
         codes = excluded.codes,
         watched = excluded.watched`,
    ),
    row: prepare('INSERT OR REPLACE INTO rows VALUES (?, ?, ?)'),
    term: prepare('INSERT OR IGNORE INTO terms VALUES (?, ?)'),
    notice: prepare(
      `INSERT INTO notices VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET
         since = iif(standing = excluded.standing, since, excluded.since),
         standing = excluded.standing`,
    ),
    settle: prepare('DELETE FROM notices WHERE id = ?'),
    newest: prepare('SELECT coalesce(max(number), 0) AS number FROM orders'),
    number: prepare('SELECT number FROM orders WHERE orderNo = ?'),
    one: prepare('SELECT row, digest FROM rows WHERE number = ?'),
    notices: prepare(
      `SELECT count(*) FILTER (WHERE standing = 'held') AS held,
         count(*) FILTER (WHERE standing <> 'held') AS waiting, min(since) AS since FROM notices`,
    ),
  };
}

function placeIn(text: SQLOutputValue | undefined): Place {
  const parsed = placeSchema.safeParse(jsonIn(text));
  if (parsed.success) return parsed.data;
  throw new IndexDamaged('its mark cannot be read', { isOfRows: true });
}

function jsonIn(text: SQLOutputValue | undefined): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

function isSame(one: Place | null, other: Place | null): boolean {
  return one?.position === other?.position && one?.id === other?.id;
}
