/**
 * Finds each leaf that a checkpoint covers among the leaves of the store now. A leaf that is found by
 * its hash is the same event, untouched: its hash covers its content and its place in its order. The
 * others are found by the event's id, and then by its place. What is left is missing.
 *
 * All is done in SQLite and page by page, so a million events need some bytes each and hold the
 * process for some milliseconds at a time.
 */

import type { DatabaseSync } from 'node:sqlite';
import { nextTurn } from '../../runtime.ts';
import type { Runtime } from '../../runtime.ts';
import { openMarks } from './marks.ts';
import type { MarkStatements } from './marks.ts';
import { unsteady } from './steady.ts';

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
const found = { byHash: 1, byId: 2, byPlace: 3, moved: 4 } as const;

/** What was found out, beside the marks. */
export type Matches = {
  /** Whether the leaf with this number of the store now is an untouched one of the checkpoint. */
  readonly isUntouched: (number: number) => boolean;
};

const pageLeaves = 1_024;

/**
 * Fills `temp.marks` with all that is to be said: a row for each stream and kind, with the lowest
 * revision and the count.
 */
export async function matchLeaves(scope: Scope): Promise<Matches> {
  const matching = new Matching(scope, openMarks(scope.database));
  await matching.findByNumber();
  await matching.findByPlace(({ isSameHash, isSameId }) => isSameHash === 1 || isSameId === 1);
  await matching.findById();
  await matching.findByPlace(() => true);
  await matching.markAltered();
  await matching.markMoved();
  await matching.markInserted();
  return { isUntouched: (number) => matching.isUntouched(number) };
}

type Page = readonly [from: number, to: number];

/** Two leaves that may be the same event. */
type Pair = {
  /** The number at the checkpoint. */
  readonly was: number;
  /** The number in the store now. */
  readonly now: number;
  readonly isSameHash: 0 | 1;
  readonly isSameId: 0 | 1;
};

class Matching {
  readonly #scope: Scope;
  readonly #sql: MarkStatements;
  /** How each leaf of the store now was found. */
  readonly #found: Uint8Array;
  /** For each leaf of the checkpoint that is untouched: its number now, plus one. */
  readonly #nowOf: Uint32Array;
  /** The same for those that were altered. */
  readonly #alteredOf: Uint32Array;

  constructor(scope: Scope, sql: MarkStatements) {
    this.#scope = scope;
    this.#sql = sql;
    this.#found = new Uint8Array(scope.size);
    this.#nowOf = new Uint32Array(scope.oldSize);
    this.#alteredOf = new Uint32Array(scope.oldSize);
  }

  isUntouched(number: number): boolean {
    const how = this.#found[number];
    return how === found.byHash || how === found.moved;
  }

  async findByNumber(): Promise<void> {
    for await (const page of this.#pages(this.#scope.oldSize)) {
      for (const { was } of this.#sql.byNumber.all(...page)) {
        const number = Number(was);
        this.#pair({ was: number, now: number, isSameHash: 1, isSameId: 1 });
      }
    }
  }

