import { bugs as planted } from '../bugs/bugs.ts';
import { plant } from '../bugs/plant.ts';
import type { Failure, Level } from '../level.ts';

/** Tests the campaign itself: plausible bugs must make it fail. */
export const bugs: Level = {
  name: 'bugs',
  promise: 'A protocol bug that is planted into the sources is caught.',
  async run({ progress }) {
    const failures: Failure[] = [];
    let caught = 0;
    for (const [index, bug] of planted.entries()) {
      progress(index, planted.length);
      const found = await plant(bug);
      if (found === null) {
        const repro = 'npm run campaign -- --level bugs';
        failures.push({ invariant: 'survivor', repro, what: bug.name });
        continue;
      }
      caught += 1;
      const after = found.seeds === null ? '' : ` after ${found.seeds} seeds`;
      process.stderr.write(`bugs: ${bug.name}: ${found.by}${after}\n`);
    }
    return { counts: { bugs: planted.length, caught }, seen: {}, failures };
  },
};
