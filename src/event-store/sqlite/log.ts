import type { PaymentOrderError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import type { Batch, EventRow } from '../batch.ts';
import type { AppendResult, EventStore, StoreExpectations } from '../event-store.ts';
import { logStore, type Log, type Page, type StreamPage } from '../log-store.ts';
import { Notifier } from '../notifier.ts';
import { SqliteAppends } from './append.ts';
import { checkFile } from './check.ts';
import { readError, readOnly } from './errors.ts';
import type { OpenedFile } from './file.ts';
import { SqliteRows, type StreamStarts } from './read.ts';

export type SqliteStoreOptions = {
  readonly path: string;
  readonly runtime: Runtime;
  /** Reads what is there, creates nothing, refuses to append. An absent file reads as empty. */
  readonly readOnly?: boolean | undefined;
  /** How often a subscription looks for what other processes appended, ms. Default 200. */
  readonly pollMs?: number | undefined;
};

const pollMsDefault = 200;

/** The store in an opened file. Separate from opening, so that tests can prepare the connection. */
export function sqliteStore(file: OpenedFile, options: SqliteStoreOptions): EventStore {
  return logStore(new SqliteLog(file, options));
}

/**
 * A process does not learn of the commits of another one, so followers poll. The commits of this
 * process wake them at once.
 */
class SqliteLog implements Log {
  readonly name = 'SQLite';
  readonly #file: OpenedFile;
  readonly #options: SqliteStoreOptions;
  readonly #rows: SqliteRows;
  readonly #appends: SqliteAppends;
  readonly #notifier = new Notifier();
  #closed = false;

  constructor(file: OpenedFile, options: SqliteStoreOptions) {
    this.#file = file;
    this.#options = options;
    this.#rows = new SqliteRows(file.database);
    this.#appends = new SqliteAppends(file.database, this.#rows, () => {
      this.#notifier.notify();
    });
  }

  isClosed(): boolean {
    return this.#closed;
  }

  append(stream: string, batch: Batch, expected: number): Promise<AppendResult> {
    if (this.#options.readOnly === true) throw this.#refusal('appended to');
    return this.#appends.append(stream, batch, expected);
  }

  headPosition(): number {
    return reading(() => this.#rows.headPosition());
  }

  page(after: number, upTo: number, prefix: string): Page {
    return reading(() => this.#rows.page(after, upTo, prefix));
  }

  streamPage(stream: string, after: number): StreamPage {
    return reading(() => this.#rows.streamPage(stream, after));
  }

  last(stream: string): EventRow | undefined {
    return reading(() => this.#rows.last(stream));
  }

  *streamNames(): Generator<readonly string[]> {
    let after: bigint | null = null;
    for (;;) {
      const page: StreamStarts = this.#startsAfter(after);
      const last = page.at(-1);
      if (last === undefined) return;
      yield page.map(({ stream }) => stream);
      after = last.position;
    }
  }

  async check(expected: StoreExpectations): Promise<readonly string[]> {
    try {
      return await checkFile(this.#file.database, expected);
    } catch (error) {
      throw readError(error, readingFailed);
    }
  }

  changed(signal: AbortSignal): Promise<void> {
    if (this.#file.absent) throw this.#refusal('followed');
    const { runtime, pollMs = pollMsDefault } = this.#options;
    return this.#notifier.wait(signal, (wake) => runtime.setTimer(pollMs, wake));
  }

  close(): void {
    this.#closed = true;
    this.#appends.drain();
    this.#notifier.notify();
    this.#file.database.close();
  }

  #startsAfter(after: bigint | null): StreamStarts {
    return reading(() => this.#rows.starts(after));
  }

  #refusal(action: string): PaymentOrderError {
    return readOnly(this.#options.path, action, this.#file.absent);
  }
}

const readingFailed = 'reading from the SQLite store failed';

function reading<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw readError(error, readingFailed);
  }
}
