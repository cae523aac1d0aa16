import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import type { ExpectedRevision, PreparedEvent } from '../../src/event-store/event-store.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';

/** What a child of `sqlite-kills` is to do until it dies. */
export type Orders = {
  readonly path: string;
  /** Written at once, by nobody else; what is queued together shares a transaction. */
  readonly streams: readonly string[];
  readonly seed: number;
  /** Characters in each event; a few MB of log are moved into the file while it goes on. */
  readonly characters: number;
  /** Dies by its own hand in the very turn in which it told so many acknowledgements. */
  readonly diesAfter: number | null;
};

/** A batch that is about to be appended. */
export type Intent = {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly PreparedEvent[];
};

export type Told =
  | { readonly kind: 'intends'; readonly intent: Intent }
  | { readonly kind: 'acknowledged'; readonly stream: string; readonly revision: number };

// `sqlite-kills.ts` wrote it.
const orders = JSON.parse(process.argv[2] ?? '') as Orders;
const dice = simulatedRuntime({ seed: orders.seed });
const store = await openSqliteStore({ path: orders.path, runtime: systemRuntime() });
// Who is killed never gets to leave this to its end.
flushCompileCache();
let acknowledged = 0;

/** Synchronous: the line is out before anything else happens in this process. */
function tell(told: Told): void {
  writeSync(1, `${JSON.stringify(told)}\n`);
}

async function write(stream: string): Promise<never> {
  for (;;) {
    const last = await store.readLast(stream);
    const expected = last === null ? 'no-stream' : last.revision;
    const events = Array.from({ length: 1 + Math.floor(dice.random() * 3) }, () => ({
      id: dice.newId(),
      type: 'Appended',
      metadata: { pid: process.pid, 关单: dice.random() },
      data: {
        text: 'x'.repeat(Math.floor(dice.random() * orders.characters)),
        number: dice.random(),
      },
    }));
    tell({ kind: 'intends', intent: { stream, expected, events } });
    const result = await store.append(stream, events, expected);
    if (result.kind === 'conflict') throw new Error(`somebody else wrote to ${stream}`);
    tell({ kind: 'acknowledged', stream, revision: result.revision });
    acknowledged += 1;
    if (acknowledged === orders.diesAfter) process.kill(process.pid, 'SIGKILL');
  }
}

await Promise.all(orders.streams.map(write));
