import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { PaymentOrderError } from '../../errors.ts';
import type { Batch, EventRow } from '../batch.ts';
import { placeOf } from '../errors.ts';
import type { EventPlace } from '../event-store.ts';
import { isAskedFor } from '../inputs.ts';
import type { StreamIndex, StoredPlace } from '../judge-append.ts';
import { pageEventsMax, type Page, type StreamPage } from '../log-store.ts';

/** A page ends after this much text: what is read in one go holds the process. */
const pageCharactersMax = 1024 * 1024;
/** An order's history is short. What a page holds at most, 4 MiB, is read in a few milliseconds. */
const streamPageEventsMax = 16;
/** Our positions begin at 1; a file that somebody altered may hold any. */
export const leastPosition = -(2n ** 63n);

export type Row = Record<string, SQLOutputValue>;

type Place = { readonly stream: string; readonly revision: number };

/** The columns of an event and what each must hold. */
const types = {
  position: 'number',
  stream: 'string',
  revision: 'number',
  id: 'string',
  type: 'string',
  data: 'string',
  metadata: 'string',
} as const;
const columns = Object.keys(types).join(', ');

/** The columns of an event in their order; an object for each row costs as much as the row. */
type EventColumns = readonly SQLOutputValue[];

/** Streams and where they were first written. */
export type StreamStarts = readonly { readonly stream: string; readonly position: bigint }[];

/**
 * The statements of the table, prepared once. None stays open from one call to the next: an open
 * statement keeps an old view of the file, and what other processes append would not be seen.
 *
 * STRICT tables and constraints hold for what SQLite writes, not for bytes that were changed in the
 * file. So every column of every row is checked when it is read, and damage is reported by place.
 */
export class SqliteRows implements StreamIndex {
  readonly #sql: ReturnType<typeof statementsOf>;

  constructor(database: DatabaseSync) {
    this.#sql = statementsOf(database);
  }

