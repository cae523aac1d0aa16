import { parseArgs } from 'node:util';
import { nothingSeen, tryLives } from './lives.ts';

// Repeats a failure of the level `histories` by its seed, path and replay path.
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '20210222' },
    path: { type: 'string' },
    'replay-path': { type: 'string' },
    runs: { type: 'string', default: '500' },
  },
});
const { path, 'replay-path': replayPath } = values;
const [runs, seed] = [Number(values.runs), Number(values.seed)];
const failure = await tryLives({ runs, seed, path, replayPath }, nothingSeen());
process.stdout.write(
  failure === null
    ? `${runs} lives of an order kept every promise\n`
    : `REPRO ${failure.repro}\n${failure.what}\n`,
);
process.exitCode = failure === null ? 0 : 1;
