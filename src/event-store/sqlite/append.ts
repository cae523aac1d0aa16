import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { PaymentOrderError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import type { Batch } from '../batch.ts';
import { tooManyAppends } from '../errors.ts';
import type { AppendResult } from '../event-store.ts';
import { judgeAppend, takenId } from '../judge-append.ts';
import { hasCode } from '../../sqlite-errors.ts';
import { appendError } from './errors.ts';
import { patienceMs, waitMs } from '../../sqlite-patience.ts';
import type { SqliteRows } from './read.ts';
import type { SchemaWatch } from './schema.ts';

const waitingAppendsMax = 1_000;
const waitingBytesMax = 64 * 1024 * 1024;
const groupAppendsMax = 256;
const groupBytesMax = 4 * 1024 * 1024;

type QueuedAppend = {
  readonly stream: string;
  readonly batch: Batch;
  readonly expected: number;
  readonly queuedAtMs: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: PaymentOrderError) => void;
};

/** Decided in the open transaction, and answered once it is committed; an error refuses it. */
type Decided = AppendResult | PaymentOrderError;

/** @throws {PaymentOrderError} `store-unavailable` where one more append may not wait. */
export function assertRoom(stream: string, waiting: number, bytes: number): void {
  if (waiting < waitingAppendsMax && bytes <= waitingBytesMax) return;
  throw tooManyAppends(stream, 'waiting', waitingAppendsMax, waitingBytesMax);
}

/**
 * Group commit. Waiting for the disk costs far more than writing, so what is queued in one turn of
 * the event loop shares one transaction; each append is still decided on its own.
 *
 * No append is answered before COMMIT has returned, since a decision may rest on rows that the same
 * transaction inserted. Where COMMIT fails, SQLite does not say whether the rows are stored; a full
 * disk and an I/O error are in doubt even before it. Some errors roll back by themselves, others
 * leave the transaction open, so both are made good before the next one begins.
 *
 * It blocks the thread it runs on while the disk works; which one that is, `writer.ts` says.
 *
 * While another process holds the write lock, all wait in the order they were given, each for its
 * own 5 s.
 */
export class SqliteAppends {
  readonly #database: DatabaseSync;
  readonly #rows: SqliteRows;
  readonly #schema: SchemaWatch;
  readonly #runtime: Runtime;
  readonly #onCommitted: () => void;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  #queue: QueuedAppend[] = [];
  #queuedBytes = 0;
  #scheduled = false;
  /** How often in a row the write lock was held by another process. */
  #waits = 0;
  #onIdle: (() => void)[] = [];
  /** Set once the file proved corrupt: nothing more is written to it. */
  #corrupt: PaymentOrderError | undefined;

  constructor(given: {
    readonly database: DatabaseSync;
    readonly rows: SqliteRows;
    readonly schema: SchemaWatch;
    readonly runtime: Runtime;
    readonly onCommitted: () => void;
  }) {
    this.#database = given.database;
    this.#rows = given.rows;
    this.#schema = given.schema;
    this.#runtime = given.runtime;
    this.#onCommitted = given.onCommitted;
    this.#begin = given.database.prepare('BEGIN IMMEDIATE');
    this.#commit = given.database.prepare('COMMIT');
  }

  /** Nothing more is written to a file that proved corrupt. */
  get isCorrupt(): boolean {
    return this.#corrupt !== undefined;
  }

