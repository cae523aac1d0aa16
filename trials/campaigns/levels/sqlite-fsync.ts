import { scratchPath } from '../../../test/event-store/scratch.ts';
import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';
import { traced } from '../sqlite-fsync.ts';

const name = 'sqlite-fsync';
const acknowledgementsAtScale1 = 200;

/** A killed process cannot show a missing fsync: the system calls themselves are looked at. */
export const sqliteFsync: Level = {
  name,
  promise: 'What SQLite acknowledges has reached the disk before, by the trace of system calls.',
  async run({ scale, seed }) {
    const acknowledgements = Math.ceil(acknowledgementsAtScale1 * scale);
    const shipped = await tracedIn({ acknowledgements, synchronous: null });
    const control = await tracedIn({ acknowledgements: 20, synchronous: 'NORMAL' });
    const violations = [
      ...[shipped.problem, control.problem].filter((problem) => problem !== null),
      ...(shipped.early === 0 ? [] : [`${shipped.early} acknowledgements before the fsync`]),
      ...(shipped.acknowledgements === acknowledgements
        ? []
        : [`the trace shows ${shipped.acknowledgements} of ${acknowledgements} acknowledgements`]),
    ];
    return {
      counts: { acknowledgements: shipped.acknowledgements, early: shipped.early },
      seen: { 'waits for the disk': shipped.syncs, 'early with synchronous=NORMAL': control.early },
      failures: violations.map<Failure>((what) => ({
        invariant: 'I1',
        repro: reproOf(name, { scale, seed }),
        what,
      })),
    };
  },
};

async function tracedIn(orders: Omit<Parameters<typeof traced>[0], 'path'>) {
  const { path, remove } = scratchPath();
  try {
    return await traced({ ...orders, path }, `${path}.cache`);
  } finally {
    remove();
  }
}
