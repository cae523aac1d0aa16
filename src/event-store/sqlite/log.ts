import { PaymentOrderError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import type { EventStore } from '../event-store.ts';
import { storeClosed } from '../errors.ts';
import { logStore, type Log } from '../log-store.ts';
import { Notifier } from '../notifier.ts';
import { checkFile } from './check.ts';
import { resultCode } from '../../sqlite-errors.ts';
import { readError, readOnly } from './errors.ts';
import type { OpenedFile } from './file.ts';
import { patienceMs, patiently } from '../../sqlite-patience.ts';
import { SqliteRows, type StreamStarts } from './read.ts';
import { SchemaWatch } from './schema.ts';
import { SqliteWriter } from './writer.ts';

export type SqliteStoreOptions = {
  readonly path: string;
  readonly runtime: Runtime;
  /** Reads what is there, creates nothing, refuses to append. An absent file reads as empty. */
  readonly readOnly?: boolean | undefined;
  /** How often a subscription looks for what other processes appended, ms. Default 200. */
  readonly pollMs?: number | undefined;
};

const name = 'SQLite';
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
  const writer = new SqliteWriter({
    ...{ database, path, rows, schema, runtime },
    onCommitted: () => {
      notifier.notify();
    },
  });
  let closed = false;
  const reading = async <Result>(read: () => Result | Promise<Result>): Promise<Result> => {
    try {
      return await patiently(runtime, patienceMs, () => {
        if (closed) throw storeClosed(name);
        return read();
      });
    } catch (error) {
      throw explained(error, schema);
    }
  };
  const readingRows = <Result>(read: () => Result): Promise<Result> =>
    reading(() => {
      const result = read();
      schema.assertOursInTurn();
      return result;
    });
  return {
    name,
    isClosed: () => closed,
    append: (stream, batch, expected) => {
      if (options.readOnly === true) throw readOnly(path, 'appended to', absent);
      return writer.append(stream, batch, expected);
    },
    headPosition: () => readingRows(() => rows.headPosition()),
    page: (after, upTo, prefixes) => readingRows(() => rows.page(after, upTo, prefixes)),
    placeAt: (position) => readingRows(() => rows.placeAt(position)),
    streamPage: (stream, after) => readingRows(() => rows.streamPage(stream, after)),
    last: (stream) => readingRows(() => rows.last(stream)),
    streamNames: () => streamNames((after) => readingRows(() => rows.starts(after))),
    check: (expected) => reading(() => checkFile(database, runtime, expected)),
    // What tells of a commit takes a turn of its own, so none comes between a look and a wait.
    changed: (signal) => {
      if (absent) throw readOnly(path, 'followed', absent);
      return notifier.wait(signal, (wake) => runtime.setTimer(pollMs, wake));
    },
    backup: async (target, examine, signal) => {
      // Loaded where it is needed, as everything that needs SQLite itself.
      const { backupFile } = await import('./backup.ts');
      return backupFile({ path, target, runtime, signal }, async (draft, copy) => {
        const store = sqliteStore(copy, { path: draft, runtime, readOnly: true });
        return examine(store).finally(() => store.close());
      });
    },
    close: async () => {
      closed = true;
      notifier.notify();
      await writer.close();
      database.close();
    },
  };
}

async function* streamNames(
  startsAfter: (position: bigint | null) => Promise<StreamStarts>,
): AsyncGenerator<readonly string[]> {
  let after: bigint | null = null;
  for (;;) {
    const page: StreamStarts = await startsAfter(after);
    const last = page.at(-1);
    if (last === undefined) return;
    if (after !== null && last.position <= after) throw leadsBack(after);
    yield page.map(({ stream }) => stream);
    after = last.position;
  }
}

/** In a damaged file a page may lead back to an earlier one, and so on for ever. */
function leadsBack(after: bigint): PaymentOrderError {
  const position = String(after);
  const message = `what follows position ${position} of the SQLite store leads back to it`;
  return new PaymentOrderError('store-corrupt', message, { position });
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
