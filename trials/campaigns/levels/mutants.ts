import { paymentOrderMachine } from '../../../machines/payment-order.machine.ts';
import { byGolden, isSame, noticedBy, sameBecause } from '../../mutants/judge.ts';
import type { Mutant } from '../../mutants/machine-mutants.ts';
import { everyMutant } from '../../mutants/machine-mutants.ts';
import type { Level } from '../level.ts';
import { reproOf } from '../repro.ts';

/** Every transition of the machine removed, made to stay, and sent to every other state. */
export const mutants: Level = {
  name: 'mutants',
  promise: 'No single transition can be removed or redirected unnoticed.',
  async run({ scale, seed, progress }) {
    const all = everyMutant(paymentOrderMachine);
    const seen = { 'a golden history': 0, 'a law': 0, 'technical-events-only-raise': 0, same: 0 };
    const survivors: Mutant[] = [];
    for (const [index, mutant] of all.entries()) {
      progress(index, all.length);
      if (sameBecause(mutant) !== null) {
        if (await isSame(mutant.machine)) seen.same += 1;
        else survivors.push(mutant);
        continue;
      }
      const by = await noticedBy(mutant);
      if (by === null) survivors.push(mutant);
      else if (by === byGolden) seen[byGolden] += 1;
      else seen['a law'] += 1;
      if (by === 'technical-events-only-raise') seen[by] += 1;
    }
    return {
      counts: { mutants: all.length, survived: survivors.length },
      seen,
      failures: survivors.map(({ place, change }) => ({
        invariant: 'I3',
        repro: reproOf('mutants', { scale, seed }),
        what: `${place} ${change}`,
      })),
    };
  },
};
