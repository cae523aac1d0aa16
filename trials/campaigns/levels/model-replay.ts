import { replayPaths, sentencesOf } from '../../model/replay-paths.ts';
import { expectedSituations, situationsOf } from '../../model/situations.ts';
import type { Failure, Level } from '../level.ts';

/** Ways through the model of the cancel protocol, gone by the real code step by step. */
export const modelReplay: Level = {
  name: 'model-replay',
  promise:
    'The code stores the events, makes the calls and reaches the states of the explored model.',
  async run({ scale, seed, progress }) {
    const count = 200 * scale;
    const seen = new Map<string, number>(expectedSituations.map((situation) => [situation, 0]));
    const failures: Failure[] = [];
    let [paths, steps] = [0, 0];
    for await (const { index, path, difference } of replayPaths(count, seed)) {
      let from = path[0]?.to;
      for (const { act, to } of path) {
        for (const situation of from === undefined ? [] : situationsOf(act, from, to)) {
          const times = seen.get(situation);
          if (times !== undefined) seen.set(situation, times + 1);
        }
        from = to;
      }
      if (difference !== null) {
        const repro = `npm run model:replay -- --seed ${seed} --paths ${count} --path ${index}`;
        failures.push({ invariant: 'model', repro, what: `${difference}\n${sentencesOf(path)}` });
      }
      paths += 1;
      steps += path.length;
      progress(paths, count);
    }
    return { counts: { paths, steps }, seen: Object.fromEntries(seen), failures };
  },
};
