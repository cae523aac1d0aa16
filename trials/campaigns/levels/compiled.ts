import { paymentOrderMachine } from '../../../machines/payment-order.machine.ts';
import type { Met } from '../../compiling/compared.ts';
import { tryHistories, tryMachines, tryReachable } from '../../compiling/tried.ts';
import type { Parting } from '../../compiling/tried.ts';
import { everyMutant } from '../../mutants/machine-mutants.ts';
import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';

/** Each chunk has a seed of its own, so that a failure is found again without those before it. */
const chunkRuns = 500;

/** Of orders that differ in where an event leads them; there is no end of them. */
const looksMax = 100;

/** The table that folds events, against XState's own transition(). */
export const compiled: Level = {
  name: 'compiled',
  promise: 'The compiled machine folds as XState does, whatever its author wrote.',
  async run({ scale, seed, progress }) {
    const met: Met = new Map(expected.map((what) => [what, 0]));
    const failures: Failure[] = [];
    const judge = (what: string, parting: Parting) => {
      if (parting === null) return;
      const repro = reproOf('compiled', { scale, seed });
      failures.push({ invariant: 'compiled', repro, what: `${what}: ${parting}` });
    };
    const [histories, machines] = [10_000 * scale, 1_000 * scale];
    const mutants = everyMutant(paymentOrderMachine);
    const all = histories + machines + mutants.length;
    let done = 0;
    const chunks = (total: number, attempt: (runs: number, own: number) => void) => {
      for (let made = 0; made < total; made += chunkRuns) {
        progress(done, all);
        const runs = Math.min(chunkRuns, total - made);
        attempt(runs, seed + made / chunkRuns);
        done += runs;
      }
    };
    const pairs = tryReachable(paymentOrderMachine, looksMax, met);
    chunks(histories, (runs, own) => {
      judge('the shipped machine', tryHistories(undefined, { runs, seed: own }, met));
    });
    for (const { place, change, machine } of mutants) {
      progress((done += 1), all);
      const parting = tryHistories(machine, { runs: Math.ceil(3 * scale), seed }, met);
      judge(`${place} ${change}`, parting);
    }
    chunks(machines, (runs, own) => {
      judge('a random machine', tryMachines({ runs, seed: own }, met));
    });
    const counts = { pairs, histories, mutants: mutants.length, machines };
    return Promise.resolve({ counts, seen: Object.fromEntries(met), failures });
  },
};

const expected = [
  'a start',
  'a start that throws',
  'an event',
  'an event that throws or is not taken',
  'a pending call',
  'a timer that raises',
  'a timer that raises nothing',
];
