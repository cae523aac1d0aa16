import fc from 'fast-check';
import type { Sights } from '../../histories/history-property.ts';
import { historyProperty } from '../../histories/history-property.ts';
import { historySights } from '../../histories/history-sights.ts';
import type { Level } from '../level.ts';

/** Each chunk has a seed of its own, so that a failure is found again without those before it. */
const chunkRuns = 500;

/** Random commands, facts, answers and waits on one order, over the memory store. */
export const histories: Level = {
  name: 'histories',
  promise: 'Whatever is done to an order, every prefix of its history tells what was told live.',
  async run({ scale, seed, progress }) {
    const runs = 20_000 * scale;
    const sights: Sights = new Map(historySights.map((sight) => [sight, 0]));
    let done = 0;
    for (let chunk = 0; done < runs; chunk += 1) {
      const numRuns = Math.min(chunkRuns, runs - done);
      const told = await fc.check(historyProperty(sights), { seed: seed + chunk, numRuns });
      if (told.failed) {
        const { counterexamplePath, errorInstance } = told;
        const at = `--seed ${seed + chunk} --path ${counterexamplePath ?? ''}`;
        const what = `${String(errorInstance)} after ${fc.stringify(told.counterexample)}`;
        const invariant = /I\d+/.exec(what)?.[0] ?? 'error';
        const failure = { invariant, repro: `npm run histories -- ${at}`, what };
        return { counts: { histories: done }, seen: {}, failures: [failure] };
      }
      done += numRuns;
      progress(done, runs);
    }
    const events = [...sights].filter(([sight]) => sight.startsWith('event '));
    const eventsStored = events.reduce((sum, [, times]) => sum + times, 0);
    return {
      counts: { histories: done, events: eventsStored },
      seen: Object.fromEntries(historySights.map((sight) => [sight, sights.get(sight) ?? 0])),
      failures: [],
    };
  },
};
