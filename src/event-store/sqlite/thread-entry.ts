/**
 * The thread that writes, with a connection and a clock of its own. It only hosts what also writes
 * on the caller's thread (`append.ts`), and the checkpoints, which wait for the disk too.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { PaymentOrderError } from '../../errors.ts';
import { systemRuntime } from '../../runtime.ts';
import { SqliteAppends } from './append.ts';
import { Checkpoints } from './checkpoints.ts';
import { sentError } from '../../sent-error.ts';
import { appendError } from './errors.ts';
import { identityOf } from './file-identity.ts';
import { openFile } from './file.ts';
import { SqliteRows } from './read.ts';
import { SchemaWatch } from './schema.ts';
import {
  type Answer,
  type FromThread,
  type SentAppend,
  type ThreadInput,
  type ToThread,
} from './thread-messages.ts';

if (parentPort === null) throw new Error('this file is run as a thread, by thread.ts');
const port = parentPort;
// `thread.ts` gave it.
const { path, identity } = workerData as ThreadInput;
const runtime = systemRuntime();

let answers: Answer[] = [];

assertSameFile();
const { database } = await openFile(path, runtime, false);
assertSameFile();
const checkpoints = new Checkpoints(database, runtime);
const appends = new SqliteAppends({
  ...{ database, runtime },
  rows: new SqliteRows(database),
  schema: new SchemaWatch(database, path),
  onCommitted: () => {
    checkpoints.appended();
  },
});
port.on('message', (message: ToThread) => {
  if (message === 'close') close();
  else for (const { number, ...append } of message) void answered(number, append);
});
tell();

async function answered(
  number: number,
  { stream, batch, expected, waitedMs }: Omit<SentAppend, 'number'>,
): Promise<void> {
  try {
    collect({ number, result: await appends.append(stream, batch, expected, waitedMs) });
  } catch (cause) {
    const error = cause instanceof PaymentOrderError ? cause : appendError(cause, true);
    collect({ number, error: sentError(error) });
  }
}

/** The answers to appends that shared a commit are sent together. */
function collect(answer: Answer): void {
  if (answers.push(answer) === 1) queueMicrotask(tell);
}

function tell(): void {
  port.postMessage(answers satisfies FromThread);
  answers = [];
}

/** Asked for once everything is answered. Without its port the thread ends. */
function close(): void {
  checkpoints.close();
  database.close();
  port.close();
}

/** The path may name another file by now, or none, which opening would make. */
function assertSameFile(): void {
  const found = identityOf(path);
  if (found?.dev === identity.dev && found.ino === identity.ino) return;
  throw new Error(`${path} is not the file any more that was opened`);
}
