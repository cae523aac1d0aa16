import { parseArgs } from 'node:util';
import type { Strike } from '../simulation/plan.ts';
import { simulateInbox } from './inbox-run.ts';
import { inboxPlanOf } from './plan.ts';
import { inboxScenarios, meetings, playInbox } from './scenarios.ts';

// Repeats a failure of the level `inbox`.
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    /** One of the scripted stories instead of a seed's. */
    scenario: { type: 'string' },
    /** PROCESS@POINT, separated by commas. */
    crash: { type: 'string', default: '' },
    trace: { type: 'boolean', default: false },
  },
});

const onStep = values.trace ? (line: string) => process.stdout.write(`${line}\n`) : undefined;
const strikes = [...values.crash.matchAll(/(\d+)@(\d+)/g)].map(([, of, point]): Strike => ({
  process: Number(of),
  point: Number(point),
  what: 'crash',
}));
const scenario = [...inboxScenarios, ...meetings].find(({ name }) => name === values.scenario);
if (values.scenario !== undefined && scenario === undefined) {
  throw new RangeError(`there is no story '${values.scenario}'`);
}
const outcome =
  scenario === undefined
    ? await simulateInbox(inboxPlanOf(Number(values.seed)), { onStep })
    : await playInbox(scenario, strikes, onStep);
const lines = [
  ...outcome.violations.map(({ invariant, what }) => `${invariant} ${what}`),
  `trace ${outcome.traceHash}`,
  `${outcome.notices} notices, ${outcome.applied} applied, await points ${outcome.points.join()}`,
  [...outcome.seen]
    .map(([what, times]) => `${what} ${times}`)
    .toSorted()
    .join(', '),
];
process.stdout.write(`${lines.join('\n')}\n`);
process.exitCode = outcome.violations.length === 0 ? 0 : 1;