  /** `waitedMs`: how long it has waited elsewhere. */
  append(stream: string, batch: Batch, expected: number, waitedMs = 0): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      if (this.#corrupt !== undefined) throw this.#corrupt;
      assertRoom(stream, this.#queue.length, this.#queuedBytes + batch.bytes);
      const queuedAtMs = this.#runtime.monotonicMs() - waitedMs;
      this.#queue.push({ stream, batch, expected, queuedAtMs, resolve, reject });
      this.#queuedBytes += batch.bytes;
      this.#schedule();
    });
  }

  /** Resolves when everything queued is settled. */
  async drain(): Promise<void> {
    if (this.#queue.length > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** One run at a time, until the queue is empty. */
  #schedule(): void {
    if (this.#queue.length === 0) for (const wake of this.#onIdle.splice(0)) wake();
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    const run = (): void => {
      this.#scheduled = false;
      if (this.#queue.length > 0) this.#flush();
      this.#schedule();
    };
    if (this.#waits === 0) setImmediate(run);
    else this.#runtime.setTimer(waitMs(this.#runtime, this.#waits), run);
  }

  #flush(): void {
    try {
      this.#rollBackLeftover();
      this.#begin.run();
      this.#waits = 0;
    } catch (cause) {
      if (hasCode(cause, 'busy')) this.#waitLonger(cause);
      else this.#fail(this.#takeGroup(), cause, false);
      return;
    }
    const group = this.#takeGroup();
    let decided: readonly Decided[];
    let committing = false;
    try {
      this.#schema.assertOurs();
      decided = group.map((queued) => this.#decide(queued));
      committing = true;
      this.#commit.run();
    } catch (cause) {
      this.#fail(group, cause, committing);
      return;
    }
    for (const [index, { resolve, reject }] of group.entries()) {
      const result = decided[index];
      if (result === undefined) continue;
      if (result instanceof PaymentOrderError) reject(result);
      else resolve(result);
    }
    this.#onCommitted();
  }

  /** Fails those that have waited long enough; the others keep their places. */
  #waitLonger(cause: unknown): void {
    this.#waits += 1;
    const leastMs = this.#runtime.monotonicMs() - patienceMs;
    const kept = this.#queue.findIndex(({ queuedAtMs }) => queuedAtMs >= leastMs);
    this.#fail(this.#take(kept === -1 ? this.#queue.length : kept), cause, false);
  }

  #takeGroup(): readonly QueuedAppend[] {
    let count = 0;
    let bytes = 0;
    for (const { batch } of this.#queue) {
      if (count === groupAppendsMax || (count > 0 && bytes + batch.bytes > groupBytesMax)) break;
      count += 1;
      bytes += batch.bytes;
    }
    return this.#take(count);
  }

  #take(count: number): readonly QueuedAppend[] {
    const taken = this.#queue.splice(0, count);
    for (const { batch } of taken) this.#queuedBytes -= batch.bytes;
    return taken;
  }

  #decide({ stream, batch, expected }: QueuedAppend): Decided {
    const verdict = judgeAppend(this.#rows, stream, batch, expected);
    if (verdict.kind !== 'insert') return verdict;
    // A batch of one is simply tried: where its id is taken, the index refuses it whole.
    if (batch.events.length === 1) return this.#insertOne(stream, batch, expected);
    return takenId(this.#rows, stream, batch) ?? this.#insert(stream, batch, expected);
  }

  #insertOne(stream: string, batch: Batch, expected: number): Decided {
    try {
      return this.#insert(stream, batch, expected);
    } catch (error) {
      const refusal = hasCode(error, 'constraint') ? takenId(this.#rows, stream, batch) : undefined;
      if (refusal === undefined) throw error;
      return refusal;
    }
  }

  #insert(stream: string, batch: Batch, expected: number): AppendResult {
    const last = expected + batch.events.length;
    let revision = expected;
    let position = 0;
    for (const event of batch.events) {
      revision += 1;
      position = this.#rows.insert(stream, revision, event, last);
    }
    return { kind: 'appended', revision, position: String(position), settled: 'first-try' };
  }

  #fail(group: readonly QueuedAppend[], cause: unknown, committing: boolean): void {
    const error = cause instanceof PaymentOrderError ? cause : appendError(cause, committing);
    if (error.code === 'store-corrupt') this.#corrupt = error;
    try {
      this.#rollBackLeftover();
    } catch {
      // The next flush tries again, before it begins.
    }
    for (const { reject } of group) reject(error);
  }

  #rollBackLeftover(): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
  }
}
