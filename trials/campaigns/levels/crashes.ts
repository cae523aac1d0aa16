import type { Strike } from '../../simulation/plan.ts';
import type { Scenario } from '../../simulation/scenarios.ts';
import { commandFor, play, scenarios } from '../../simulation/scenarios.ts';
import type { Outcome } from '../../simulation/simulation.ts';
import type { Failure, Level } from '../level.ts';

/** Every await point of every scenario is a crash once, and so is every pair of them. */
export const crashes: Level = {
  name: 'crashes',
  promise: 'A process may die at any await, and again at any later one: nothing is lost by it.',
  async run({ progress }) {
    const failures: Failure[] = [];
    const seen = { 'crash during recovery': 0, 'crash in peace': 0 };
    let [single, pairs] = [0, 0];
    const played = async (scenario: Scenario, strikes: readonly Strike[]): Promise<Outcome> => {
      const outcome = await play(scenario, strikes);
      for (const { invariant, what } of outcome.violations.slice(0, 1)) {
        failures.push({ invariant, repro: commandFor(scenario, strikes), what });
      }
      seen['crash during recovery'] += outcome.seen.get('crash during recovery') ?? 0;
      seen['crash in peace'] += outcome.seen.get('crash in peace') ?? 0;
      return outcome;
    };
    for (const [index, scenario] of scenarios.entries()) {
      progress(index, scenarios.length);
      const whole = await played(scenario, []);
      if (whole.endsIn !== scenario.endsIn) {
        const what = `ends in ${whole.endsIn}, not ${scenario.endsIn}`;
        failures.push({ invariant: 'scenario', repro: commandFor(scenario, []), what });
      }
      for (const first of crashesWithin(whole, 0)) {
        const once = await played(scenario, [first]);
        single += 1;
        for (const second of crashesWithin(once, first.process, first.point)) {
          await played(scenario, [first, second]);
          pairs += 1;
          if (failures.length > 2) return { counts: { single, pairs }, seen, failures };
        }
      }
    }
    return { counts: { scenarios: scenarios.length, single, pairs }, seen, failures };
  },
};

/** All await points that a run came to, from the process after the given place on. */
function crashesWithin({ points }: Outcome, fromProcess: number, afterPoint = 0): Strike[] {
  return points.flatMap((count, process) => {
    if (process < fromProcess) return [];
    const after = process === fromProcess ? afterPoint : 0;
    return Array.from({ length: Math.max(0, count - after) }, (_, index) => ({
      process,
      point: after + index + 1,
      what: 'crash' as const,
    }));
  });
}
