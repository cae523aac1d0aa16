import { parseArgs } from 'node:util';
import { sentence } from './act.ts';
import { bugs, isBug } from './bugs.ts';
import { explore } from './explorer.ts';
import { cancelProtocol } from './protocol.ts';

const { values } = parseArgs({
  options: {
    bug: { type: 'string' },
    workers: { type: 'string', default: '2' },
    attempts: { type: 'string', default: '2' },
    faults: { type: 'string', default: '2' },
    retracts: { type: 'boolean', default: false },
    /** The gateway can be asked, also by operators, so many times. */
    asks: { type: 'string' },
    states: { type: 'string', default: '5000000' },
  },
});
if (values.bug !== undefined && !isBug(values.bug)) {
  const known = Object.entries(bugs).map(([name, what]) => `  ${name.padEnd(20)} ${what}`);
  process.stderr.write(`no bug '${values.bug}'; there are\n${known.join('\n')}\n`);
  process.exit(2);
}
const started = performance.now();
const { states, steps, depth, complete, counterexample } = explore(
  cancelProtocol({
    workers: Number(values.workers),
    attemptsMax: Number(values.attempts),
    faultsMax: Number(values.faults),
    retracts: values.retracts,
    ...(values.asks === undefined ? {} : { asks: Number(values.asks) }),
    bug: values.bug ?? null,
  }),
  { statesMax: Number(values.states) },
);
const seconds = ((performance.now() - started) / 1_000).toFixed(1);
const lines =
  counterexample === null
    ? [complete ? 'no counterexample' : 'no counterexample so far']
    : [...counterexample.violations, ...counterexample.path.map(numbered)];
const figures = `${states} states, ${steps} steps, depth ${depth}, ${seconds} s`;
process.stdout.write(`${[...lines, figures].join('\n')}\n`);
process.exitCode = counterexample === null ? 0 : 1;

function numbered(act: Parameters<typeof sentence>[0], index: number): string {
  return `${String(index + 1).padStart(3)}. ${sentence(act)}`;
}
