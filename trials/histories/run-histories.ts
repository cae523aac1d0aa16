import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { historyProperty } from './history-property.ts';

// Finds a history again that the level `histories` told of: its seed and its path say which.
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '20210222' },
    path: { type: 'string' },
    runs: { type: 'string', default: '500' },
  },
});
const told = await fc.check(historyProperty(new Map()), {
  ...{ seed: Number(values.seed), numRuns: Number(values.runs) },
  ...(values.path === undefined ? {} : { path: values.path, endOnFailure: true }),
});
const { counterexamplePath, counterexample, errorInstance } = told;
process.stdout.write(
  told.failed
    ? `${String(errorInstance)}\nREPRO npm run histories -- --seed ${told.seed} --path ` +
        `${counterexamplePath ?? ''}\n${fc.stringify(counterexample)}\n`
    : `${told.numRuns} histories, nothing found\n`,
);
process.exitCode = told.failed ? 1 : 0;
