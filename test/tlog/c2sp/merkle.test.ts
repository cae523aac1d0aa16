import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../../src/errors.ts';
import {
  Frontier,
  consistencyProof,
  emptyRoot,
  inclusionProof,
  isConsistent,
  isIncluded,
  leafHash,
  nodeHash,
} from '../../../src/tlog/c2sp/merkle.ts';
import { extendsTree, includes, sha256, treeOf } from './rfc6962.ts';
import {
  altered,
  bits,
  growths,
  hex,
  leafAt,
  leaves,
  places,
  sizeMax,
  spoiled,
  tree,
} from './trees.ts';

function inclusionAt({ index, size }: { readonly index: number; readonly size: number }) {
  const proof = inclusionProof(index, size, tree.mth);
  return { leaf: leafAt(index), index, size, root: tree.root(size), proof };
}

function consistencyOf({
  oldSize,
  newSize,
}: {
  readonly oldSize: number;
  readonly newSize: number;
}) {
  const roots = { oldRoot: tree.root(oldSize), newRoot: tree.root(newSize) };
  return { oldSize, newSize, ...roots, proof: consistencyProof(oldSize, newSize, tree.mth) };
}

describe('a Merkle tree', () => {
  test('has the root of RFC 6962 at every size up to 1,000', () => {
    const frontier = new Frontier();
    for (let size = 0; size <= sizeMax; size += 1) {
      expect(frontier.size).toBe(size);
      expect(hex(frontier.root())).toBe(hex(tree.root(size)));
      // Asking for it changes nothing.
      expect(hex(frontier.root())).toBe(hex(tree.root(size)));
      if (size < sizeMax) frontier.append(leafAt(size));
    }
  });

  test('hashes leaves of any length and nodes of 32 bytes only', () => {
    for (const length of [0, 1, 31, 32, 33, 100]) {
      const leaf = Buffer.alloc(length, 7);
      expect(hex(leafHash(leaf))).toBe(hex(sha256(Buffer.of(0), leaf)));
    }
    const [left, right] = [leafAt(0), leafAt(1)];
    expect(hex(nodeHash(left, right))).toBe(hex(sha256(Buffer.of(1), left, right)));
    expect(() => nodeHash(left, right.subarray(1))).toThrow(PaymentOrderError);
    expect(() => nodeHash(left.subarray(1), right)).toThrow(PaymentOrderError);
  });
});

describe('a proof of inclusion', () => {
  test('is that of RFC 6962, and verifies, for every leaf of every small tree', () => {
    for (let size = 1; size <= 70; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const inclusion = inclusionAt({ index, size });
        expect(inclusion.proof.map(hex)).toEqual(tree.path(index, size).map(hex));
        expect(isIncluded(inclusion)).toBe(true);
      }
    }
  });

  test('is that of RFC 6962, and verifies, for leaves of every tree up to 1,000', () => {
    for (let size = 71; size <= sizeMax; size += 1) {
      for (const index of [0, size >> 1, (size * 7_919) % size, size - 1]) {
        const inclusion = inclusionAt({ index, size });
        expect(inclusion.proof.map(hex)).toEqual(tree.path(index, size).map(hex));
        expect(isIncluded(inclusion)).toBe(true);
      }
    }
  });

  test('never verifies where it is spoiled', () => {
    const cases = places.chain((place) => {
      const inclusion = inclusionAt(place);
      return spoiled(inclusion.proof).map((proof) => ({ ...inclusion, proof }));
    });
    fc.assert(
      fc.property(cases, (inclusion) => !isIncluded(inclusion)),
      { numRuns: 2_000 },
    );
  });

  test('never verifies another leaf, another index or another root', () => {
    fc.assert(
      fc.property(places, bits, fc.nat(), (place, bit, other) => {
        const inclusion = inclusionAt(place);
        const index = other % place.size;

        expect(isIncluded({ ...inclusion, leaf: altered(inclusion.leaf, bit) })).toBe(false);
        expect(isIncluded({ ...inclusion, root: altered(inclusion.root, bit) })).toBe(false);
        expect(isIncluded({ ...inclusion, root: inclusion.root.subarray(1) })).toBe(false);
        expect(isIncluded({ ...inclusion, index })).toBe(index === place.index);
      }),
      { numRuns: 1_000 },
    );
  });

  // Some trees have the same path to a leaf. That is why a checkpoint signs size and root together.
  test('verifies at another size exactly where RFC 9162 does', () => {
    fc.assert(
      fc.property(places, fc.integer({ min: 0, max: sizeMax }), (place, size) => {
        const inclusion = { ...inclusionAt(place), size };
        expect(isIncluded(inclusion)).toBe(includes(inclusion));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([-1, 0.5, NaN, 8, 2 ** 53, Infinity])('is refused for index %s of 8', (index) => {
    expect(() => inclusionProof(index, 8, tree.mth)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field: 'index' }) as Error,
    );
    expect(isIncluded({ ...inclusionAt({ index: 0, size: 8 }), index })).toBe(false);
  });

  test.each([-1, 8.5, NaN, 2 ** 53, Infinity])('is refused for size %s', (size) => {
    expect(() => inclusionProof(0, size, tree.mth)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field: 'size' }) as Error,
    );
    expect(isIncluded({ ...inclusionAt({ index: 0, size: 8 }), size })).toBe(false);
  });
});

