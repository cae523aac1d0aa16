import { killAtRandom } from '../kills.ts';
import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';

const killsAtScale1 = 18;

/** Two workers and a service over one store, killed at random; then everything is checked. */
function killsOver(over: 'eventstoredb' | 'sqlite'): Level {
  const name = `kills-${over}`;
  return {
    name,
    promise: `Killed at any time over ${over}, services and workers lose nothing and call one at a time.`,
    async run({ scale, seed, progress }) {
      const wanted = Math.ceil(killsAtScale1 * scale);
      const report = await killAtRandom({
        kills: wanted,
        seed,
        over,
        progress: (done) => {
          progress(done, wanted);
        },
      });
      const { kills, acknowledged, calls, abandoned, orders } = report;
      return {
        counts: { kills, orders, acknowledged, calls, abandoned },
        seen: { kills, 'attempt abandoned': abandoned, acknowledged, calls },
        failures: report.violations.map<Failure>((what) => ({
          invariant: what.split(' ')[0] ?? '',
          repro: reproOf(name, { scale, seed }),
          what,
        })),
      };
    },
  };
}

export const killsEventStoreDb = killsOver('eventstoredb');
export const killsSqlite = killsOver('sqlite');
