import { parseArgs } from 'node:util';
import { commandOf, planOf } from './plan.ts';
import { simulate } from './simulation.ts';

// How many seeds it takes to see a promise broken, as one line of JSON; for planted bugs.
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '20210222' },
    seeds: { type: 'string', default: '2000' },
  },
});
// Most errors are thrown on purpose, and nobody reads their stacks.
Error.stackTraceLimit = 0;
const first = Number(values.seed);
const most = Number(values.seeds);
let found = null;
for (let tried = 1; tried <= most && found === null; tried += 1) {
  const plan = planOf(first + tried - 1);
  const [violation] = (await simulate(plan)).violations;
  if (violation !== undefined) found = { tried, ...violation, repro: commandOf(plan) };
}
process.stdout.write(`${JSON.stringify(found)}\n`);
