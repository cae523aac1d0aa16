import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { StoreExpectations } from '../event-store.ts';
import { nextTurn } from '../log-store.ts';
import { isCorrupt } from './errors.ts';

const sentencesMax = 100;
const rowsPerTurn = 512;
const batchEventsMaxDefault = 100;
const textColumns = ['stream', 'id', 'type', 'data', 'metadata'] as const;

const leastPosition = -(2n ** 63n);

type Row = Record<string, SQLOutputValue>;

/**
 * Looks through the whole file: its pages and indexes, and every column of every row, also those
 * that no event tells of: positions without gaps, batches as they were appended, text byte for
 * byte as this store writes it, streams that are ours and have their beginning.
 */
export async function checkFile(
  database: DatabaseSync,
  expected: StoreExpectations,
): Promise<readonly string[]> {
  const found: string[] = [];
  const looks = [
    () => {
      checkPages(database, found);
    },
    () => checkRows(database, expected, found),
    () => {
      checkStreams(database, found);
    },
  ] as const;
  for (const look of looks) {
    try {
      await look();
    } catch (error) {
      // Damage may be such that even looking for it fails.
      if (!isCorrupt(error) || !(error instanceof Error)) throw error;
      found.push(`reading the file failed: ${error.message}`);
    }
  }
  return [...new Set(found)].slice(0, sentencesMax);
}

function checkPages(database: DatabaseSync, found: string[]): void {
  const rows = database.prepare(`PRAGMA integrity_check(${sentencesMax})`).iterate();
  for (const { integrity_check: sentence } of rows) {
    if (typeof sentence === 'string' && sentence !== 'ok') found.push(sentence);
  }
}

async function checkRows(
  database: DatabaseSync,
  expected: StoreExpectations,
  found: string[],
): Promise<void> {
  const page = database.prepare(
    `SELECT * FROM events NOT INDEXED WHERE position > ? ORDER BY position LIMIT ${rowsPerTurn}`,
  );
  const bytes = database.prepare(
    `SELECT ${textColumns.map((name) => `CAST(${name} AS BLOB) AS ${name}`).join(', ')}
     FROM events WHERE position = ?`,
  );
  // As they are, also beyond what a JavaScript number holds.
  page.setReadBigInts(true);
  let reached = leastPosition;
  let next = 1n;
  for (;;) {
    const rows = page.all(reached);
    for (const row of rows) {
      // An INTEGER PRIMARY KEY holds nothing else, and big integers were asked for.
      const position = row['position'] as bigint;
      if (position !== next) {
        found.push(`position ${next} is missing; the next row stands at position ${position}`);
      }
      next = position + 1n;
      for (const fault of rowFaults(row, expected, bytes)) found.push(`${placeOf(row)}: ${fault}`);
      reached = position;
    }
    if (rows.length < rowsPerTurn || found.length >= sentencesMax) return;
    await nextTurn();
  }
}

function* rowFaults(
  row: Row,
  { prefixes, batchEventsMax = batchEventsMaxDefault }: StoreExpectations,
  bytes: StatementSync,
): Generator<string> {
  const { stream, revision, data, metadata, batch_last: batchLast } = row;
  for (const column of textColumns) {
    if (typeof row[column] !== 'string') yield `column ${column} holds no text`;
  }
  if (typeof revision !== 'bigint') yield 'column revision holds no number';
  if (!isWrittenByUs(data)) yield 'column data is not the text that was stored';
  if (!isWrittenByUs(metadata)) yield 'column metadata is not the text that was stored';
  const isOurs = prefixes?.some((prefix) => String(stream).startsWith(prefix)) ?? true;
  if (!isOurs) yield 'column stream names a stream that is none of ours';
  const ahead = Number(batchLast) - Number(revision);
  if (!(ahead >= 0 && ahead < batchEventsMax)) {
    yield `column batch_last is ${String(batchLast)}, which no batch of ours ends at`;
  }
  // Bytes that are no UTF-8 read as U+FFFD, as does a U+FFFD that was stored.
  if (textColumns.some((column) => String(row[column]).includes('\ufffd'))) {
    yield* byteFaults(row, bytes.get(row['position'] ?? null));
  }
}

function* byteFaults(row: Row, stored: Row | undefined): Generator<string> {
  for (const column of textColumns) {
    const blob = stored?.[column];
    const isSame = blob instanceof Uint8Array && Buffer.from(String(row[column])).equals(blob);
    if (!isSame) yield `column ${column} holds bytes that are no text`;
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

/** A stream whose beginning is gone is listed nowhere; one out of order was moved. */
function checkStreams(database: DatabaseSync, found: string[]): void {
  const headless = database.prepare(
    `SELECT stream, min(revision) AS revision FROM events GROUP BY stream
     HAVING min(revision) <> 0 LIMIT ${sentencesMax}`,
  );
  headless.setReadBigInts(true);
  for (const { stream, revision } of headless.iterate()) {
    const name = JSON.stringify(String(stream));
    found.push(`stream ${name} begins at revision ${String(revision)}; what was before is gone`);
  }
  const moved = database.prepare(
    `SELECT stream, revision, position FROM (
       SELECT stream, revision, position,
         lag(position) OVER (PARTITION BY stream ORDER BY revision) AS before
       FROM events)
     WHERE before > position LIMIT ${sentencesMax}`,
  );
  moved.setReadBigInts(true);
  for (const row of moved.iterate()) {
    found.push(`${placeOf(row)}: column position is before that of the revision before it`);
  }
}

function placeOf({ position, stream, revision }: Row): string {
  const name = JSON.stringify(String(stream));
  return `position ${String(position)} (stream ${name}, revision ${String(revision)})`;
}
