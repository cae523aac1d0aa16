import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRuntime } from '../../../src/runtime.ts';
import { WitnessState } from '../../../src/tlog/witness/state.ts';
import { alterations } from '../../tlog/alterations.ts';
import { lies } from '../../tlog/forger.ts';
import { circumstances, tried } from '../../tlog/round.ts';
import { storeKinds } from '../../tlog/stores.ts';
import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';

const name = 'tlog';
const roundsAtScale1 = 500;
/** Other levels try the disk. Here every file would only be waited for. */
const scratchRoot = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Stores that extend their checkpoints, and copies of them that a forger altered. */
export const tlog: Level = {
  name,
  promise:
    'A store that extends a checkpoint verifies against it; one in which an event before it is ' +
    'missing, exchanged, changed or inserted is named, and no witness cosigns it.',
  async run({ scale, seed, untilFailure, progress }) {
    const rounds = Math.ceil(roundsAtScale1 * scale);
    const expected = [
      ...[...storeKinds, ...Object.keys(alterations), ...Object.keys(lies)],
      ...circumstances,
    ];
    const seen: Record<string, number> = {};
    // A few, as a failure is reproduced, cannot see everything.
    if (rounds >= roundsAtScale1 / 2) for (const what of expected) seen[what] = 0;
    const failures: Failure[] = [];
    const scratch = mkdtempSync(join(scratchRoot, 'payment-order-tlog-'));
    const state = await WitnessState.open(join(scratch, 'witness'), systemRuntime());
    for (let round = 0; round < rounds; round += 1) {
      progress(round, rounds);
      const directory = join(scratch, String(round));
      mkdirSync(directory);
      const found = await triedOrThrown(seed + round, { directory, state });
      rmSync(directory, { recursive: true });
      for (const what of found.seen) seen[what] = (seen[what] ?? 0) + 1;
      const repro = reproOf(name, { scale: 1 / roundsAtScale1, seed: seed + round });
      failures.push(...found.problems.map((what) => ({ invariant: 'I22', repro, what })));
      if (untilFailure && failures.length > 0) break;
    }
    state.close();
    rmSync(scratch, { recursive: true });
    return { counts: { rounds }, seen, failures };
  },
};

/** An error is a failure of its round, and has its seed. */
async function triedOrThrown(...given: Parameters<typeof tried>): ReturnType<typeof tried> {
  try {
    return await tried(...given);
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seen: [], problems: [what] };
  }
}
