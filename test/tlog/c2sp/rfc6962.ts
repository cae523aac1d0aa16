/**
 * The definitions of RFC 6962, 2.1, and the checks of RFC 9162, 2.1.3.2 and 2.1.4.2, written down as
 * they stand there. They share nothing with the module: what both say alike is right or doubly wrong.
 */

import { createHash } from 'node:crypto';

export const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const made = createHash('sha256');
  for (const part of parts) made.update(part);
  return made.digest();
};

const zero = Buffer.of(0);
const one = Buffer.of(1);

/** The largest power of two smaller than n. */
function kOf(n: number): number {
  return 2 ** Math.floor(Math.log2(n - 1));
}

/** A tree over entries, whose subtrees are computed once each. */
export function treeOf(entries: readonly Uint8Array[]) {
  const known = new Map<string, Buffer>();

  /** MTH(D[from:to]). */
  function mth(from: number, to: number): Buffer {
    const name = `${from}:${to}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    const n = to - from;
    const made =
      n === 0
        ? sha256()
        : n === 1
          ? sha256(zero, entries[from] ?? Buffer.alloc(0))
          : sha256(one, mth(from, from + kOf(n)), mth(from + kOf(n), to));
    known.set(name, made);
    return made;
  }

  /** PATH(m, D[from:to]). */
  function path(m: number, from: number, to: number): readonly Buffer[] {
    if (to - from === 1) return [];
    const k = kOf(to - from);
    return m < k
      ? [...path(m, from, from + k), mth(from + k, to)]
      : [...path(m - k, from + k, to), mth(from, from + k)];
  }

  /** SUBPROOF(m, D[from:to], b). */
  function subproof(m: number, from: number, to: number, b: boolean): readonly Buffer[] {
    if (m === to - from) return b ? [] : [mth(from, to)];
    const k = kOf(to - from);
    return m <= k
      ? [...subproof(m, from, from + k, b), mth(from + k, to)]
      : [...subproof(m - k, from + k, to, false), mth(from, from + k)];
  }

  return {
    mth,
    root: (size: number) => mth(0, size),
    path: (index: number, size: number) => path(index, 0, size),
    /** PROOF(m, D[n]); it is not defined for m = 0. */
    proof: (m: number, n: number) => (m === 0 ? [] : subproof(m, 0, n, true)),
  };
}

type Inclusion = {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

/** RFC 9162, 2.1.3.2. For sizes below 2^31. */
export function includes({ leaf, index, size, root, proof }: Inclusion): boolean {
  if (index >= size) return false;
  let fn = index;
  let sn = size - 1;
  let r = sha256(zero, leaf);
  for (const p of proof) {
    if (sn === 0) return false;
    if ((fn & 1) === 1 || fn === sn) {
      r = sha256(one, p, r);
      while ((fn & 1) === 0 && fn !== 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      r = sha256(one, r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn === 0 && r.equals(root);
}

type Consistency = {
  readonly oldSize: number;
  readonly oldRoot: Uint8Array;
  readonly newSize: number;
  readonly newRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

/** RFC 9162, 2.1.4.2, for 0 < oldSize < newSize < 2^31. */
export function extendsTree({ oldSize, oldRoot, newSize, newRoot, proof }: Consistency): boolean {
  if (proof.length === 0) return false;
  const isPowerOfTwo = (oldSize & (oldSize - 1)) === 0;
  const [first, ...rest] = isPowerOfTwo ? [oldRoot, ...proof] : proof;
  if (first === undefined) return false;
  let fn = oldSize - 1;
  let sn = newSize - 1;
  while ((fn & 1) === 1) {
    fn >>= 1;
    sn >>= 1;
  }
  let fr: Uint8Array = first;
  let sr: Uint8Array = first;
  for (const c of rest) {
    if (sn === 0) return false;
    if ((fn & 1) === 1 || fn === sn) {
      fr = sha256(one, c, fr);
      sr = sha256(one, c, sr);
      while ((fn & 1) === 0 && fn !== 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      sr = sha256(one, sr, c);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn === 0 && Buffer.from(fr).equals(oldRoot) && Buffer.from(sr).equals(newRoot);
}
