import { clockJumps } from '../../simulation/faults.ts';
import type { ClockJump } from '../../simulation/faults.ts';
import { commandFor, play, scenarios } from '../../simulation/scenarios.ts';
import type { Failure, Level } from '../level.ts';

/** Every clock jump at every await point of every scenario. */
export const clocks: Level = {
  name: 'clocks',
  promise:
    'A clock that jumps or stops may fire a timer early or late, and never changes the truth.',
  async run({ progress }) {
    // Object.keys of this constant are its jumps.
    const jumps = Object.keys(clockJumps) as ClockJump[];
    const failures: Failure[] = [];
    const seen = Object.fromEntries(jumps.map((jump) => [jump, 0]));
    let runs = 0;
    for (const [index, scenario] of scenarios.entries()) {
      progress(index, scenarios.length);
      const { points } = await play(scenario);
      for (const what of jumps) {
        for (const [process, count] of points.entries()) {
          for (let point = 1; point <= count && failures.length < 3; point += 1) {
            const strikes = [{ process, point, what }];
            const outcome = await play(scenario, strikes);
            runs += 1;
            seen[what] = (seen[what] ?? 0) + (outcome.seen.get(`fault clockJump ${what}`) ?? 0);
            const [first] = outcome.violations;
            if (first === undefined) continue;
            failures.push({ ...first, repro: commandFor(scenario, strikes) });
          }
        }
      }
    }
    return { counts: { scenarios: scenarios.length, runs }, seen, failures };
  },
};
