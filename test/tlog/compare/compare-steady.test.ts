import fc from 'fast-check';
import { expect, test } from 'vitest';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { unsteady } from '../../../src/tlog/compare/steady.ts';

async function unsteadyIn(numbers: readonly number[]): Promise<readonly number[]> {
  const found: number[] = [];
  await unsteady(Uint32Array.from(numbers), simulatedRuntime(), (index) => found.push(index));
  return found;
}

/** The length of the longest ascending part, found by looking at all pairs. */
function longestAscending(numbers: readonly number[]): number {
  const lengths: number[] = [];
  for (const [index, number] of numbers.entries()) {
    const before = lengths.filter((_, at) => at < index && (numbers[at] ?? 0) < number);
    lengths.push(1 + Math.max(0, ...before));
  }
  return Math.max(0, ...lengths);
}

test('leaves the longest ascending part of the numbers, whatever zeros stand between', async () => {
  const distinct = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(distinct, fc.array(fc.nat(40), { maxLength: 5 }), async (some, zeros) => {
      const numbers = zeros.reduce((all, at) => all.toSpliced(at % (all.length + 1), 0, 0), some);

      const found = await unsteadyIn(numbers);

      const rest = numbers.filter((number, index) => number !== 0 && !found.includes(index));
      expect(rest).toStrictEqual(rest.toSorted((a, b) => a - b));
      expect(rest).toHaveLength(longestAscending(some));
      expect(found.every((index) => numbers[index] !== 0)).toBe(true);
      expect(found).toStrictEqual(found.toSorted((a, b) => a - b));
    }),
    { numRuns: 1_000 },
  );
});
