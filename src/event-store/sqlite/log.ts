import { PaymentOrderError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import type { EventStore } from '../event-store.ts';
import { logStore, type Log } from '../log-store.ts';
import { Notifier } from '../notifier.ts';
import { SqliteAppends } from './append.ts';
import { checkFile } from './check.ts';
import { readError, readOnly, resultCode } from './errors.ts';
import type { OpenedFile } from './file.ts';
import { SqliteRows, type StreamStarts } from './read.ts';
import { SchemaWatch } from './schema.ts';

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
  return logStore(sqliteLog(file, options), options.runtime);
}

/**
 * A process does not learn of the commits of another one, so followers poll. The commits of this
 * process wake them at once.
 */
function sqliteLog({ database, absent }: OpenedFile, options: SqliteStoreOptions): Log {
  const { path, runtime, pollMs = pollMsDefault } = options;
  const rows = new SqliteRows(database);
  const notifier = new Notifier();
  const schema = new SchemaWatch(database, path);
  const appends = new SqliteAppends(database, rows, schema, () => {
    notifier.notify();
  });
  const reading = <Result>(read: () => Result): Result => {
    try {
      const result = read();
      schema.assertOurs();
      return result;
    } catch (error) {
      throw explained(error, schema);
    }
  };
  let closed = false;
  return {
    name: 'SQLite',
    isClosed: () => closed,
    append: (stream, batch, expected) => {
      if (options.readOnly === true) throw readOnly(path, 'appended to', absent);
      return appends.append(stream, batch, expected);
    },
    headPosition: () => reading(() => rows.headPosition()),
    page: (after, upTo, prefix) => reading(() => rows.page(after, upTo, prefix)),
    streamPage: (stream, after) => reading(() => rows.streamPage(stream, after)),
    last: (stream) => reading(() => rows.last(stream)),
    streamNames: () => streamNames((after) => reading(() => rows.starts(after))),
    check: (expected) =>
      checkFile(database, runtime, expected).catch((error: unknown) => {
        throw readError(error, readingFailed);
      }),
    changed: (signal) => {
      if (absent) throw readOnly(path, 'followed', absent);
      return notifier.wait(signal, (wake) => runtime.setTimer(pollMs, wake));
    },
    close: () => {
      closed = true;
      appends.drain();
      notifier.notify();
      database.close();
    },
  };
}

function* streamNames(
  startsAfter: (position: bigint | null) => StreamStarts,
): Generator<readonly string[]> {
  let after: bigint | null = null;
  for (;;) {
    const page: StreamStarts = startsAfter(after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page.map(({ stream }) => stream);
    after = last.position;
  }
}

const readingFailed = 'reading from the SQLite store failed';

/** Where a statement does not fit the schema, the schema says more than the error. */
function explained(error: unknown, schema: SchemaWatch): unknown {
  try {
    if (resultCode(error) !== undefined) schema.assertOurs();
  } catch (fault) {
    if (fault instanceof PaymentOrderError) return fault;
  }
  return readError(error, readingFailed);
}
