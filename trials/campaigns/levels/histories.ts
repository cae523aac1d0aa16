import { nothingSeen, tryLives } from '../../histories/lives.ts';
import type { Level } from '../level.ts';

/** Each chunk has a seed of its own, so that a failure is found again without those before it. */
const chunkRuns = 500;

/** Random commands, facts, crashes, losses, answers and waits: two processes and one order. */
export const histories: Level = {
  name: 'histories',
  promise:
    'Whatever is done to an order, every prefix of its history replays as it was shown live.',
  async run({ scale, seed, progress }) {
    const lives = 10_000 * scale;
    const seen = nothingSeen();
    for (let done = 0; done < lives; done += chunkRuns) {
      progress(done, lives);
      const runs = Math.min(chunkRuns, lives - done);
      const failure = await tryLives({ runs, seed: seed + done / chunkRuns }, seen);
      if (failure !== null) {
        const invariant = /I\d+/.exec(failure.what)?.[0] ?? 'error';
        return { counts: { lives: done }, seen: {}, failures: [{ invariant, ...failure }] };
      }
    }
    const stored = [...seen].filter(([what]) => what.startsWith('event '));
    const events = stored.reduce((sum, [, times]) => sum + times, 0);
    return { counts: { lives, events }, seen: Object.fromEntries(seen), failures: [] };
  },
};
