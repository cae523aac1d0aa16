import { parseArgs } from 'node:util';
import { isClockJump, isFaultName } from './faults.ts';
import type { Plan, Strike } from './plan.ts';
import { commandOf, planOf } from './plan.ts';
import { commandFor, play, scenarios } from './scenarios.ts';
import { simulate } from './simulation.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    workers: { type: 'string' },
    orders: { type: 'string' },
    /** Names, separated by commas, or none. Default: as the seed draws them. */
    faults: { type: 'string' },
    /** PROCESS@POINT, separated by commas, or none. */
    crash: { type: 'string' },
    /** PROCESS@POINT:JUMP, separated by commas, or none. */
    jump: { type: 'string' },
    /** One of the scripted stories instead of a seed's. */
    scenario: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});

const options = values.trace ? { onStep: (line: string) => process.stdout.write(`${line}\n`) } : {};
const scenarioName = values.scenario;
const { outcome, command } =
  scenarioName === undefined ? await bySeed() : await byName(scenarioName);
const [first] = outcome.violations;
const lines = [
  ...(first === undefined ? [] : [`REPRO ${first.invariant} ${command}`]),
  ...outcome.violations.map(({ invariant, what }) => `${invariant} ${what}`),
  `trace ${outcome.traceHash}`,
  `${outcome.events} events, ${outcome.steps} steps, await points ${outcome.points.join()}`,
  [...outcome.seen]
    .map(([what, times]) => `${what} ${times}`)
    .toSorted()
    .join(', '),
];
process.stdout.write(`${lines.join('\n')}\n`);
process.exitCode = first === undefined ? 0 : 1;

async function bySeed() {
  const plan = planGiven();
  return { outcome: await simulate(plan, options), command: commandOf(plan) };
}

async function byName(name: string) {
  const scenario = scenarios.find((known) => known.name === name) ?? refused(name);
  const strikes = [...strikesIn(values.crash), ...strikesIn(values.jump)];
  return {
    outcome: await play(scenario, strikes, options),
    command: commandFor(scenario, strikes),
  };
}

function planGiven(): Plan {
  const { workers, orders, faults } = values;
  const strikes =
    values.crash === undefined && values.jump === undefined
      ? {}
      : { strikes: [...strikesIn(values.crash), ...strikesIn(values.jump)] };
  return planOf(Number(values.seed), {
    ...(workers === undefined ? {} : { workers: Number(workers) }),
    ...(orders === undefined ? {} : { orders: Number(orders) }),
    ...(faults === undefined ? {} : { faults: listed(faults).filter(known(isFaultName)) }),
    ...strikes,
  });
}

function listed(given = 'none'): readonly string[] {
  return given === 'none' ? [] : given.split(',');
}

function strikesIn(given: string | undefined): readonly Strike[] {
  return listed(given).map((text) => {
    const [, process = '', point = '', jump] =
      /^(\d+)@(\d+)(?::(.+))?$/.exec(text) ?? refused(text);
    if (jump !== undefined && !isClockJump(jump)) return refused(jump);
    return { process: Number(process), point: Number(point), what: jump ?? 'crash' };
  });
}

function known<T extends string>(is: (name: string) => name is T) {
  return (name: string): name is T => is(name) || refused(name);
}

function refused(text: string): never {
  process.stderr.write(`'${text}' is not understood\n`);
  process.exit(2);
}