  async findByPlace(isFound: (pair: Pair) => boolean): Promise<void> {
    for await (const page of this.#pagesOfAltered()) {
      for (const pair of pairs(this.#sql.byPlace.all(...page))) if (isFound(pair)) this.#pair(pair);
    }
  }

  /** Where the hash is the same, the event is untouched, and one of its two names is a wrong one. */
  async findById(): Promise<void> {
    if (!this.#found.includes(0)) return;
    for await (const [from, to] of this.#pagesOfAltered()) {
      for (let was = from; was < to; was += 1) if (this.#isLost(was)) this.#sql.seek.run(was);
    }
    if (this.#sql.isAnySought.get() === undefined) return;
    for await (const page of this.#pages(this.#scope.size)) {
      for (const pair of pairs(this.#sql.byId.all(...page))) this.#pair(pair);
    }
  }

  async markAltered(): Promise<void> {
    for await (const [from, to] of this.#pagesOfAltered()) {
      for (let was = from; was < to; was += 1) {
        const now = (this.#alteredOf[was] ?? 0) - 1;
        if (this.#isLost(was)) this.#sql.markMissing.run(was);
        if (now < 0) continue;
        this.#sql.markAltered.run(now, was);
        if (this.#found[now] === found.byId) this.#sql.markLost.run(now, was);
      }
    }
  }

  async markMoved(): Promise<void> {
    const nowOf = this.#nowOf;
    await unsteady(nowOf, this.#scope.runtime, (was) => {
      this.#found[(nowOf[was] ?? 0) - 1] = found.moved;
    });
    if (!this.#found.includes(found.moved)) return;
    for await (const [from, to] of this.#pages(this.#scope.oldSize)) {
      for (let was = from; was < to; was += 1) {
        const now = (nowOf[was] ?? 0) - 1;
        if (this.#found[now] !== found.moved) continue;
        this.#sql.markMoved.run(now, was);
        nowOf[was] = 0;
      }
    }
  }

  /** What was not found, and stands before what was: among all events, or in its order. */
  async markInserted(): Promise<void> {
    const end = await this.#end();
    const last = this.#found.findLastIndex((how) => how !== 0);
    for await (const [from, to] of this.#pages(last)) {
      for (let now = from; now < to; now += 1) {
        if (this.#found[now] !== 0) continue;
        if (now < end) this.#sql.markInserted.run(now);
        else this.#sql.markInsertedBelow.run(now);
      }
    }
  }

  /** Where the checkpoint ends now: at the last event that kept its order, or an altered one after it. */
  async #end(): Promise<number> {
    const last = this.#nowOf.findLastIndex((now) => now !== 0);
    let end = (this.#nowOf[last] ?? 0) - 1;
    for (let was = last + 1; was < this.#scope.oldSize; was += 1) {
      if (was % pageLeaves === 0) await nextTurn(this.#scope.runtime);
      const now = (this.#alteredOf[was] ?? 0) - 1;
      if (now <= end || this.#found[now] !== found.byId) continue;
      // An event that was exchanged with one of after the checkpoint may stand far beyond its end.
      if (now < this.#scope.oldSize || this.#sql.isInItsStream.get(now, was) !== undefined)
        end = now;
    }
    return end;
  }

  /** Whether a leaf of the checkpoint was not found so far. */
  #isLost(was: number): boolean {
    return this.#nowOf[was] === 0 && this.#alteredOf[was] === 0;
  }

  /** Does nothing where one of the two has been found: ids and hashes may stand there twice. */
  #pair({ was, now, isSameHash, isSameId }: Pair): void {
    if (this.#found[now] !== 0 || !this.#isLost(was)) return;
    if (isSameHash === 1) this.#nowOf[was] = now + 1;
    else this.#alteredOf[was] = now + 1;
    this.#found[now] =
      isSameHash === 1 ? found.byHash : isSameId === 1 ? found.byId : found.byPlace;
  }

  /** What is done with a page is one transaction: a lock for each event would take longer. */
  async *#pages(
    end: number,
    isSkipped?: (from: number, to: number) => boolean,
  ): AsyncGenerator<Page> {
    const { database, runtime } = this.#scope;
    for (let from = 0; from < end; from += pageLeaves) {
      const to = Math.min(from + pageLeaves, end);
      await nextTurn(runtime);
      if (isSkipped?.(from, to) === true) continue;
      database.exec('BEGIN');
      try {
        yield [from, to];
      } finally {
        database.exec('COMMIT');
      }
    }
  }

  /** The pages of the checkpoint where not all is untouched. */
  #pagesOfAltered(): AsyncGenerator<Page> {
    const nowOf = this.#nowOf;
    return this.#pages(nowOf.length, (from, to) => !nowOf.subarray(from, to).includes(0));
  }
}

/** The statements select these columns of strict tables. */
function pairs(rows: readonly unknown[]): readonly Pair[] {
  return rows as readonly Pair[];
}
