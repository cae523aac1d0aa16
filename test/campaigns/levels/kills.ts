import { killAtRandom } from '../kills.ts';
import type { Level } from '../level.ts';

/** Two workers and a service over EventStoreDB, killed at random; then everything is checked. */
export const kills: Level = {
  name: 'kills',
  promise: 'Killed at any time, services and workers lose nothing and call one at a time.',
  async run({ scale, seed }) {
    const report = await killAtRandom({ seconds: 10 * scale, seed });
    const { acknowledged, calls, abandoned, orders } = report;
    return {
      counts: { kills: report.kills, orders, acknowledged, calls, abandoned },
      seen: { kills: report.kills, 'attempt abandoned': abandoned, calls },
      failures: report.violations.map((what) => ({
        invariant: what.split(' ')[0] ?? '',
        repro: `npm run campaign -- --level kills --scale ${scale} --seed ${seed}`,
        what,
      })),
    };
  },
};
