import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';
import { killServer } from '../server-kills.ts';

const name = 'server-kills';
const killsAtScale1 = 6;

/** The EventStoreDB server itself is killed; ours, or the one that three variables name. */
export const serverKills: Level = {
  name,
  promise: 'A server that is killed under its writers loses and repeats nothing acknowledged.',
  async run({ scale, seed, progress }) {
    const kills = Math.ceil(killsAtScale1 * scale);
    const report = await killServer({
      kills,
      seed,
      progress: (done) => {
        progress(done, kills);
      },
    });
    return {
      counts: report.counts,
      seen: report.seen,
      failures: report.violations.map<Failure>((what) => ({
        invariant: what.split(' ')[0] ?? '',
        repro: reproOf(name, { scale, seed }),
        what,
      })),
    };
  },
};
