import type { Strike } from '../../simulation/plan.ts';
import type { Scenario } from '../../simulation/scenarios.ts';
import { commandFor, play, scenarios } from '../../simulation/scenarios.ts';
import type { Outcome } from '../../simulation/simulation.ts';
import type { Failure, Level } from '../level.ts';

/**
 * Every await point of every scenario is a crash once, and so is every pair of them; at scale 1,
 * every pair of those between which the process did something that others can see.
 */
export const crashes: Level = {
  name: 'crashes',
  promise: 'A process may die at any await, and again at any later one: nothing is lost by it.',
  async run({ scale, progress }) {
    const paired = scale > 1 ? pointsOf : turnsOf;
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
      const begins = new Set(crashesAt(paired(whole)).map(nameOf));
      for (const first of crashesAt(pointsOf(whole))) {
        const once = await played(scenario, [first]);
        single += 1;
        if (!begins.has(nameOf(first))) continue;
        for (const second of crashesAt(paired(once), first)) {
          await played(scenario, [first, second]);
          pairs += 1;
          if (failures.length > 2) return { counts: { single, pairs }, seen, failures };
        }
      }
    }
    return { counts: { scenarios: scenarios.length, single, pairs }, seen, failures };
  },
};

const nameOf = ({ process, point }: Strike) => `${process}@${point}`;

const turnsOf = ({ turns }: Outcome) => turns;

/** All await points that each process came to. */
const pointsOf = ({ points }: Outcome) =>
  points.map((count) => Array.from({ length: count }, (_, index) => index + 1));

/** Crashes at these points of each process, from the one after another crash on. */
function crashesAt(points: readonly (readonly number[])[], after?: Strike): readonly Strike[] {
  return points.flatMap((of, process) =>
    of
      .filter((point) => isAfter({ process, point }, after))
      .map((point) => ({ process, point, what: 'crash' as const })),
  );
}

function isAfter({ process, point }: Omit<Strike, 'what'>, after?: Strike): boolean {
  if (after === undefined || process > after.process) return true;
  return process === after.process && point > after.point;
}
