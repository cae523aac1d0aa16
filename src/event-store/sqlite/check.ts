/**
 * Damage that no event shows. Reading checks the columns of the events it reads, and the hash chain
 * covers their content; neither sees a lost row, an index that hides rows, a changed `batch_last`,
 * or bytes that are not UTF-8 and read as U+FFFD. So this goes through the whole file: pages,
 * indexes, and every column of every row.
 */

import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Runtime } from '../../runtime.ts';
import { nextTurn } from '../../runtime.ts';
import type { StoreExpectations } from '../event-store.ts';
import { hasCode, isCorrupt } from '../../sqlite-errors.ts';
import { leastPosition, type Row } from './read.ts';
import { schemaFaults } from './schema.ts';

const sentencesMax = 100;
const pageRowsMax = 256;
/** A page ends earlier where its rows are long. */
const pageCharactersMax = 1024 * 1024;
const batchEventsMaxDefault = 100;
const textColumns = ['stream', 'id', 'type', 'data', 'metadata'] as const;

/** What the passes over the file share. */
type Pass = {
  readonly database: DatabaseSync;
  readonly runtime: Pick<Runtime, 'monotonicMs'>;
  readonly expected: StoreExpectations;
  /** How many rows there are, once they were counted. */
  rows: number;
};

/** A sentence for each finding; the first 100. */
export async function checkFile(
  database: DatabaseSync,
  runtime: Pick<Runtime, 'monotonicMs'>,
  expected: StoreExpectations,
): Promise<readonly string[]> {
  const found = new Set<string>();
  const pass: Pass = { database, runtime, expected, rows: 0 };
  const checks = [
    schemaFaults(database),
    pageFaults(database),
    rowFaults(pass),
    streamFaults(pass),
  ];
  for (const faults of checks) {
    try {
      for await (const fault of faults) {
        found.add(fault);
        if (found.size >= sentencesMax) return [...found];
      }
    } catch (error) {
      // The damage may be such that even the check fails.
      if (!isDamage(error) || !(error instanceof Error)) throw error;
      found.add(`reading the file failed: ${error.message}`);
    }
  }
  return [...found];
}

/** Our statements fail if somebody changed the schema. */
function isDamage(error: unknown): boolean {
  return isCorrupt(error) || hasCode(error, 'generic');
}

function* pageFaults(database: DatabaseSync): Generator<string> {
  const rows = database.prepare(`PRAGMA integrity_check(${sentencesMax})`).iterate();
  for (const { integrity_check: sentence } of rows) {
    if (typeof sentence === 'string' && sentence !== 'ok') yield sentence;
  }
}

async function* rowFaults(pass: Pass): AsyncGenerator<string> {
  const { database, runtime, expected } = pass;
  const page = database.prepare(
    `SELECT * FROM events NOT INDEXED WHERE position > ? ORDER BY position LIMIT ${pageRowsMax}`,
  );
  const bytes = database.prepare(
    `SELECT ${textColumns.map((name) => `CAST(${name} AS BLOB) AS ${name}`).join(', ')}
     FROM events WHERE position = ?`,
  );
  // Numbers as they are, also beyond what a JavaScript number can hold.
  page.setReadBigInts(true);
  let reached = leastPosition;
  let next = 1n;
  for (;;) {
    await nextTurn(runtime);
    const rows = pageOf(page.iterate(reached));
    for (const row of rows) {
      // An INTEGER PRIMARY KEY holds nothing else, and big integers were asked for.
      const position = row['position'] as bigint;
      // A damaged page may lead back to an earlier one, and so on for ever.
      if (position <= reached) {
        yield `position ${position} stands after position ${reached}; the rest was not checked`;
        return;
      }
      if (position !== next) {
        yield `position ${next} is missing; the next row is at position ${position}`;
      }
      next = position + 1n;
      for (const fault of columnFaults(row, expected, bytes)) yield `${placeOf(row)}: ${fault}`;
      reached = position;
      pass.rows += 1;
      await nextTurn(runtime);
    }
    if (rows.length === 0) return;
  }
}

/** Leaving the loop resets the statement, so that no view of the file stays open. */
function pageOf(rows: Iterable<Row>): readonly Row[] {
  const page: Row[] = [];
  let charactersLeft = pageCharactersMax;
  for (const row of rows) {
    page.push(row);
    charactersLeft -= String(row['data']).length + String(row['metadata']).length;
    if (charactersLeft <= 0) break;
  }
  return page;
}

function* columnFaults(
  row: Row,
  { prefixes, batchEventsMax = batchEventsMaxDefault }: StoreExpectations,
  bytes: StatementSync,
): Generator<string> {
  const { stream, revision, data, metadata, batch_last: batchLast } = row;
  for (const column of textColumns) {
    if (typeof row[column] !== 'string') yield `column ${column} is not text`;
  }
  if (typeof revision !== 'bigint') yield 'column revision is not a number';
  if (!isWrittenByUs(data)) yield 'column data is not the text that was stored';
  if (!isWrittenByUs(metadata)) yield 'column metadata is not the text that was stored';
  const isOurs = prefixes?.some((prefix) => String(stream).startsWith(prefix)) ?? true;
  if (!isOurs) yield 'column stream does not name one of our streams';
  const ahead = Number(batchLast) - Number(revision);
  if (!(ahead >= 0 && ahead < batchEventsMax)) {
    yield `batch_last is ${String(batchLast)}, which is not the end of a batch`;
  }
  // Bytes that are not UTF-8 read as U+FFFD, as does a U+FFFD that was stored.
  if (textColumns.some((column) => String(row[column]).includes('\ufffd'))) {
    yield* byteFaults(row, bytes.get(row['position'] ?? null));
  }
}

function* byteFaults(row: Row, stored: Row | undefined): Generator<string> {
  for (const column of textColumns) {
    const blob = stored?.[column];
    const isSame = blob instanceof Uint8Array && Buffer.from(String(row[column])).equals(blob);
    if (!isSame) yield `column ${column} holds bytes that are not text`;
  }
}

function isWrittenByUs(text: SQLOutputValue | undefined): boolean {
  if (typeof text !== 'string') return true;
  try {
    return JSON.stringify(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

/** A stream without its beginning is listed nowhere; one out of order was moved. */
async function* streamFaults(pass: Pass): AsyncGenerator<string> {
  const { database, runtime } = pass;
  const page = database.prepare(
    `SELECT stream, revision, position FROM events
       WHERE (stream, revision) > (?, ?) ORDER BY stream, revision LIMIT ${pageRowsMax}`,
  );
  page.setReadBigInts(true);
  let before: Row = { stream: '', revision: -1n };
  // In a damaged index a page may lead back to an earlier one, and so on for ever.
  for (let seen = 0; seen <= 2 * pass.rows;) {
    await nextTurn(runtime);
    const found = page.all(before['stream'] ?? null, before['revision'] ?? null);
    if (found.length === 0) return;
    for (const row of found) {
      const { stream, revision, position } = row;
      if (stream !== before['stream']) {
        if (revision !== 0n) {
          const name = JSON.stringify(String(stream));
          yield `stream ${name} begins at revision ${String(revision)}; the earlier events are gone`;
        }
      } else if (Number(before['position']) > Number(position)) {
        yield `${placeOf(row)}: the position is before that of the previous revision`;
      }
      before = row;
    }
    seen += found.length;
  }
}

function placeOf({ position, stream, revision }: Row): string {
  const name = JSON.stringify(String(stream));
  return `position ${String(position)} (stream ${name}, revision ${String(revision)})`;
}