describe('a proof of consistency', () => {
  test('is that of RFC 6962, and verifies, between all small trees', () => {
    for (let newSize = 0; newSize <= 70; newSize += 1) {
      for (let oldSize = 0; oldSize <= newSize; oldSize += 1) {
        const consistency = consistencyOf({ oldSize, newSize });
        expect(consistency.proof.map(hex)).toEqual(tree.proof(oldSize, newSize).map(hex));
        expect(isConsistent(consistency)).toBe(true);
      }
    }
  });

  test('is that of RFC 6962, and verifies, between trees up to 1,000', () => {
    fc.assert(
      fc.property(growths, (growth) => {
        const consistency = consistencyOf(growth);
        const { oldSize, newSize } = growth;
        expect(consistency.proof.map(hex)).toEqual(tree.proof(oldSize, newSize).map(hex));
        expect(isConsistent(consistency)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('never verifies where it is spoiled', () => {
    const cases = growths.chain((growth) => {
      const consistency = consistencyOf(growth);
      return spoiled(consistency.proof).map((proof) => ({ ...consistency, proof }));
    });
    fc.assert(
      fc.property(cases, (consistency) => !isConsistent(consistency)),
      { numRuns: 2_000 },
    );
  });

  test('never verifies another root', () => {
    fc.assert(
      fc.property(growths, bits, (growth, bit) => {
        const consistency = consistencyOf(growth);
        const { oldRoot, newRoot } = consistency;

        expect(isConsistent({ ...consistency, oldRoot: altered(oldRoot, bit) })).toBe(false);
        expect(isConsistent({ ...consistency, newRoot: altered(newRoot, bit) })).toBe(false);
        expect(isConsistent({ ...consistency, oldRoot: oldRoot.subarray(1) })).toBe(false);
        expect(isConsistent({ ...consistency, newRoot: newRoot.subarray(1) })).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test('verifies at other sizes exactly where RFC 9162 does', () => {
    fc.assert(
      fc.property(growths, growths, (growth, other) => {
        for (const sizes of [other, { ...growth, oldSize: other.oldSize }]) {
          if (sizes.oldSize >= sizes.newSize) continue;
          const consistency = { ...consistencyOf(growth), ...sizes };
          expect(isConsistent(consistency)).toBe(extendsTree(consistency));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('never verifies a tree in which an old leaf is another', () => {
    fc.assert(
      fc.property(growths, fc.nat(), ({ oldSize, newSize }, at) => {
        const rewritten = treeOf(leaves.with(at % oldSize, Buffer.from('another')));
        const proof = consistencyProof(oldSize, newSize, rewritten.mth);
        const roots = { oldRoot: tree.root(oldSize), newRoot: rewritten.root(newSize) };
        expect(isConsistent({ oldSize, newSize, ...roots, proof })).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  test('is empty, and asks for equal roots, between trees of one size', () => {
    const same = consistencyOf({ oldSize: 5, newSize: 5 });

    expect(same.proof).toEqual([]);
    expect(isConsistent(same)).toBe(true);
    expect(isConsistent({ ...same, newRoot: tree.root(6) })).toBe(false);
    expect(isConsistent({ ...same, proof: [tree.root(5)] })).toBe(false);
  });

  test('is empty after a tree without leaves, whose root must be its own', () => {
    const grown = consistencyOf({ oldSize: 0, newSize: 5 });

    expect(isConsistent(grown)).toBe(true);
    expect(isConsistent({ ...grown, oldRoot: tree.root(5) })).toBe(false);
    expect(isConsistent({ ...grown, proof: [tree.root(5)] })).toBe(false);
    const empty = { oldSize: 0, newSize: 0, oldRoot: emptyRoot, newRoot: emptyRoot, proof: [] };
    expect(isConsistent(empty)).toBe(true);
    expect(isConsistent({ ...empty, newRoot: tree.root(1) })).toBe(false);
  });

  test.each([
    [9, 8, 'oldSize'],
    [-1, 8, 'oldSize'],
    [1.5, 8, 'oldSize'],
    [NaN, 8, 'oldSize'],
    [1, 2 ** 53, 'newSize'],
    [1, NaN, 'newSize'],
    [0, -1, 'newSize'],
  ])('is refused from size %s to %s', (oldSize, newSize, field) => {
    expect(() => consistencyProof(oldSize, newSize, tree.mth)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field }) as Error,
    );
    const consistency = consistencyOf({ oldSize: 5, newSize: 8 });
    expect(isConsistent({ ...consistency, oldSize, newSize })).toBe(false);
  });
});
