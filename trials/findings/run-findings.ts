import { parseArgs } from 'node:util';
import { kinds, tryFindings } from './findings-run.ts';
import type { FindingsFailure } from './findings-run.ts';
import { nothingSeen } from './seen.ts';

// Compares the answers of reports with a second derivation, or repeats a failure of the level
// `findings` by its kind, seed and path.
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '20210222' },
    kind: { type: 'string' },
    path: { type: 'string' },
    'replay-path': { type: 'string' },
    runs: { type: 'string', default: '500' },
  },
});
const { path, 'replay-path': replayPath } = values;
const [runs, seed] = [Number(values.runs), Number(values.seed)];
let failure: FindingsFailure | null = null;
for (const kind of kinds) {
  if (values.kind !== undefined && values.kind !== kind) continue;
  failure ??= await tryFindings(kind, { runs, seed, path, replayPath }, nothingSeen());
}
process.stdout.write(
  failure === null
    ? `the answers of ${runs} histories of each kind are those of the oracle\n`
    : `REPRO ${failure.repro}\n${failure.what}\n`,
);
process.exitCode = failure === null ? 0 : 1;
