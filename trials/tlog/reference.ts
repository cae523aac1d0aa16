/** Merkle trees as RFC 6962 writes them down, by its recursions alone: slow, and nothing of ours. */

import { createHash } from 'node:crypto';

/** What a leaf holds, not yet hashed. */
export type Entries = readonly Uint8Array[];

/** MTH(D). */
export function rootOf(entries: Entries): Buffer {
  const [first] = entries;
  if (first === undefined) return sha256();
  if (entries.length === 1) return sha256([0], first);
  const split = splitOf(entries.length);
  return sha256([1], rootOf(entries.slice(0, split)), rootOf(entries.slice(split)));
}

/** PATH(m, D). */
export function pathOf(index: number, entries: Entries): readonly Buffer[] {
  if (entries.length === 1) return [];
  const split = splitOf(entries.length);
  const [left, right] = [entries.slice(0, split), entries.slice(split)];
  return index < split
    ? [...pathOf(index, left), rootOf(right)]
    : [...pathOf(index - split, right), rootOf(left)];
}

/** PROOF(m, D). */
export function proofOf(size: number, entries: Entries): readonly Buffer[] {
  // Everything extends the empty tree.
  return size === 0 ? [] : subproofOf(size, entries, true);
}

function subproofOf(size: number, entries: Entries, isKnown: boolean): readonly Buffer[] {
  if (size === entries.length) return isKnown ? [] : [rootOf(entries)];
  const split = splitOf(entries.length);
  const [left, right] = [entries.slice(0, split), entries.slice(split)];
  return size <= split
    ? [...subproofOf(size, left, isKnown), rootOf(right)]
    : [...subproofOf(size - split, right, false), rootOf(left)];
}

/** The largest power of two below the size, which is at least 2. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

function sha256(prefix: readonly number[] = [], ...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256').update(Buffer.from(prefix));
  for (const part of parts) hash.update(part);
  return hash.digest();
}
