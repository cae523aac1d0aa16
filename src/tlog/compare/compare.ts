/**
 * Names what differs between the events that a checkpoint covers and the store now. A root says only
 * that something does. The leaves that gave the root say what, wherever they were kept: a leaf is an
 * event's hash, and the checkpoint proves all of them. The stream, revision and id that were kept
 * with a leaf are not proven. So an event is untouched where its hash is still there, and the kept
 * names serve to say what is not.
 *
 * One alteration changes all hashes after it in its order. So there is one fault for each order and
 * kind, with the first event and how many there are.
 */

import type { DatabaseSync } from 'node:sqlite';
import { nextTurn } from '../../runtime.ts';
import type { Runtime } from '../../runtime.ts';
import { faultsOf } from './differences.ts';
import { dropMarks, marksByStream } from './marks.ts';
import { matchLeaves } from './match-leaves.ts';
import type { LogFault } from '../types.ts';

export type Comparison = {
  /** At most 1,000, in the order of the log. Empty only where nothing differs. */
  readonly faults: readonly LogFault[];
  /** How many faults there are beyond those. */
  readonly further: number;
};

const faultsMax = 1_000;

/**
 * Compares the first `oldSize` leaves of a checkpoint with the leaves of the store now. The caller
 * has shown that the old leaves give the checkpoint's root.
 *
 * `database` has the table `leaves` twice: that of the store now in the schema `main`, and the old one
 * attached as `old`. It is in no transaction. Only its temporary tables are written, and they are kept
 * in memory. Takes some 10 bytes for each event and works in pieces of some milliseconds.
 */
export async function compareLeaves(
  database: DatabaseSync,
  oldSize: number,
  runtime: Pick<Runtime, 'monotonicMs'>,
): Promise<Comparison> {
  const faults = new FirstFaults();
  const size = Number(
    database.prepare('SELECT coalesce(max(number) + 1, 0) AS size FROM main.leaves').get()?.[
      'size'
    ],
  );
  if (size < oldSize) {
    const message = `the log has ${size} events, fewer than the ${oldSize} that the checkpoint covers`;
    faults.add({ code: 'log-shorter', orderNo: null, revision: null, index: null, message });
  }
  try {
    const { isUntouched } = await matchLeaves({ database, oldSize, size, runtime });
    const numbers = database.prepare('SELECT number FROM main.leaves WHERE stream = ?');
    const hasUntouched = (stream: string): boolean => {
      for (const { number } of numbers.iterate(stream)) {
        if (isUntouched(Number(number))) return true;
      }
      return false;
    };
    for (const marks of marksByStream(database)) {
      for (const fault of faultsOf(marks, hasUntouched)) faults.add(fault);
      await nextTurn(runtime);
    }
    return faults.result();
  } finally {
    dropMarks(database);
  }
}

/** The first faults in the order of the log. */
class FirstFaults {
  #faults: LogFault[] = [];
  #count = 0;

  add(fault: LogFault): void {
    this.#count += 1;
    this.#faults.push(fault);
    if (this.#faults.length >= 2 * faultsMax) this.#faults = this.#first();
  }

  result(): Comparison {
    const faults = this.#first();
    return { faults, further: this.#count - faults.length };
  }

  #first(): LogFault[] {
    const place = ({ index }: LogFault) => index ?? -1;
    return this.#faults.toSorted((a, b) => place(a) - place(b)).slice(0, faultsMax);
  }
}
