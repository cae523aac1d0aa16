/**
 * Finds each leaf that a checkpoint covers among the leaves of the store now. A leaf that is found by
 * its hash is the same event, untouched: its hash covers its content and its place in its order. The
 * others are found by the event's id, and then by its place. What is left is missing.
 *
 * All is done in SQLite and page by page, so a million events need some bytes each and hold the
 * process for some milliseconds at a time.
 */

import type { DatabaseSync } from 'node:sqlite';
import { nextTurn } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import { unsteady } from './steady.ts';

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

export type Scope = {
  /** The leaves of the store now in `main`, and those of the checkpoint attached as `old`. */
  readonly database: DatabaseSync;
  /** How many of the old leaves the checkpoint covers. */
  readonly oldSize: number;
  /** How many leaves the store has now. */
  readonly size: number;
  readonly runtime: Pick<Runtime, 'monotonicMs'>;
};

/** By what a leaf of the store now was found to be one of the checkpoint's. */
const found = { byHash: 1, byId: 2, byPlace: 3 } as const;

/** What was found out. The tables `temp.changed` and `temp.marks` belong to it. */
export type Matches = {
  /** Whether the leaf with this number of the store now is an untouched one of the checkpoint. */
  readonly isUntouched: (number: number) => boolean;
};

const pageLeaves = 1_024;

const tables = `
  CREATE TEMP TABLE changed (was INTEGER PRIMARY KEY, id TEXT NOT NULL, now INTEGER) STRICT;
  CREATE INDEX temp.changed_by_id ON changed (id);
  CREATE TEMP TABLE highest (stream TEXT PRIMARY KEY, revision INTEGER NOT NULL) STRICT;
  CREATE TEMP TABLE marks (
    stream TEXT NOT NULL,
    kind TEXT NOT NULL,
    other TEXT NOT NULL,
    revision INTEGER NOT NULL,
    number INTEGER NOT NULL,
    revision_then INTEGER,
    number_then INTEGER,
    PRIMARY KEY (stream, kind, other, revision, number)
  ) STRICT, WITHOUT ROWID;
`;

/** Drops what `matchLeaves` left in the database. */
export function forgetMatches(database: DatabaseSync): void {
  for (const table of ['changed', 'highest', 'marks']) {
    database.exec(`DROP TABLE IF EXISTS temp.${table}`);
  }
}

/** Fills `temp.marks` with a row for everything that is to be said. */
export async function matchLeaves(scope: Scope): Promise<Matches> {
  scope.database.exec(tables);
  const matching = new Matching(scope);
  await matching.byHash();
  await matching.byId();
  await matching.byPlace();
  await matching.markChanged();
  await matching.markMoved();
  await matching.markInserted();
  return { isUntouched: (number) => matching.isUntouched(number) };
}

class Matching {
  readonly #scope: Scope;
  readonly #sql: ReturnType<typeof statementsOf>;
  /** How each leaf of the store now was found. */
  readonly #found: Uint8Array;
  /** For each leaf of the checkpoint that is untouched: its number now, plus one. */
  readonly #nowOf: Uint32Array;

  constructor(scope: Scope) {
    this.#scope = scope;
    this.#sql = statementsOf(scope.database);
    this.#found = new Uint8Array(scope.size);
    this.#nowOf = new Uint32Array(scope.oldSize);
  }

  isUntouched(number: number): boolean {
    return this.#found[number] === found.byHash;
  }

