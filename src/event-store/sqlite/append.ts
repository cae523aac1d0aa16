import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { PaymentOrderError } from '../../errors.ts';
import { judgeAppend, takenId, type AppendVerdict, type Refused } from '../judge-append.ts';
import type { AppendResult } from '../event-store.ts';
import type { Batch } from '../prepared.ts';
import { appendError, isConstraint } from './errors.ts';
import type { SqliteRows } from './read.ts';

const queuedAppendsMax = 1_000;
const queuedBytesMax = 64 * 1024 * 1024;
const groupAppendsMax = 256;
const groupBytesMax = 4 * 1024 * 1024;

type Waiting = {
  readonly stream: string;
  readonly batch: Batch;
  readonly expected: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: PaymentOrderError) => void;
};

type Answer = Exclude<AppendVerdict, { kind: 'insert' }> | Refused;

/**
 * Group commit: what is queued in one turn of the event loop shares one transaction and so one
 * wait for the disk, yet each append is decided on its own. Nobody is answered before the commit
 * has returned, since each decision may rest on rows that the same transaction inserted.
 */
export class SqliteAppends {
  readonly #database: DatabaseSync;
  readonly #rows: SqliteRows;
  readonly #committed: () => void;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  #queue: Waiting[] = [];
  #queuedBytes = 0;
  #scheduled = false;
  /** Set when the file proved corrupt: nothing is written to it any more. */
  #corrupt: PaymentOrderError | undefined;

  constructor(database: DatabaseSync, rows: SqliteRows, committed: () => void) {
    this.#database = database;
    this.#rows = rows;
    this.#committed = committed;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
  }

  append(stream: string, batch: Batch, expected: number): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      if (this.#corrupt !== undefined) throw this.#corrupt;
      const bytes = this.#queuedBytes + batch.bytes;
      if (this.#queue.length >= queuedAppendsMax || bytes > queuedBytesMax) throw queueFull(stream);
      this.#queue.push({ stream, batch, expected, resolve, reject });
      this.#queuedBytes = bytes;
      this.#schedule();
    });
  }

  /** Settles everything queued, now. */
  drain(): void {
    while (this.#queue.length > 0) this.#flush();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#queue.length === 0) return;
      this.#flush();
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  #flush(): void {
    const group = this.#takeGroup();
    let answers: readonly Answer[];
    let committing = false;
    try {
      this.#rollBackLeftover();
      this.#begin.run();
      answers = group.map((waiting) => this.#answer(waiting));
      committing = true;
      this.#commit.run();
    } catch (cause) {
      this.#fail(group, cause, committing);
      return;
    }
    for (const [index, { resolve, reject }] of group.entries()) {
      const answer = answers[index];
      if (answer === undefined) continue;
      if (answer.kind === 'refused') reject(answer.error);
      else resolve(answer);
    }
    this.#committed();
  }

  #takeGroup(): readonly Waiting[] {
    let count = 0;
    let bytes = 0;
    for (const { batch } of this.#queue) {
      if (count === groupAppendsMax || (count > 0 && bytes + batch.bytes > groupBytesMax)) break;
      count += 1;
      bytes += batch.bytes;
    }
    this.#queuedBytes -= bytes;
    return this.#queue.splice(0, count);
  }

  #answer({ stream, batch, expected }: Waiting): Answer {
    const decision = judgeAppend(this.#rows, stream, batch, expected);
    if (decision.kind !== 'insert') return decision;
    // A batch of one may be tried: where its id is taken, the index says so and nothing is undone.
    if (batch.events.length === 1) return this.#insertOne(stream, batch, expected);
    return takenId(this.#rows, stream, batch) ?? this.#insert(stream, batch, expected);
  }

  #insertOne(stream: string, batch: Batch, expected: number): Answer {
    try {
      return this.#insert(stream, batch, expected);
    } catch (error) {
      const refused = isConstraint(error) ? takenId(this.#rows, stream, batch) : undefined;
      if (refused === undefined) throw error;
      return refused;
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

  #fail(group: readonly Waiting[], cause: unknown, committing: boolean): void {
    const error = cause instanceof PaymentOrderError ? cause : appendError(cause, committing);
    if (error.code === 'store-corrupt') this.#corrupt = error;
    try {
      this.#rollBackLeftover();
    } catch {
      // The next flush tries again, before it begins.
    }
    for (const { reject } of group) reject(error);
  }

  /** After SQLITE_FULL and others SQLite has rolled back by itself, and ROLLBACK would fail. */
  #rollBackLeftover(): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
  }
}

function queueFull(stream: string): PaymentOrderError {
  const message =
    'Nothing was stored: too much waits to be appended already ' +
    `(limits: ${queuedAppendsMax} appends, ${queuedBytesMax} bytes).`;
  return new PaymentOrderError('store-unavailable', message, { stream });
}
