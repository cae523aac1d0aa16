import { clockJumps, faultNames } from '../../simulation/faults.ts';
import { planOf } from '../../simulation/plan.ts';
import { shrink } from '../../simulation/shrink.ts';
import { simulate } from '../../simulation/simulation.ts';
import type { Failure, Level } from '../level.ts';

/** One seed in so many is run twice, and must leave the same trace. */
const twiceEvery = 20;

const restingStates = [
  ...['created', 'paying', 'paid', 'cancelled', 'failed'],
  ...['requesting', 'backingOff', 'inDoubt', 'needsReview'].map((state) => `cancelling.${state}`),
];

/** What a campaign must have met, or it has proved nothing about it. */
const mustSee = [
  ...faultNames.filter((name) => name !== 'clockJump').map((name) => `fault ${name}`),
  ...Object.keys(clockJumps).map((jump) => `fault clockJump ${jump}`),
  ...restingStates.map((state) => `state ${state}`),
  'lost ack, then own id found',
  "lost ack, then a rival's event",
  'conflict on an outcome append',
  'late execution after a timeout',
  'payment won the race',
  'crash during recovery',
  'attempt limit reached',
  ...['accepted', 'duplicate', 'rejected', 'an error', 'a minute'].map((w) => `repeat after ${w}`),
  'repeat at another process',
  'a call under a long deadline',
  'given up by a process with another deadline',
  ...restingStates.map((state) => `retraction in ${state}`),
  'an anomaly closed as retracted',
  ...['resolution-contradicted', 'refund-mismatch'].map((code) => `anomaly ${code}`),
  'failed takes a cancel',
  'settles back to failed',
  'repeat of a retracted fact',
  'asked',
  ...['canceled', 'failed', 'succeeded', 'unavailable', 'unknown'].map((s) => `reported ${s}`),
  ...['', 'not '].map((not) => `reported pending, ${not}conclusive`),
  ...restingStates.map((state) => `reported in ${state}`),
  ...['canceled', 'failed', 'pending', 'succeeded'].map((s) => `a doubt ended by ${s}`),
  'a doubt that came back',
  ...['nobody to ask', 'unanswered'].map((why) => `review of a doubt, ${why}`),
  ...['', 'not-'].map((not) => `asked by an operator, ${not}recorded`),
  ...['another gateway', 'nobody adopts'].map((why) => `refused: ${why}`),
  ...['without a name', 'by its name'].map((how) => `adopted ${how}`),
  ...['was told to', 'was alone'].map((who) => `adopted by who ${who}`),
  'asked before somebody adopted',
  'adopted by recovery',
];

/** The service in virtual time: 20,000 seeds, each with its own processes, faults and crashes. */
export const simulation: Level = {
  name: 'simulation',
  promise:
    'Whatever fails, crashes, comes late or twice, and whatever clocks say: I1 to I17 and I19 to I21 hold.',
  async run({ scale, seed, progress }) {
    // Most errors here are thrown on purpose, and a seed is repeated by itself with all of its stacks.
    Error.stackTraceLimit = 0;
    const seeds = 20_000 * scale;
    const failures: Failure[] = [];
    const seen = new Map<string, number>(mustSee.map((what) => [what, 0]));
    let [twice, events, steps] = [0, 0, 0];
    for (let index = 0; index < seeds && failures.length < 3; index += 1) {
      progress(index, seeds);
      const plan = planOf(seed + index);
      const outcome = await simulate(plan);
      events += outcome.events;
      steps += outcome.steps;
      for (const [what, times] of outcome.seen) seen.set(what, (seen.get(what) ?? 0) + times);
      const [first] = outcome.violations;
      if (first !== undefined) {
        const { command, violation } = await shrink(plan, first);
        failures.push({ invariant: violation.invariant, repro: command, what: violation.what });
      }
      if (index % twiceEvery !== 0) continue;
      twice += 1;
      const again = await simulate(plan);
      if (again.traceHash === outcome.traceHash) continue;
      const repro = `npm run simulate -- --seed ${plan.seed}`;
      failures.push({ invariant: 'determinism', repro, what: 'two runs left two traces' });
    }
    return { counts: { seeds, twice, events, steps }, seen: Object.fromEntries(seen), failures };
  },
};
