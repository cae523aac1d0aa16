/**
 * The Merkle tree of RFC 6962 over SHA-256. A log of orders commits to all its events with one root.
 * A few hashes prove that an event is among them, or that a later root only adds to an earlier one.
 * To check such a proof takes neither the log nor its owner.
 */

import { hash } from 'node:crypto';
import { invalidInput } from '../../errors.ts';

export type Hash = Uint8Array;

/** The root over the leaves `from` to `to`, without `to`: MTH(D[from:to]). */
export type RangeHash = (from: number, to: number) => Hash;

const hashBytes = 32;

/** The root of a tree without leaves. */
export const emptyRoot: Hash = hash('sha256', '', 'buffer');

// A hash as a string of one character a byte ('binary' and 'latin1' name the same). Node gives it in
// a third of the time of a buffer.
type HashText = string;

const textOf = (input: Uint8Array): HashText => hash('sha256', input, 'binary');
const bytesOf = (text: HashText): Hash => Buffer.from(text, 'latin1');

/** The input of a node's hash, into which its two children are written. */
function nodeInput(): Buffer {
  const input = Buffer.alloc(1 + 2 * hashBytes);
  input[0] = 1;
  return input;
}

const usualLeaf = Buffer.alloc(1 + hashBytes);
const anyNode = nodeInput();

function leafText(leaf: Uint8Array): HashText {
  const input = leaf.length === hashBytes ? usualLeaf : Buffer.alloc(1 + leaf.length);
  input.set(leaf, 1);
  return textOf(input);
}

export function leafHash(leaf: Uint8Array): Hash {
  return bytesOf(leafText(leaf));
}

export function nodeHash(left: Hash, right: Hash): Hash {
  if (!isHash(left) || !isHash(right)) throw invalidInput('hash', 'must have 32 bytes');
  anyNode.set(left, 1);
  anyNode.set(right, 1 + hashBytes);
  return bytesOf(textOf(anyNode));
}

/**
 * A tree that only grows. It keeps the roots of its perfect subtrees, at most 53 of them, and no
 * leaves.
 */
export class Frontier {
  #size = 0;
  /** By level: the input of the node whose left child waits for a right one of 2^level leaves. */
  readonly #waiting: Buffer[] = [];

  get size(): number {
    return this.#size;
  }

  root(): Hash {
    let right: HashText | null = null;
    for (let level = 0, rest = this.#size; rest > 0; level += 1, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 0) continue;
      const node = this.#nodeAt(level);
      if (right === null) right = node.toString('latin1', 1, 1 + hashBytes);
      else {
        node.write(right, 1 + hashBytes, 'latin1');
        right = textOf(node);
      }
    }
    return right === null ? emptyRoot : bytesOf(right);
  }

  append(leaf: Uint8Array): void {
    let right = leafText(leaf);
    let level = 0;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const node = this.#nodeAt(level);
      node.write(right, 1 + hashBytes, 'latin1');
      right = textOf(node);
      level += 1;
    }
    this.#nodeAt(level).write(right, 1, 'latin1');
    this.#size += 1;
  }

  #nodeAt(level: number): Buffer {
    return (this.#waiting[level] ??= nodeInput());
  }
}

/** How many leaves the left subtree has: the largest power of two below the size. */
export function leftSize(size: number): number {
  let left = 1;
  while (left * 2 < size) left *= 2;
  return left;
}

/** A sibling on the way down from the root: which leaves it covers, and on which side it stands. */
type Sibling = { readonly from: number; readonly to: number; readonly side: 'left' | 'right' };

/** From the leaf's sibling up to the child of the root. */
function siblingsOf(index: number, size: number): readonly Sibling[] {
  const siblings: Sibling[] = [];
  for (let from = 0, to = size; to - from > 1;) {
    const middle = from + leftSize(to - from);
    if (index < middle) {
      siblings.push({ from: middle, to, side: 'right' });
      to = middle;
    } else {
      siblings.push({ from, to: middle, side: 'left' });
      from = middle;
    }
  }
  return siblings.toReversed();
}

/**
 * Where the subtree begins in which the old tree ends, and its siblings up to the root of the new
 * one. All leaves of the old tree are in that subtree and in the siblings on its left.
 */
