import { PaymentOrderError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import { Notifier } from '../notifier.ts';
import type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  PreparedEvent,
  RecordedEvent,
  StoreExpectations,
} from '../event-store.ts';
import { checkPrefix, checkStream, headExpected, positionNumber } from '../inputs.ts';
import { followLog, nextTurn, readLog, readStream, recorded, type Log } from '../log-store.ts';
import { prepareBatch } from '../prepared.ts';
import { SqliteAppends } from './append.ts';
import { checkFile } from './check.ts';
import { readError, schemaError } from './errors.ts';
import { openFile, type OpenedFile } from './file.ts';
import { SqliteRows } from './read.ts';

export type SqliteStoreOptions = {
  readonly path: string;
  readonly runtime: Runtime;
  /** Reads what is there, creates nothing, refuses to append. An absent file reads as empty. */
  readonly readOnly?: boolean;
  /** How often a subscription looks for what other processes appended. */
  readonly pollMs?: number;
};

/** Ours begin at 1; a file that somebody altered may hold any. */
const beforeAllPositions = -(2n ** 63n);
const pollMsDefault = 200;

/**
 * Opens a store in one file that several processes may share. Throws `store-not-ours`,
 * `store-newer` or `store-corrupt` and leaves such a file untouched, or `store-unavailable`.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<EventStore> {
  const file = await openFile(options.path, options.runtime, options.readOnly ?? false);
  try {
    return new SqliteStore(file, options);
  } catch (error) {
    file.database.close();
    throw schemaError(error, `Opening the SQLite store at ${options.path} failed`);
  }
}

/** Exported for tests that prepare the connection; others call `openSqliteStore`. */
export class SqliteStore implements EventStore {
  readonly #file: OpenedFile;
  readonly #options: SqliteStoreOptions;
  readonly #rows: SqliteRows;
  readonly #appends: SqliteAppends;
  readonly #bell = new Notifier();
  #closed = false;

  constructor(file: OpenedFile, options: SqliteStoreOptions) {
    this.#file = file;
    this.#options = options;
    this.#rows = new SqliteRows(file.database);
    this.#appends = new SqliteAppends(file.database, this.#rows, () => {
      this.#bell.ring();
    });
  }

  async append(
    stream: string,
    events: readonly PreparedEvent[],
    expected: ExpectedRevision,
  ): Promise<AppendResult> {
    this.#checkOpen();
    checkStream(stream);
    const head = headExpected(expected);
    const batch = prepareBatch(stream, events);
    if (this.#options.readOnly === true) throw this.#refused('append to');
    return this.#appends.append(stream, batch, head);
  }

  read(stream: string, fromRevision = 0): AsyncGenerator<RecordedEvent, void, undefined> {
    return readStream(this.#log, stream, fromRevision);
  }

  readLast(stream: string): Promise<RecordedEvent | null> {
    return new Promise((resolve) => {
      checkStream(stream);
      const last = this.#reading(() => this.#rows.last(stream));
      resolve(last === undefined ? null : recorded(last));
    });
  }

  readAll(
    afterPosition: string | null,
    prefix: string,
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    return readLog(this.#log, afterPosition, prefix);
  }

  async *subscribe(
    afterPosition: string | null,
    prefix: string,
    signal: AbortSignal,
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    this.#checkOpen();
    checkPrefix(prefix);
    const after = positionNumber(afterPosition);
    if (this.#file.absent) throw this.#refused('subscribe to');
    yield* followLog(this.#log, after, prefix, signal);
  }

  async *streams(prefix: string): AsyncGenerator<string, void, undefined> {
    checkPrefix(prefix);
    let after = beforeAllPositions;
    for (;;) {
      const from = after;
      const starts = this.#reading(() => this.#rows.starts(from));
      if (starts.length === 0) return;
      for (const { stream, position } of starts) {
        if (stream.startsWith(prefix)) yield stream;
        after = position;
      }
      await nextTurn();
    }
  }

  async check(expected: StoreExpectations = {}): Promise<readonly string[]> {
    this.#checkOpen();
    try {
      return await checkFile(this.#file.database, expected);
    } catch (error) {
      throw readError(error, 'Reading from the SQLite store failed');
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#closed) {
        this.#closed = true;
        this.#appends.drain();
        this.#bell.ring();
        this.#file.database.close();
      }
      resolve();
    });
  }

  readonly #log: Log = {
    headPosition: () => this.#reading(() => this.#rows.headPosition()),
    page: (after, upTo, prefix) => this.#reading(() => this.#rows.page(after, upTo, prefix)),
    streamPage: (stream, after) => this.#reading(() => this.#rows.streamPage(stream, after)),
    isClosed: () => this.#closed,
    // Own appends ring; those of other processes are looked for at every poll.
    changed: (signal) =>
      this.#bell.wait(signal, (wake) =>
        this.#options.runtime.setTimer(this.#options.pollMs ?? pollMsDefault, wake),
      ),
  };

  #reading<Result>(read: () => Result): Result {
    this.#checkOpen();
    try {
      return read();
    } catch (error) {
      throw readError(error, 'Reading from the SQLite store failed');
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new PaymentOrderError('store-closed', 'The SQLite store is closed.');
  }

  #refused(action: string): PaymentOrderError {
    const why = this.#file.absent ? 'there is no file, and it was opened' : 'it was opened';
    const message = `Cannot ${action} the SQLite store ${this.#options.path}: ${why} to read only.`;
    return new PaymentOrderError('store-read-only', message);
  }
}
