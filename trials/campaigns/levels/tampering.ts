import type { Failure, Level } from '../level.ts';
import { change, everyByte, namesPlace, faultLines, scene } from '../tampering.ts';

const masks = [0x01, 0x20, 0x80, 0x02, 0x40, 0x10, 0x04, 0x08];

/** Every byte of every column of a SQLite file changed, one at a time. */
export const tampering: Level = {
  name: 'tampering',
  promise: 'Any single changed byte of any stored column is named with its place.',
  async run({ scale, seed, progress }) {
    const here = await scene();
    const trials = everyByte(here);
    // At scale 1 one byte in ten, from scale 10 on every byte.
    const stride = Math.max(1, Math.round(10 / scale));
    const seen: Record<string, number> = {};
    const failures: Failure[] = [];
    let changed = 0;
    let impossible = 0;
    for (let index = seed % stride; index < trials.length; index += stride) {
      const trial = trials[index];
      const mask = masks[(index + seed) % masks.length] ?? 1;
      if (trial === undefined) continue;
      progress(index, trials.length);
      if (!change(here, trial, mask)) {
        impossible += 1;
        continue;
      }
      changed += 1;
      seen[trial.column] = (seen[trial.column] ?? 0) + 1;
      const lines = await faultLines(here);
      if (!namesPlace(here, trial, lines)) {
        failures.push({
          invariant: 'I10',
          repro: `npm run campaign -- --level tampering --scale ${scale} --seed ${seed}`,
          what: JSON.stringify({ ...trial, mask, lines: lines.slice(0, 3) }),
        });
      }
      here.restore();
    }
    await here.close();
    return { counts: { changed, impossible, bytes: trials.length }, seen, failures };
  },
};
