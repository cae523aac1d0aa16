import { parseArgs } from 'node:util';
import { kinds, tryAllFindings, tryFindings } from './findings-run.ts';
import { nothingSeen } from './seen.ts';

// Compares the answers of reports with a second derivation, or repeats a failure of the level
// `findings` by its kind, seed and path.
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '20210222' },
    kind: { type: 'string' },
    path: { type: 'string' },
    'replay-path': { type: 'string' },
    runs: { type: 'string', default: '2000' },
  },
});
const draws = {
  runs: Number(values.runs),
  seed: Number(values.seed),
  path: values.path,
  replayPath: values['replay-path'],
};
const kind = kinds.find((each) => each === values.kind);
const failure =
  kind === undefined
    ? await tryAllFindings(draws, nothingSeen())
    : await tryFindings(kind, draws, nothingSeen());
process.stdout.write(
  failure === null
    ? `${draws.runs} histories: every answer is that of the oracle\n`
    : `REPRO ${failure.repro}\n${failure.what}\n`,
);
process.exitCode = failure === null ? 0 : 1;
