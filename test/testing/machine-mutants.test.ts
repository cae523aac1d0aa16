import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { byGolden, isSame, noticedBy, sameBecause } from '../../trials/mutants/judge.ts';
import type { Mutant } from '../../trials/mutants/machine-mutants.ts';
import { everyMutant } from '../../trials/mutants/machine-mutants.ts';

/** The level `mutants` in `npm run campaign` tries every one; this test one of each dozen. */
const stride = 12;

describe('the machine with any single transition removed or redirected', () => {
  const mutants = everyMutant(paymentOrderMachine);
  const differing = mutants.filter((mutant) => sameBecause(mutant) === null);
  const same = mutants.filter((mutant) => sameBecause(mutant) !== null);
  const some = (of: readonly Mutant[]) => of.filter((_, index) => index % stride === 0);
  const named = ({ place, change }: Mutant) => `${place} ${change}`;

  test('has 90 transitions, changed in 1,080 ways', () => {
    expect(new Set(mutants.map(({ place }) => place)).size).toBe(90);
    expect(mutants).toHaveLength(1_080);
    expect(same).toHaveLength(65);
  });

  test('is the shipped machine while nothing is changed', async () => {
    expect(await isSame(paymentOrderMachine)).toBe(true);
  });

  test('breaks a law or a golden history', async () => {
    const noticed = new Map<string, string | null>();
    for (const mutant of some(differing)) noticed.set(named(mutant), await noticedBy(mutant));
    const survivors = [...noticed].filter(([, by]) => by === null).map(([name]) => name);
    expect(survivors).toEqual([]);
    const by = Map.groupBy(noticed.values(), (name) => name);
    expect(by.get(byGolden)?.length).toBeGreaterThan(noticed.size / 2);
    expect(by.size).toBeGreaterThan(1);
  });

  test('is the same machine where a reason says so', async () => {
    const differ: string[] = [];
    for (const mutant of some(same)) {
      if (!(await isSame(mutant.machine))) differ.push(named(mutant));
    }
    expect(differ).toEqual([]);
  });
});
