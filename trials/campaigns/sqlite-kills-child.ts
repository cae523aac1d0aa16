import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import type { ExpectedRevision, PreparedEvent } from '../../src/event-store/event-store.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';

/** What a child of `sqlite-kills` does until it dies. */
export type Task = {
  readonly path: string;
  /** Streams that only this child writes, all at once; queued appends share a transaction. */
  readonly streams: readonly string[];
  readonly seed: number;
  /** Characters in each event; a few MB of log are moved into the file while it goes on. */
  readonly characters: number;
  /** Kills itself right after it reported this many acknowledgements. */
  readonly diesAfter: number | null;
};

/** A batch that is about to be appended. */
export type Intent = {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly PreparedEvent[];
};

export type Message =
  | { readonly kind: 'intends'; readonly intent: Intent }
  | { readonly kind: 'acknowledged'; readonly stream: string; readonly revision: number };

// `sqlite-kills.ts` wrote it.
const orders = JSON.parse(process.argv[2] ?? '') as Task;
const draws = simulatedRuntime({ seed: orders.seed });
const store = await openSqliteStore({ path: orders.path, runtime: systemRuntime() });
// A killed process cannot do this at its end.
flushCompileCache();
let acknowledged = 0;

/** Synchronous: the line is written before anything else happens in this process. */
function send(message: Message): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

async function write(stream: string): Promise<never> {
  for (;;) {
    const last = await store.readLast(stream);
    const expected = last === null ? 'no-stream' : last.revision;
    const events = Array.from({ length: 1 + Math.floor(draws.random() * 3) }, () => ({
      id: draws.newId(),
      type: 'Appended',
      metadata: { pid: process.pid, 关单: draws.random() },
      data: {
        text: 'x'.repeat(Math.floor(draws.random() * orders.characters)),
        number: draws.random(),
      },
    }));
    send({ kind: 'intends', intent: { stream, expected, events } });
    const result = await store.append(stream, events, expected);
    if (result.kind === 'conflict') throw new Error(`another writer appended to ${stream}`);
    send({ kind: 'acknowledged', stream, revision: result.revision });
    acknowledged += 1;
    if (acknowledged === orders.diesAfter) process.kill(process.pid, 'SIGKILL');
  }
}

await Promise.all(orders.streams.map(write));
