import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  consistencyProof,
  emptyRoot,
  inclusionProof,
  isConsistent,
  isIncluded,
  leafHash,
  nodeHash,
} from '../../../src/tlog/c2sp/merkle.ts';
import type { Hash, RangeHash } from '../../../src/tlog/c2sp/merkle.ts';
import { leafAt } from './trees.ts';

describe('a tree of up to 2^53-1 leaves', () => {
  const leaf = leafAt(0);
  const rootOf = new Map<number, Hash>([
    [0, emptyRoot],
    [1, leafHash(leaf)],
  ]);

  /** All leaves are the same, so a root depends on the size alone. */
  const same: RangeHash = (from, to) => {
    const size = to - from;
    const known = rootOf.get(size);
    if (known !== undefined) return known;
    let left = 1;
    while (left * 2 < size) left *= 2;
    const made = nodeHash(same(0, left), same(left, size));
    rootOf.set(size, made);
    return made;
  };

  const large = fc.oneof(
    fc.maxSafeNat(),
    fc
      .integer({ min: 0, max: 53 })
      .chain((power) => fc.integer({ min: -2, max: 2 }).map((more) => 2 ** power + more)),
  );
  const safe = large.filter((size) => size > 0 && Number.isSafeInteger(size));

  test('proves that a leaf is in it, and that it grew', () => {
    fc.assert(
      fc.property(safe, safe, (one, other) => {
        const size = Math.max(one, other);
        const index = Math.min(one, other) - 1;
        const proof = inclusionProof(index, size, same);
        expect(proof.length).toBeLessThanOrEqual(53);
        expect(isIncluded({ leaf, index, size, root: same(0, size), proof })).toBe(true);

        const [oldSize, newSize] = [Math.min(one, other), size];
        const roots = { oldRoot: same(0, oldSize), newRoot: same(0, newSize) };
        const grown = consistencyProof(oldSize, newSize, same);
        expect(grown.length).toBeLessThanOrEqual(63);
        expect(isConsistent({ oldSize, newSize, ...roots, proof: grown })).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