  async byHash(): Promise<void> {
    for await (const page of this.#pages(this.#scope.oldSize)) {
      for (const { was, now } of pairs(this.#sql.byHash.all(...page))) {
        if (now === null || this.#found[now] !== 0) this.#sql.change.run(was);
        else this.#untouched(was, now);
      }
    }
  }

  async byId(): Promise<void> {
    if (!this.#isAnyChanged()) return;
    for await (const page of this.#pages(this.#scope.size)) {
      for (const { was, now } of pairs(this.#sql.byId.all(...page))) {
        if (now === null || !this.#pair(was, now, found.byId)) continue;
        this.#sql.raise.run(now);
        // Its hash covers its place. So it is untouched, and one of its two names is a wrong one.
        if (this.#sql.forgetUntouched.run(was).changes > 0) this.#untouched(was, now);
      }
    }
  }

  async byPlace(): Promise<void> {
    if (!this.#isAnyChanged()) return;
    for await (const page of this.#pages(this.#scope.oldSize)) {
      for (const { was, now } of pairs(this.#sql.byPlace.all(...page))) {
        if (now !== null) this.#pair(was, now, found.byPlace);
      }
    }
  }

  async markChanged(): Promise<void> {
    if (!this.#isAnyChanged()) return;
    for await (const page of this.#pages(this.#scope.oldSize)) {
      this.#sql.markChanged.run(...page);
      this.#sql.markLost.run(...page);
    }
  }

  async markMoved(): Promise<void> {
    const nowOf = this.#nowOf;
    await unsteady(nowOf, this.#scope.runtime, (was) => {
      this.#sql.markMoved.run(was, (nowOf[was] ?? 0) - 1);
      nowOf[was] = 0;
    });
  }

  /** What was not found, and stands before what was: among all events, or in its order. */
  async markInserted(): Promise<void> {
    const end = await this.#end();
    let last = this.#found.length - 1;
    while (last >= 0 && this.#found[last] === 0) last -= 1;
    for (let now = 0; now < last; now += 1) {
      if (now % pageLeaves === 0) await nextTurn(this.#scope.runtime);
      if (this.#found[now] !== 0) continue;
      if (now < end) this.#sql.markInserted.run(now);
      else this.#sql.markInsertedBelow.run(now);
    }
  }

  /** Where the checkpoint ends in the store now: at the last untouched event, or an altered one after it. */
  async #end(): Promise<number> {
    const { oldSize } = this.#scope;
    const last = this.#nowOf.findLastIndex((now) => now !== 0);
    let end = (this.#nowOf[last] ?? 0) - 1;
    if (!this.#isAnyChanged()) return end;
    for await (const page of this.#pages(oldSize)) {
      const altered = this.#sql.lastAltered.get(...page, last, oldSize)?.['now'];
      if (typeof altered === 'number') end = Math.max(end, altered);
    }
    return end;
  }

  #isAnyChanged(): boolean {
    return this.#sql.anyChanged.get() !== undefined;
  }

  #untouched(was: number, now: number): void {
    this.#found[now] = found.byHash;
    this.#nowOf[was] = now + 1;
  }

  /** False where one of the two is of another pair already: ids and hashes may stand there twice. */
  #pair(was: number, now: number, how: 2 | 3): boolean {
    if (this.#found[now] !== 0 || this.#sql.pair.run(now, was).changes === 0) return false;
    this.#found[now] = how;
    return true;
  }

  async *#pages(end: number): AsyncGenerator<readonly [from: number, to: number]> {
    for (let from = 0; from < end; from += pageLeaves) {
      await nextTurn(this.#scope.runtime);
      yield [from, Math.min(from + pageLeaves, end)];
    }
  }
}

type Pair = { readonly was: number; readonly now: number | null };

/** The statements select these two columns, both of strict tables. */
function pairs(rows: readonly unknown[]): readonly Pair[] {
  return rows as readonly Pair[];
}

function statementsOf(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql);
  const altered = `
    FROM temp.changed x
    JOIN old.leaves o ON o.number = x.was
    LEFT JOIN main.leaves c ON c.number = x.now
    WHERE x.was >= ? AND x.was < ?`;
  const insertMark =
    'INSERT OR IGNORE INTO temp.marks (stream, kind, other, revision, number, revision_then, number_then)';
  const insertInserted = `${insertMark}
    SELECT c.stream, 'inserted', '', c.revision, c.number, NULL, NULL
    FROM main.leaves c WHERE c.number = ?`;
  return {
    byHash: prepare(`
      SELECT o.number AS was, CASE WHEN s.hash = o.hash THEN s.number ELSE (
        SELECT c.number FROM main.leaves c
        WHERE c.stream = o.stream AND c.revision = o.revision AND c.hash = o.hash
      ) END AS now
      FROM old.leaves o LEFT JOIN main.leaves s ON s.number = o.number
      WHERE o.number >= ? AND o.number < ? ORDER BY o.number`),
    change: prepare(
      'INSERT INTO temp.changed (was, id) SELECT number, id FROM old.leaves WHERE number = ?',
    ),
    anyChanged: prepare('SELECT 1 FROM temp.changed LIMIT 1'),
    byId: prepare(`
      SELECT x.was, c.number AS now FROM main.leaves c CROSS JOIN temp.changed x ON x.id = c.id
      WHERE c.number >= ? AND c.number < ? AND x.now IS NULL ORDER BY c.number`),
    byPlace: prepare(`
      SELECT x.was, c.number AS now FROM temp.changed x
      CROSS JOIN old.leaves o ON o.number = x.was
      CROSS JOIN main.leaves c ON c.stream = o.stream AND c.revision = o.revision
      WHERE x.was >= ? AND x.was < ? AND x.now IS NULL ORDER BY x.was`),
    pair: prepare('UPDATE temp.changed SET now = ? WHERE was = ? AND now IS NULL'),
    forgetUntouched: prepare(`
      DELETE FROM temp.changed WHERE was = ? AND (SELECT o.hash FROM old.leaves o WHERE o.number = was)
        = (SELECT c.hash FROM main.leaves c WHERE c.number = now)`),
    raise: prepare(`
      INSERT INTO temp.highest (stream, revision)
      SELECT stream, revision FROM main.leaves WHERE number = ?
      ON CONFLICT (stream) DO UPDATE SET revision = max(revision, excluded.revision)`),
    markChanged: prepare(`${insertMark}
      SELECT coalesce(c.stream, o.stream),
        CASE
          WHEN c.number IS NULL THEN 'missing'
          WHEN c.id <> o.id THEN 'replaced'
          WHEN c.stream <> o.stream THEN 'exchanged'
          WHEN c.revision <> o.revision THEN 'shifted'
          ELSE 'rechained'
        END,
        CASE WHEN c.id = o.id AND c.stream <> o.stream THEN o.stream ELSE '' END,
        coalesce(c.revision, o.revision), coalesce(c.number, o.number), o.revision, o.number
      ${altered}`),
    markLost: prepare(`${insertMark}
      SELECT o.stream, 'lost', '', o.revision, o.number, NULL, NULL
      ${altered} AND c.id = o.id AND c.stream <> o.stream`),
    markMoved: prepare(`${insertMark}
      SELECT o.stream, 'moved', '', o.revision, c.number, o.revision, o.number
      FROM old.leaves o JOIN main.leaves c WHERE o.number = ? AND c.number = ?`),
    lastAltered: prepare(`
      SELECT max(x.now) AS now ${altered}
      AND x.was > ? AND c.id = o.id AND (c.stream = o.stream OR x.now < ?)`),
    markInserted: prepare(insertInserted),
    markInsertedBelow: prepare(`${insertInserted}
      AND c.revision < (SELECT h.revision FROM temp.highest h WHERE h.stream = c.stream)`),
  };
}
