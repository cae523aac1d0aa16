import { hash } from 'node:crypto';
import { parseCheckpoint, signedCheckpoint } from '../../../src/tlog/c2sp/checkpoint.ts';
import type { Checkpoint } from '../../../src/tlog/c2sp/checkpoint.ts';
import type { SigningKeyFile } from '../../../src/tlog/c2sp/keys.ts';
import { newSigningKey } from '../../../src/tlog/c2sp/keys.ts';
import { consistencyProof } from '../../../src/tlog/c2sp/merkle.ts';

/** A log in memory: the text of each leaf. Computed by RFC 6962 word for word, slowly. */
export type Leaves = readonly string[];

export const logKey = keyOf('log', 'log.example/orders', 1);
export const otherLogKey = keyOf('log', 'log.example/others', 2);
export const witnessKey = keyOf('witness', 'witness.example/one', 3);

/** What the operator of the witness trusts. */
export const trustText = `log ${logKey.key.vkey}\nquorum none\n`;

export function keyOf(kind: 'log' | 'witness', name: string, seed: number): SigningKeyFile {
  return newSigningKey(kind, name, Buffer.alloc(32, seed));
}

export function rootOf(leaves: Leaves): Buffer {
  const [only] = leaves;
  if (only === undefined) return hash('sha256', '', 'buffer');
  if (leaves.length === 1) return hash('sha256', `\0${only}`, 'buffer');
  let left = 1;
  while (left * 2 < leaves.length) left *= 2;
  const both = [Buffer.of(1), rootOf(leaves.slice(0, left)), rootOf(leaves.slice(left))];
  return hash('sha256', Buffer.concat(both), 'buffer');
}

/** The checkpoint of these leaves as their log signs it. */
export function noteOfLeaves(leaves: Leaves, { key } = logKey): string {
  return signedCheckpoint({ origin: key.name, size: leaves.length, root: rootOf(leaves) }, key);
}

export function checkpointOf(leaves: Leaves, signer = logKey): Checkpoint {
  return parseCheckpoint(noteOfLeaves(leaves, signer));
}

/** A body of `add-checkpoint`, right where the first leaves are those of the old size. */
export function bodyOf(oldSize: number, leaves: Leaves, note = noteOfLeaves(leaves)): string {
  const proof =
    oldSize > leaves.length
      ? []
      : consistencyProof(oldSize, leaves.length, (from, to) => rootOf(leaves.slice(from, to)));
  const lines = proof.map((one) => `${Buffer.from(one).toString('base64')}\n`).join('');
  return `old ${oldSize}\n${lines}\n${note}`;
}

/** As many leaves, each another one. */
export function leavesUpTo(size: number, name = 'leaf'): Leaves {
  return Array.from({ length: size }, (_, index) => `${name} ${index}`);
}
