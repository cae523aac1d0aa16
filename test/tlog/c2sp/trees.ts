import fc from 'fast-check';
import { emptyRoot } from '../../../src/tlog/c2sp/merkle.ts';
import type { Hash } from '../../../src/tlog/c2sp/merkle.ts';
import { sha256, treeOf } from './rfc6962.ts';

export const sizeMax = 1_000;
export const leaves = Array.from({ length: sizeMax }, (_, at) => sha256(Buffer.from(`leaf ${at}`)));
export const tree = treeOf(leaves);
export const leafAt = (index: number): Uint8Array => leaves[index] ?? Buffer.alloc(0);
export const hex = (hash: Hash): string => Buffer.from(hash).toString('hex');

const sizes = fc.integer({ min: 1, max: sizeMax });
/** A leaf of a tree. */
export const places = sizes.chain((size) =>
  fc.record({ size: fc.constant(size), index: fc.integer({ min: 0, max: size - 1 }) }),
);
/** Two sizes of one tree, the old one smaller. */
export const growths = fc
  .tuple(sizes, sizes)
  .filter(([one, other]) => one !== other)
  .map(([one, other]) => ({ oldSize: Math.min(one, other), newSize: Math.max(one, other) }));

/** The same hash with one bit altered. */
export function altered(hash: Hash, bit: number): Hash {
  const bytes = Buffer.from(hash);
  const at = Math.floor(bit / 8);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8));
  return bytes;
}

export const bits = fc.integer({ min: 0, max: 255 });

/** Every way to spoil a proof: one hash altered, left out, doubled, added, swapped, or cut short. */
export const spoiled = (proof: readonly Hash[]): fc.Arbitrary<readonly Hash[]> => {
  const added = fc
    .tuple(
      fc.integer({ min: 0, max: proof.length }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
    )
    .map(([at, hash]) => proof.toSpliced(at, 0, hash));
  if (proof.length === 0) return added;
  const places = fc.integer({ min: 0, max: proof.length - 1 });
  const swapped = ([at, away]: readonly [number, number]): readonly Hash[] => {
    const other = (at + away) % proof.length;
    return proof.with(at, proof[other] ?? emptyRoot).with(other, proof[at] ?? emptyRoot);
  };
  return fc.oneof(
    added,
    fc.tuple(places, bits).map(([at, bit]) => proof.with(at, altered(proof[at] ?? emptyRoot, bit))),
    places.map((at) => proof.toSpliced(at, 1)),
    places.map((at) => proof.toSpliced(at, 0, proof[at] ?? emptyRoot)),
    places.map((at) => proof.with(at, (proof[at] ?? emptyRoot).subarray(0, 31))),
    places.map((at) => proof.with(at, Buffer.concat([proof[at] ?? emptyRoot, Buffer.of(0)]))),
    // One hash has no other to be swapped with.
    ...(proof.length === 1
      ? []
      : [fc.tuple(places, fc.integer({ min: 1, max: proof.length - 1 })).map(swapped)]),
  );
};