function seamOf(
  oldSize: number,
  newSize: number,
): { readonly from: number; readonly siblings: readonly Sibling[] } {
  const siblings: Sibling[] = [];
  let from = 0;
  for (let to = newSize; to !== oldSize;) {
    const middle = from + leftSize(to - from);
    if (oldSize <= middle) {
      siblings.push({ from: middle, to, side: 'right' });
      to = middle;
    } else {
      siblings.push({ from, to: middle, side: 'left' });
      from = middle;
    }
  }
  return { from, siblings: siblings.toReversed() };
}

/**
 * The hashes that lead from a leaf to the root over `size` leaves.
 *
 * @throws {PaymentOrderError} `invalid-input` where the tree has no such leaf.
 */
export function inclusionProof(index: number, size: number, rangeHash: RangeHash): readonly Hash[] {
  if (!isSize(size)) throw invalidInput('size', 'must be a whole number from 0 to 2^53-1');
  if (!isSize(index) || index >= size) {
    throw invalidInput('index', 'must be a whole number below the size');
  }
  return siblingsOf(index, size).map(({ from, to }) => rangeHash(from, to));
}

/**
 * The hashes that prove that the root over `newSize` leaves keeps the first `oldSize` as they were.
 *
 * @throws {PaymentOrderError} `invalid-input` where the old tree is larger than the new one.
 */
export function consistencyProof(
  oldSize: number,
  newSize: number,
  rangeHash: RangeHash,
): readonly Hash[] {
  if (!isSize(newSize)) throw invalidInput('newSize', 'must be a whole number from 0 to 2^53-1');
  if (!isSize(oldSize) || oldSize > newSize) {
    throw invalidInput('oldSize', 'must be a whole number up to the new size');
  }
  if (oldSize === 0) return [];
  const { from, siblings } = seamOf(oldSize, newSize);
  const seam = from === 0 ? [] : [rangeHash(from, oldSize)];
  return [...seam, ...siblings.map((sibling) => rangeHash(sibling.from, sibling.to))];
}

/** Whether the root over `size` leaves has this leaf at this index. Anything malformed is false. */
export function isIncluded({
  leaf,
  index,
  size,
  root,
  proof,
}: {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Hash;
  readonly proof: readonly Hash[];
}): boolean {
  if (!isSize(size) || !isSize(index) || index >= size) return false;
  const siblings = siblingsOf(index, size);
  if (proof.length !== siblings.length || !proof.every(isHash)) return false;
  return areEqual(climb(leafHash(leaf), siblings, proof), root);
}

/** Whether the new root keeps all leaves of the old one. Anything malformed is false. */
export function isConsistent({
  oldSize,
  oldRoot,
  newSize,
  newRoot,
  proof,
}: {
  readonly oldSize: number;
  readonly oldRoot: Hash;
  readonly newSize: number;
  readonly newRoot: Hash;
  readonly proof: readonly Hash[];
}): boolean {
  if (!isSize(oldSize) || !isSize(newSize) || oldSize > newSize) return false;
  if (![oldRoot, newRoot, ...proof].every(isHash)) return false;
  if (newSize === 0 && !areEqual(newRoot, emptyRoot)) return false;
  if (oldSize === 0) return proof.length === 0 && areEqual(oldRoot, emptyRoot);
  const { from, siblings } = seamOf(oldSize, newSize);
  // Where the old tree is a whole subtree of the new one, its root is known and not in the proof.
  const [seam, ...rest] = from === 0 ? [oldRoot, ...proof] : proof;
  if (seam === undefined || rest.length !== siblings.length) return false;
  const isLeft = ({ side }: Sibling): boolean => side === 'left';
  const ofOld = rest.filter((_, at) => siblings[at]?.side === 'left');
  return (
    areEqual(climb(seam, siblings.filter(isLeft), ofOld), oldRoot) &&
    areEqual(climb(seam, siblings, rest), newRoot)
  );
}

/** The root above a subtree, by the hashes of its siblings. */
function climb(subtree: Hash, siblings: readonly Sibling[], hashes: readonly Hash[]): Hash {
  return hashes.reduce(
    (below, sibling, at) =>
      siblings[at]?.side === 'left' ? nodeHash(sibling, below) : nodeHash(below, sibling),
    subtree,
  );
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isHash(value: Hash): boolean {
  return value.length === hashBytes;
}

function areEqual(one: Hash, other: Hash): boolean {
  return Buffer.compare(one, other) === 0;
}