  headPosition(): number {
    return numberIn(this.#sql.head.get(), 'value');
  }

  headRevision(stream: string): number {
    return numberIn(this.#sql.headRevision.get(stream), 'value');
  }

  places(stream: string, fromRevision: number, toRevision: number): readonly StoredPlace[] {
    return this.#sql.places.all(stream, fromRevision, toRevision).map((row) => ({
      id: textIn(row, 'id'),
      position: numberIn(row, 'position'),
      batchLast: numberIn(row, 'batch_last'),
    }));
  }

  holder(id: string): { readonly stream: string; readonly revision: number } | undefined {
    const row = this.#sql.holder.get(id);
    if (row === undefined) return undefined;
    return { stream: textIn(row, 'stream'), revision: numberIn(row, 'revision') };
  }

  /** Returns the event's position. */
  insert(
    stream: string,
    revision: number,
    event: Batch['events'][number],
    batchLast: number,
  ): number {
    const { id, type, data, metadata } = event;
    const done = this.#sql.insert.run(stream, revision, id, type, data, metadata, batchLast);
    if (done.changes !== 1) throw notInserted(stream, revision);
    return Number(done.lastInsertRowid);
  }

  /**
   * Positions have no gaps, so a window of them bounds the work, however few streams match. A gap
   * that somebody made is skipped in one step.
   */
  page(after: number, upTo: number, prefixes: readonly string[]): Page {
    const start = numberIn(this.#sql.next.get({ after }), 'value') - 1;
    const end = Math.min(upTo, start + pageEventsMax);
    const [prefix = '', ...others] = prefixes;
    const isOne = others.length === 0 && prefix !== '';
    const rows = isOne
      ? this.#sql.page.iterate(after, end, prefix)
      : this.#sql.pageOfAll.iterate(after, end);
    const { events, whole } = takenOrReset(rows);
    return {
      events: isOne ? events : events.filter(({ stream }) => isAskedFor(stream, prefixes)),
      reached: whole ? end : (events.at(-1)?.position ?? end),
    };
  }

  placeAt(position: number): EventPlace | undefined {
    const row = this.#sql.place.get(position);
    if (row === undefined) return undefined;
    return {
      stream: textIn(row, 'stream'),
      revision: numberIn(row, 'revision'),
      id: textIn(row, 'id'),
      type: textIn(row, 'type'),
    };
  }

  streamPage(stream: string, after: number): StreamPage {
    // All at once: a third faster than row by row.
    const rows = inColumns(this.#sql.streamPage.all(stream, after));
    const { events, whole } = taken(rows, { stream, revision: after + 1 }, Infinity);
    return { events, isLast: whole && events.length < streamPageEventsMax };
  }

  last(stream: string): EventRow | undefined {
    return taken(inColumns(this.#sql.last.all(stream))).events[0];
  }

  /** The streams first written after a position (null: all), also at one that we never gave. */
  starts(after: bigint | null): StreamStarts {
    return this.#sql.starts
      .all(after ?? leastPosition, pageEventsMax)
      .map(({ stream, position }) => ({
        stream: String(stream),
        // An INTEGER PRIMARY KEY holds nothing else, and big integers are asked for.
        position: position as bigint,
      }));
  }
}

/** The statements of the table, by name. */
function statementsOf(database: DatabaseSync) {
  const prepare = (sql: string): StatementSync => database.prepare(sql);
  const prepareInColumns = (sql: string): StatementSync => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  // NOT INDEXED: by position, never by stream with a sort of all that follows. `substr` compares
  // any text correctly, where LIKE and GLOB have special characters.
  const range = 'FROM events NOT INDEXED WHERE position > ? AND position <= ?';
  const starts = prepare(
    `SELECT position, stream FROM events INDEXED BY stream_starts
       WHERE revision = 0 AND position > ? ORDER BY position LIMIT ?`,
  );
  starts.setReadBigInts(true);
  return {
    head: prepare('SELECT coalesce(max(position), 0) AS value FROM events'),
    next: prepare(
      'SELECT coalesce(min(position), :after + 1) AS value FROM events WHERE position > :after',
    ),
    headRevision: prepare(
      'SELECT coalesce(max(revision), -1) AS value FROM events WHERE stream = ?',
    ),
    places: prepare(
      `SELECT id, position, batch_last FROM events
       WHERE stream = ? AND revision BETWEEN ? AND ? ORDER BY revision`,
    ),
    place: prepare('SELECT stream, revision, id, type FROM events WHERE position = ?'),
    holder: prepare('SELECT stream, revision FROM events WHERE id = ?'),
    insert: prepare(
      `INSERT INTO events (stream, revision, id, type, data, metadata, batch_last)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    page: prepareInColumns(
      `SELECT ${columns} ${range} AND substr(stream, 1, length(?3)) = ?3 ORDER BY position`,
    ),
    pageOfAll: prepareInColumns(`SELECT ${columns} ${range} ORDER BY position`),
    streamPage: prepareInColumns(
      `SELECT ${columns} FROM events
       WHERE stream = ? AND revision > ? ORDER BY revision LIMIT ${streamPageEventsMax}`,
    ),
    last: prepareInColumns(
      `SELECT ${columns} FROM events WHERE stream = ? ORDER BY revision DESC LIMIT 1`,
    ),
    starts,
  };
}

/** The rows of a statement that gives arrays; the types of node:sqlite know objects alone. */
function inColumns(rows: Iterable<unknown>): Iterable<EventColumns> {
  return rows as Iterable<EventColumns>;
}

/** Where a row cannot be read, its statement is reset here: nothing else would do it. */
function takenOrReset(rows: ReturnType<StatementSync['iterate']>): ReturnType<typeof taken> {
  try {
    return taken(inColumns(rows));
  } catch (error) {
    rows.return?.();
    throw error;
  }
}

/**
 * Takes rows until a page is full of text, or damage comes: the rows before it are given first, and
 * the next page begins with it. Leaving the loop resets the statement.
 */
function taken(
  rows: Iterable<EventColumns>,
  place?: Place,
  charactersMax = pageCharactersMax,
): { readonly events: EventRow[]; readonly whole: boolean } {
  const events: EventRow[] = [];
  let charactersLeft = charactersMax;
  for (const row of rows) {
    const event = undamaged(row);
    if (event === undefined) {
      if (events.length > 0) return { events, whole: false };
      throw damaged(row, place);
    }
    events.push(event);
    charactersLeft -= event.data.length + event.metadata.length;
    if (charactersLeft <= 0) return { events, whole: false };
  }
  return { events, whole: true };
}

/** The event, or undefined where a column is not of its type. Spelt out: it runs for every event. */
function undamaged(row: EventColumns): EventRow | undefined {
  const position = row[0];
  const stream = row[1];
  const revision = row[2];
  const id = row[3];
  const type = row[4];
  const data = row[5];
  const metadata = row[6];
  if (
    typeof position === 'number' &&
    typeof stream === 'string' &&
    typeof revision === 'number' &&
    typeof id === 'string' &&
    typeof type === 'string' &&
    typeof data === 'string' &&
    typeof metadata === 'string'
  ) {
    return { position, stream, revision, id, type, data, metadata };
  }
  return undefined;
}

/** The error for a damaged row. `place`: where a row should stand that does not say it. */
function damaged(row: EventColumns, place?: Place): PaymentOrderError {
  const wrong = Object.entries(types).find(([, type], at) => typeof row[at] !== type)?.[0];
  const [positionFound, streamFound, revisionFound] = row;
  const stream = typeof streamFound === 'string' ? streamFound : place?.stream;
  const revision = typeof revisionFound === 'number' ? revisionFound : place?.revision;
  const position = typeof positionFound === 'number' ? String(positionFound) : undefined;
  const where = stream === undefined ? '' : `${placeOf(stream, revision)}: `;
  const message = `${where}column ${wrong ?? ''} at position ${String(positionFound)} holds a value of the wrong type`;
  return new PaymentOrderError('store-corrupt', message, { stream, revision, position });
}

function notInserted(stream: string, revision: number): PaymentOrderError {
  const what = 'an insert into the SQLite store changed nothing; nothing was stored';
  const message = `${placeOf(stream, revision)}: ${what}`;
  return new PaymentOrderError('store-corrupt', message, { stream, revision });
}

function textIn(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  throw wrongType(column);
}

function numberIn(row: Row | undefined, column: string): number {
  const value = row?.[column];
  if (typeof value === 'number') return value;
  throw wrongType(column);
}

function wrongType(column: string): PaymentOrderError {
  const message = `the SQLite store holds a value of the wrong type in column ${column}`;
  return new PaymentOrderError('store-corrupt', message);
}
