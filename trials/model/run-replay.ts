import { parseArgs } from 'node:util';
import { replayPaths, sentencesOf } from './replay-paths.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '20210222' },
    paths: { type: 'string', default: '200' },
    /** Its index, from 0; without it, all of them. */
    path: { type: 'string' },
  },
});
const only = values.path === undefined ? undefined : Number(values.path);
let [agreed, parted] = [0, 0];
for await (const { index, path, difference } of replayPaths(
  ...([Number(values.paths), Number(values.seed), only] as const),
)) {
  if (only !== undefined) process.stdout.write(`${sentencesOf(path)}\n`);
  if (difference === null) agreed += 1;
  else {
    parted += 1;
    process.stdout.write(`path ${index}: ${difference}\n`);
  }
}
process.stdout.write(`${agreed} paths agree, ${parted} do not\n`);
process.exitCode = parted === 0 ? 0 : 1;
