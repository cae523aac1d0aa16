import { sentence } from '../../model/act.ts';
import type { Act } from '../../model/act.ts';
import type { Bug } from '../../model/bugs.ts';
import { bugs, isBug } from '../../model/bugs.ts';
import type { Settings } from '../../model/changes.ts';
import { explore } from '../../model/explorer.ts';
import { cancelProtocol } from '../../model/protocol.ts';
import { expectedSituations, situationsOf } from '../../model/situations.ts';
import type { Failure, Level } from '../level.ts';

type Room = Omit<Settings, 'bug'>;

/** Settings that are explored completely. Each is small in one way, to be large in another. */
const small: readonly Room[] = [
  { workers: 1, attemptsMax: 2, faultsMax: 3 },
  { workers: 2, attemptsMax: 1, faultsMax: 2 },
  { workers: 2, attemptsMax: 2, faultsMax: 0 },
  { workers: 1, attemptsMax: 2, faultsMax: 1, retracts: true },
  { workers: 1, attemptsMax: 2, faultsMax: 1, asks: 0 },
  { workers: 1, attemptsMax: 1, faultsMax: 1, asks: 1 },
  { workers: 2, attemptsMax: 1, faultsMax: 0, asks: 0 },
];
const large: readonly Room[] = [
  { workers: 1, attemptsMax: 3, faultsMax: 4 },
  { workers: 2, attemptsMax: 1, faultsMax: 4 },
  { workers: 2, attemptsMax: 2, faultsMax: 1 },
  { workers: 3, attemptsMax: 1, faultsMax: 0 },
  { workers: 2, attemptsMax: 1, faultsMax: 1, retracts: true },
  { workers: 1, attemptsMax: 2, faultsMax: 2, asks: 1 },
  { workers: 2, attemptsMax: 1, faultsMax: 1, asks: 0 },
];

/** Planted mistakes need this much room to show. */
const roomForBugs: Room = { workers: 2, attemptsMax: 2, faultsMax: 2 };
const roomForQuestions: Room = { workers: 1, attemptsMax: 2, faultsMax: 2, asks: 0 };
const roomOf: Readonly<Partial<Record<Bug, Room>>> = {
  'retraction-forgets-doubt': { workers: 1, attemptsMax: 2, faultsMax: 1, retracts: true },
  'pending-too-early': { workers: 1, attemptsMax: 2, faultsMax: 1, asks: 1 },
  'status-for-later-attempts': { workers: 2, attemptsMax: 2, faultsMax: 0, asks: 0 },
  'unknown-as-pending': roomForQuestions,
  'asks-without-end': roomForQuestions,
  'refusal-believes-pending': roomForQuestions,
};

/** The cancel protocol without the code: every order of every step, and every planted mistake. */
export const model: Level = {
  name: 'model',
  promise: 'No order of steps, losses, delays and crashes breaks the cancel protocol.',
  run({ scale, progress }) {
    const rooms = scale > 1 ? large : small;
    const planted = Object.keys(bugs).filter(isBug);
    const seen = new Map<string, number>(expectedSituations.map((situation) => [situation, 0]));
    const failures: Failure[] = [];
    let [states, steps, depth, done] = [0, 0, 0, 0];
    for (const room of rooms) {
      const result = explore(cancelProtocol({ ...room, bug: null }), {
        onStep: (act, from, to) => {
          for (const situation of situationsOf(act, from, to)) {
            const times = seen.get(situation);
            if (times !== undefined) seen.set(situation, times + 1);
          }
        },
      });
      states += result.states;
      steps += result.steps;
      depth = Math.max(depth, result.depth);
      if (result.counterexample !== null) failures.push(failure(room, result.counterexample));
      progress((done += 1), rooms.length + planted.length);
    }
    let found = 0;
    for (const bug of planted) {
      const { counterexample } = explore(cancelProtocol({ ...(roomOf[bug] ?? roomForBugs), bug }));
      if (counterexample === null) failures.push(uncaught(bug));
      else {
        found += 1;
        process.stderr.write(`${bug}: ${counterexample.violations.join('; ')}\n`);
        process.stderr.write(`${numbered(counterexample.path)}\n`);
      }
      progress((done += 1), rooms.length + planted.length);
    }
    return Promise.resolve({
      counts: { states, steps, depth, 'bugs planted': planted.length, 'bugs found': found },
      seen: Object.fromEntries(seen),
      failures,
    });
  },
};

function failure(
  { workers, attemptsMax, faultsMax, retracts = false, asks }: Room,
  { violations, path }: { readonly violations: readonly string[]; readonly path: readonly Act[] },
): Failure {
  const more = `${retracts ? ' --retracts' : ''}${asks === undefined ? '' : ` --asks ${asks}`}`;
  const room = `--workers ${workers} --attempts ${attemptsMax} --faults ${faultsMax}${more}`;
  return {
    invariant: violations[0]?.split(':')[0] ?? '',
    repro: `npm run model -- ${room}`,
    what: `${violations.join('; ')}\n${numbered(path)}`,
  };
}

function uncaught(bug: string): Failure {
  const what = 'a planted mistake broke nothing: the model or its invariants are blind to it';
  return { invariant: 'blind', repro: `npm run model -- --bug ${bug}`, what };
}

function numbered(path: readonly Act[]): string {
  return path.map((act, index) => `  ${index + 1}. ${sentence(act)}`).join('\n');
}
