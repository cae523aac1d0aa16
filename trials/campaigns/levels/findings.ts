import { kinds, tryFindings } from '../../findings/findings-run.ts';
import type { Kind } from '../../findings/findings-run.ts';
import { nothingSeen } from '../../findings/seen.ts';
import type { Failure, Level } from '../level.ts';

/** Each chunk has a seed of its own, so that a failure is found again without those before it. */
const chunkRuns = 500;

/** At scale 1. Lives take longest, and say least that the others do not. */
const histories: Readonly<Record<Kind, number>> = { life: 500, taken: 9_500, any: 10_000 };

/** What a report concludes, against a second derivation from the same events. */
export const findings: Level = {
  name: 'findings',
  promise:
    'Every answer of a report follows from the stored events, also where they were altered or withheld.',
  async run({ scale, seed, untilFailure, progress }) {
    const seen = nothingSeen();
    const counts: Record<string, number> = {};
    const failures: Failure[] = [];
    for (const kind of kinds) {
      const all = Math.ceil(histories[kind] * scale);
      for (let done = 0; done < all; done += chunkRuns) {
        progress(done, all);
        const runs = Math.min(chunkRuns, all - done);
        const failure = await tryFindings(kind, { runs, seed: seed + done / chunkRuns }, seen);
        if (failure === null) continue;
        failures.push({ invariant: `findings of ${kind}`, ...failure });
        break;
      }
      counts[kind] = all;
      if (untilFailure && failures.length > 0) break;
    }
    // A few cannot see everything, and neither can those before a failure.
    const isEnough = scale >= 0.5 && failures.length === 0;
    return { counts, seen: isEnough ? Object.fromEntries(seen) : {}, failures };
  },
};
