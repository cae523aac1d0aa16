/**
 * A log as strangers would write it from the documents alone: RFC 6962 trees, C2SP signed notes,
 * cosignatures and tlog-proofs. It shares no code with `src/tlog/`, which is tried with what it gives.
 */

import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

type Kind = 'log' | 'witness';

export type StrangeKey = {
  readonly name: string;
  readonly kind: Kind;
  readonly id: Buffer;
  readonly vkey: string;
  readonly privateKey: KeyObject;
};

const sha256 = (...parts: readonly Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const typeOf = { log: Buffer.of(1), witness: Buffer.of(4) } as const;
/** RFC 8410: what stands before the 32 bytes of a private key. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The same seed gives the same key. */
export function strangeKey(kind: Kind, name: string, seed = name): StrangeKey {
  const secret = sha256(Buffer.from(seed));
  const der = Buffer.concat([pkcs8, secret]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const key = Buffer.concat([typeOf[kind], spki.subarray(-32)]);
  const id = sha256(Buffer.from(`${name}\n`), key).subarray(0, 4);
  const vkey = `${name}+${id.toString('hex')}+${key.toString('base64')}`;
  return { name, kind, id, vkey, privateKey };
}

/** MTH of RFC 6962. */
export function rootOf(leaves: readonly Uint8Array[]): Buffer {
  const [leaf] = leaves;
  if (leaf === undefined) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), leaf);
  const half = halfOf(leaves.length);
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)));
}

/** PATH of RFC 6962, from the leaf up. */
export function pathOf(leaves: readonly Uint8Array[], index: number): readonly Buffer[] {
  if (leaves.length <= 1) return [];
  const half = halfOf(leaves.length);
  return index < half
    ? [...pathOf(leaves.slice(0, half), index), rootOf(leaves.slice(half))]
    : [...pathOf(leaves.slice(half), index - half), rootOf(leaves.slice(0, half))];
}

/** The largest power of two that is less than the size. */
function halfOf(size: number): number {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

/** One line of a signed note. A witness says when it signed. */
export function signatureLine(text: string, key: StrangeKey, atSeconds = 1_795_000_000): string {
  const { name, kind, id, privateKey } = key;
  if (kind === 'log') return line(name, [id, sign(null, Buffer.from(text), privateKey)]);
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(atSeconds));
  const signed = Buffer.from(`cosignature/v1\ntime ${atSeconds}\n${text}`);
  return line(name, [id, time, sign(null, signed, privateKey)]);
}

function line(name: string, parts: readonly Uint8Array[]): string {
  return `— ${name} ${Buffer.concat(parts).toString('base64')}\n`;
}

export function bodyOf(origin: string, leaves: readonly Uint8Array[]): string {
  return `${origin}\n${leaves.length}\n${rootOf(leaves).toString('base64')}\n`;
}

export function noteBy(body: string, keys: readonly StrangeKey[]): string {
  return `${body}\n${keys.map((key) => signatureLine(body, key)).join('')}`;
}

/** A tlog-proof of the leaf at the index, in the tree of all of them. */
export function proofIn(leaves: readonly Uint8Array[], index: number, note: string): string {
  const path = pathOf(leaves, index).map((hash) => `${hash.toString('base64')}\n`);
  return `c2sp.org/tlog-proof@v1\nindex ${index}\n${path.join('')}\n${note}`;
}

/** A log with two orders of others before and after the leaves that are given, and its witnesses. */
export function strangeLog(hashes: readonly string[], origin = 'log.example/orders') {
  const others = Array.from({ length: 5 }, (_, number) => sha256(Buffer.from(`other ${number}`)));
  const own = hashes.map((hash) => Buffer.from(hash, 'hex'));
  const leaves = [...others.slice(0, 3), ...own, ...others.slice(3)];
  const log = strangeKey('log', origin);
  const witnesses = ['witness.example/a', 'witness.example/b', 'witness.example/c'].map((name) =>
    strangeKey('witness', name),
  );
  const indexOf = (revision: number) => revision + 3;
  /** The proof of an event, in the tree that ends with the leaf after it. */
  const proof = (revision: number, keys: readonly StrangeKey[] = [log, ...witnesses]) => {
    const tree = leaves.slice(0, indexOf(revision) + 2);
    return proofIn(tree, indexOf(revision), noteBy(bodyOf(origin, tree), keys));
  };
  return { leaves, log, witnesses, origin, indexOf, proof, trust: trustIn(log, witnesses, 2) };
}

/** A trust file (C2SP tlog-policy) that asks for so many of the witnesses. */
export function trustIn(log: StrangeKey, witnesses: readonly StrangeKey[], enough: number): string {
  const names = witnesses.map((_, number) => `w${number}`);
  return [
    '# whose signatures count',
    `log ${log.vkey}`,
    ...witnesses.map(({ vkey }, number) => `witness w${number} ${vkey}`),
    `group all-of-them ${enough} ${names.join(' ')}`,
    'quorum all-of-them',
    '',
  ].join('\n');
}
