import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { PaymentOrderError } from '../errors.ts';
import type { StreamIndex, StoredPlace } from './decision.ts';
import { pageEventsMax, type EventRow, type Page, type StreamPage } from './log.ts';
import type { EventText } from './prepared.ts';

const pageCharactersMax = 4 * 1024 * 1024;
/** An order's history is short; at the limit of one event's size this is 16 MiB. */
const streamPageEventsMax = 64;
const integrityFaultsMax = 100;
const columns = 'position, stream, revision, id, type, data, metadata';

type Row = Record<string, SQLOutputValue>;

/** The table's statements, prepared once; none stays open from one call to the next. */
export class SqliteRows implements StreamIndex {
  readonly #head: StatementSync;
  readonly #headRevision: StatementSync;
  readonly #places: StatementSync;
  readonly #holder: StatementSync;
  readonly #insert: StatementSync;
  readonly #page: StatementSync;
  readonly #pageOfAll: StatementSync;
  readonly #streamPage: StatementSync;
  readonly #last: StatementSync;
  readonly #starts: StatementSync;
  readonly #integrityCheck: StatementSync;
  readonly #nextPosition: StatementSync;
  readonly #firstGap: StatementSync;

  constructor(database: DatabaseSync) {
    const prepare = (sql: string): StatementSync => database.prepare(sql);
    this.#head = prepare('SELECT coalesce(max(position), 0) AS value FROM events');
    this.#headRevision = prepare(
      'SELECT coalesce(max(revision), -1) AS value FROM events WHERE stream = ?',
    );
    this.#places = prepare(
      `SELECT id, position, batch_last FROM events
       WHERE stream = ? AND revision BETWEEN ? AND ? ORDER BY revision`,
    );
    this.#holder = prepare('SELECT stream, revision FROM events WHERE id = ?');
    this.#insert = prepare(
      `INSERT INTO events (stream, revision, id, type, data, metadata, batch_last)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    // NOT INDEXED: by position, never by stream with a sort of everything behind it. `substr`
    // compares any text rightly, where LIKE and GLOB have special characters.
    const range = 'FROM events NOT INDEXED WHERE position > ? AND position <= ?';
    this.#page = prepare(
      `SELECT ${columns} ${range} AND substr(stream, 1, length(?3)) = ?3 ORDER BY position`,
    );
    this.#pageOfAll = prepare(`SELECT ${columns} ${range} ORDER BY position`);
    this.#streamPage = prepare(
      `SELECT ${columns} FROM events
       WHERE stream = ? AND revision > ? ORDER BY revision LIMIT ${streamPageEventsMax}`,
    );
    this.#last = prepare(
      `SELECT ${columns} FROM events WHERE stream = ? ORDER BY revision DESC LIMIT 1`,
    );
    this.#integrityCheck = prepare(`PRAGMA integrity_check(${integrityFaultsMax})`);
    this.#nextPosition = prepare(
      'SELECT coalesce(min(position), ?1 + 1) AS value FROM events WHERE position > ?1',
    );
    this.#firstGap = prepare(
      `SELECT position, place FROM (
         SELECT position, row_number() OVER (ORDER BY position) AS place FROM events
       ) WHERE position <> place LIMIT 1`,
    );
    this.#starts = prepare(
      `SELECT position, stream FROM events INDEXED BY stream_starts
       WHERE revision = 0 AND position > ? ORDER BY position LIMIT ?`,
    );
  }

  headPosition(): number {
    return numberIn(this.#head.get(), 'value');
  }

  headRevision(stream: string): number {
    return numberIn(this.#headRevision.get(stream), 'value');
  }

  places(stream: string, fromRevision: number, toRevision: number): readonly StoredPlace[] {
    return this.#places.all(stream, fromRevision, toRevision).map((row) => ({
      id: textIn(row, 'id'),
      position: numberIn(row, 'position'),
      batchLast: numberIn(row, 'batch_last'),
    }));
  }

  holder(id: string): { readonly stream: string; readonly revision: number } | undefined {
    const row = this.#holder.get(id);
    if (row === undefined) return undefined;
    return { stream: textIn(row, 'stream'), revision: numberIn(row, 'revision') };
  }

  /** Returns the event's position. */
  insert(stream: string, revision: number, event: EventText, batchLast: number): number {
    const { id, type, data, metadata } = event;
    const done = this.#insert.run(stream, revision, id, type, data, metadata, batchLast);
    return Number(done.lastInsertRowid);
  }

  /**
   * Positions have no gaps, so a window of them bounds the work, however few streams match. Where
   * damage tore a gap, the window begins behind it: it may be as wide as numbers go.
   */
  page(after: number, upTo: number, prefix: string): Page {
    const first = numberIn(this.#nextPosition.get(after), 'value');
    const end = Math.min(upTo, first - 1 + pageEventsMax);
    const rows =
      prefix === '' ? this.#pageOfAll.iterate(after, end) : this.#page.iterate(after, end, prefix);
    const { events, whole } = taken(rows);
    return { events, reached: whole ? end : (events.at(-1)?.position ?? end) };
  }

  streamPage(stream: string, after: number): StreamPage {
    const events = this.#streamPage.all(stream, after).map(eventRow);
    return { events, isLast: events.length < streamPageEventsMax };
  }

  last(stream: string): EventRow | undefined {
    const row = this.#last.get(stream);
    return row === undefined ? undefined : eventRow(row);
  }

  integrityFaults(): readonly string[] {
    const found = [...this.#integrityCheck.iterate()].map((row) => textIn(row, 'integrity_check'));
    const faults = found.filter((sentence) => sentence !== 'ok');
    return faults.length > 0 ? faults : this.#gaps();
  }

  /** To SQLite any positions are as good as others; what stands at 0 or below, nobody follows. */
  #gaps(): readonly string[] {
    const row = this.#firstGap.get();
    if (row === undefined) return [];
    const [place, position] = [numberIn(row, 'place'), numberIn(row, 'position')];
    return [`position ${place} is missing: the event at position ${position} comes in its place`];
  }

  /** The names of streams first written after a position. */
  starts(after: number): readonly { readonly stream: string; readonly position: number }[] {
    return this.#starts.all(after, pageEventsMax).map((row) => ({
      stream: textIn(row, 'stream'),
      position: numberIn(row, 'position'),
    }));
  }
}

/** Takes rows until a page is full of text. Leaving the loop resets the statement. */
function taken(rows: Iterable<Row>): { readonly events: EventRow[]; readonly whole: boolean } {
  const events: EventRow[] = [];
  let charactersLeft = pageCharactersMax;
  for (const row of rows) {
    const event = eventRow(row);
    events.push(event);
    charactersLeft -= event.data.length + event.metadata.length;
    if (charactersLeft <= 0) return { events, whole: false };
  }
  return { events, whole: true };
}

function eventRow(row: Row): EventRow {
  return {
    position: numberIn(row, 'position'),
    stream: textIn(row, 'stream'),
    revision: numberIn(row, 'revision'),
    id: textIn(row, 'id'),
    type: textIn(row, 'type'),
    data: textIn(row, 'data'),
    metadata: textIn(row, 'metadata'),
  };
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
  const message = `The SQLite store holds a value of the wrong type in column ${column}.`;
  return new PaymentOrderError('store-corrupt', message);
}
