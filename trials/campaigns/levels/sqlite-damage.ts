import { scratchPath } from '../../../test/event-store/scratch.ts';
import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';
import { damageSlice } from '../sqlite-damage.ts';
import { kinds } from '../sqlite-damage-cases.ts';

const name = 'sqlite-damage';
/** As many processes as CI has cores. */
const atOnce = 2;

/** Files cut, flipped, lost, replaced and edited; each is read as a caller with receipts would. */
export const sqliteDamage: Level = {
  name,
  promise: 'Damage of a SQLite file is reported by name, or changed nothing that is read.',
  async run({ scale, seed, progress }) {
    const { path: cache, remove } = scratchPath();
    const tried = tally(kinds);
    const reported = tally([
      'open',
      'read',
      'chain',
      'witness',
      'integrity_check alone',
      'harmless',
    ]);
    const missed = tally(['undetected', 'unnamed error', 'process died']);
    let forbidden = 0;
    let missedByCheck = 0;
    const failures: Failure[] = [];
    const repro = reproOf(name, { scale, seed });
    const slice = (index: number) =>
      damageSlice({
        scale,
        seed,
        slice: index,
        of: atOnce,
        cache,
        onCase: ({ of, index: number, what, verdict, isSeenByCheck }, count) => {
          progress(number, count);
          if (verdict === 'forbidden') {
            forbidden += 1;
            return;
          }
          tried.add(of);
          if (verdict === 'undetected' || verdict === 'unnamed error') {
            missed.add(verdict);
            failures.push({ invariant: 'I10', repro, what: `${verdict}: ${what}` });
            return;
          }
          reported.add(verdict);
          const isHarm = verdict !== 'harmless' && verdict !== 'open';
          if (isHarm && !isSeenByCheck) missedByCheck += 1;
        },
        onDeath: (what) => {
          missed.add('process died');
          failures.push({ invariant: 'I10', repro, what });
        },
      });
    await Promise.all(Array.from({ length: atOnce }, (_, index) => slice(index)));
    remove();
    return {
      counts: {
        ...tried.counts(),
        'forbidden by the schema': forbidden,
        'missed by integrity_check': missedByCheck,
        ...missed.counts(),
      },
      seen: { ...tried.counts(), ...prefixed('reported by ', reported.counts()) },
      failures,
    };
  },
};

function tally<Name extends string>(names: readonly Name[]) {
  const counts = new Map<Name, number>(names.map((known) => [known, 0]));
  return {
    add: (known: Name) => {
      counts.set(known, (counts.get(known) ?? 0) + 1);
    },
    counts: () => Object.fromEntries(counts) as Record<Name, number>,
  };
}

function prefixed(prefix: string, counts: Readonly<Record<string, number>>) {
  return Object.fromEntries(Object.entries(counts).map(([of, count]) => [prefix + of, count]));
}
