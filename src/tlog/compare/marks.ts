/**
 * What the comparison of leaves keeps in the database: the ids that it looks for, and the marks, which
 * count what is to be said of each stream.
 */

import type { DatabaseSync } from 'node:sqlite';

/**
 * What is to be said of an event. Its stream is that of the store now, except of a `missing` one and
 * of one that the stream `lost` to another.
 *
 * - `replaced`: another event, with another id, stands in its place.
 * - `rechained`: the same id in the same place, with another hash.
 * - `shifted`: the same id in the same stream, at another revision.
 * - `exchanged`: the same id in another stream than before, which is `other`.
 */
export type MarkKind =
  'missing' | 'lost' | 'replaced' | 'rechained' | 'shifted' | 'exchanged' | 'inserted' | 'moved';

/** All marks of one kind in a stream, by the one with the lowest revision. */
export type Mark = {
  readonly stream: string;
  readonly kind: MarkKind;
  /** The stream that an exchanged event stood in. */
  readonly other: string;
  readonly revision: number;
  /** The ordinal now; of what is missing, at the checkpoint. */
  readonly number: number;
  readonly revisionThen: number;
  readonly numberThen: number;
  readonly count: number;
};

/**
 * In memory: there are as many marks as altered orders, and as many ids as events whose place now holds
 * another one. In a file they would take ten times as long.
 */
const tables = `
  PRAGMA temp_store = MEMORY;
  CREATE TEMP TABLE sought (
    id TEXT PRIMARY KEY,
    was INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TEMP TABLE marks (
    stream TEXT NOT NULL,
    kind TEXT NOT NULL,
    other TEXT NOT NULL,
    revision INTEGER NOT NULL,
    number INTEGER NOT NULL,
    revisionThen INTEGER,
    numberThen INTEGER,
    count INTEGER NOT NULL,
    highest INTEGER NOT NULL,
    PRIMARY KEY (stream, kind, other)
  ) STRICT, WITHOUT ROWID;
`;

/** Makes the tables, and what reads and fills them. */
export function openMarks(database: DatabaseSync): MarkStatements {
  database.exec(tables);
  return statementsOf(database);
}

export type MarkStatements = ReturnType<typeof statementsOf>;

/** Drops what `openMarks` made. */
export function dropMarks(database: DatabaseSync): void {
  for (const table of ['sought', 'marks']) {
    database.exec(`DROP TABLE IF EXISTS temp.${table}`);
  }
}

/** The marks that `matchLeaves` left, of one stream after the other. */
export function* marksByStream(database: DatabaseSync): Generator<readonly Mark[]> {
  const rows = database.prepare('SELECT * FROM temp.marks ORDER BY stream, kind, other').iterate();
  let marks: Mark[] = [];
  // The strict table has these columns, and only `matchLeaves` writes it.
  for (const mark of rows as Iterable<unknown> as Iterable<Mark>) {
    if (marks[0] !== undefined && marks[0].stream !== mark.stream) {
      yield marks;
      marks = [];
    }
    marks.push(mark);
  }
  if (marks.length > 0) yield marks;
}

function statementsOf(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql);
  /** Adds an event to the marks. An upsert works everything out from what stood there before. */
  const mark = (event: string) =>
    prepare(`
      INSERT INTO temp.marks
        (stream, kind, other, revision, number, revisionThen, numberThen, count, highest)
      SELECT stream, kind, other, revision, number, revisionThen, numberThen, 1, revision
      FROM (${event}) WHERE true
      ON CONFLICT (stream, kind, other) DO UPDATE SET
        number = iif(excluded.revision < revision, excluded.number, number),
        revisionThen = iif(excluded.revision < revision, excluded.revisionThen, revisionThen),
        numberThen = iif(excluded.revision < revision, excluded.numberThen, numberThen),
        revision = min(revision, excluded.revision),
        highest = max(highest, excluded.highest),
        count = count + 1`);
  const then = 'o.revision AS revisionThen, o.number AS numberThen';
  const pair = 'FROM main.leaves c, old.leaves o WHERE c.number = ? AND o.number = ?';
  const lost = (kind: MarkKind) =>
    `SELECT o.stream, '${kind}' AS kind, '' AS other, o.revision, o.number, ${then}`;
  const inserted = `
    SELECT c.stream, 'inserted' AS kind, '' AS other, c.revision, c.number,
      NULL AS revisionThen, NULL AS numberThen
    FROM main.leaves c WHERE c.number = ?`;
  return {
    byNumber: prepare(`
      SELECT o.number AS was FROM old.leaves o
      JOIN main.leaves c ON c.number = o.number AND c.hash = o.hash
      WHERE o.number >= ? AND o.number < ?`),
    byPlace: prepare(`
      SELECT o.number AS was, c.number AS now, c.hash = o.hash AS isSameHash, c.id = o.id AS isSameId
      FROM old.leaves o
      CROSS JOIN main.leaves c ON c.stream = o.stream AND c.revision = o.revision
      WHERE o.number >= ? AND o.number < ? ORDER BY o.number`),
    // The first of several that were kept with one id. The others are looked for by their place.
    seek: prepare(`
      INSERT OR IGNORE INTO temp.sought (id, was)
      SELECT id, number FROM old.leaves WHERE number = ?`),
    byId: prepare(`
      SELECT x.was, c.number AS now, c.hash = o.hash AS isSameHash, 1 AS isSameId
      FROM main.leaves c CROSS JOIN temp.sought x ON x.id = c.id
      CROSS JOIN old.leaves o ON o.number = x.was
      WHERE c.number >= ? AND c.number < ? ORDER BY c.number`),
    isAnySought: prepare('SELECT 1 FROM temp.sought LIMIT 1'),
    isInItsStream: prepare(`SELECT 1 ${pair} AND c.stream = o.stream`),
    markMissing: mark(`${lost('missing')} FROM old.leaves o WHERE o.number = ?`),
    markLost: mark(`${lost('lost')} ${pair} AND c.id = o.id AND c.stream <> o.stream`),
    markAltered: mark(`
      SELECT c.stream, CASE
          WHEN c.id <> o.id THEN 'replaced'
          WHEN c.stream <> o.stream THEN 'exchanged'
          WHEN c.revision <> o.revision THEN 'shifted'
          ELSE 'rechained'
        END AS kind,
        iif(c.id = o.id AND c.stream <> o.stream, o.stream, '') AS other,
        c.revision, c.number, ${then} ${pair}`),
    markMoved: mark(
      `SELECT c.stream, 'moved' AS kind, '' AS other, c.revision, c.number, ${then} ${pair}`,
    ),
    markInserted: mark(inserted),
    markInsertedBelow: mark(`${inserted} AND c.revision < (
      SELECT max(m.highest) FROM temp.marks m
      WHERE m.stream = c.stream AND m.kind IN ('rechained', 'shifted', 'exchanged'))`),
  };
}
