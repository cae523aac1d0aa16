import { tryAllFindings } from '../../findings/findings-run.ts';
import { nothingSeen } from '../../findings/seen.ts';
import type { Level } from '../level.ts';

/** What a report concludes, against a second derivation from the same events. */
export const findings: Level = {
  name: 'findings',
  promise:
    'Every answer of a report follows from the stored events, also where they were altered or withheld.',
  async run({ scale, seed, progress }) {
    const histories = Math.ceil(8_000 * scale);
    const seen = nothingSeen();
    const failure = await tryAllFindings({ runs: histories, seed }, seen, (done) => {
      progress(done, histories);
    });
    if (failure !== null) {
      const { kind, repro, what } = failure;
      const failures = [{ invariant: `findings of ${kind}`, repro, what }];
      return { counts: {}, seen: {}, failures };
    }
    // A few cannot see everything.
    return {
      counts: { histories },
      seen: scale < 1 ? {} : Object.fromEntries(seen),
      failures: [],
    };
  },
};
