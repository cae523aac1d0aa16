/** Proofs for others: that an event is in the log, and that a checkpoint extends an older one. */

import { PaymentOrderError, invalidInput } from '../errors.ts';
import { streamOf } from '../history/event.ts';
import { orderNotFound } from '../order/decide.ts';
import { addCheckpointBody } from './c2sp/add-checkpoint.ts';
import type { Checkpoint } from './c2sp/checkpoint.ts';
import { parseCheckpoint } from './c2sp/checkpoint.ts';
import { assertExtends, contradicted } from './extends.ts';
import type { LogDependencies } from './dependencies.ts';
import type { KeptLeaves } from './leaves/kept-leaves.ts';
import { leafOf } from './leaves/leaf.ts';
import type { Leaves } from './leaves/leaves.ts';
import { LeavesDamaged } from './leaves/leaves.ts';
import { consistencyProof, inclusionProof, isIncluded } from './c2sp/merkle.ts';
import { noteOf } from './c2sp/note.ts';
import { proofText } from './c2sp/proof-file.ts';
import { allStored, recentStored } from './stored.ts';
import type { ProofOptions } from './types.ts';

export async function proveEvent(
  { store }: LogDependencies,
  kept: KeptLeaves,
  orderNo: string,
  { revision, checkpoint: given }: ProofOptions,
): Promise<string> {
  const checkpoints =
    given === undefined
      ? (await recentStored(store)).map((stored) => stored.checkpoint)
      : [parseCheckpoint(given)];
  const stream = streamOf(orderNo);
  const head = await store.readLast(stream);
  if (head === null) throw orderNotFound(orderNo);
  if (revision !== undefined && revision > head.revision) {
    throw invalidInput('revision', `must be at most ${head.revision}, the last one of the order`);
  }
  const found = await kept.use((leaves) => {
    const last = leaves.find(stream, revision ?? head.revision);
    const checkpoint = bestFor(last?.index ?? Infinity, checkpoints);
    if (checkpoint === undefined) throw notFound('no checkpoint was signed yet');
    assertExtends(leaves, checkpoint);
    const wanted = revision ?? leaves.lastOf(stream, checkpoint.size);
    const leaf = wanted === null ? null : leaves.find(stream, wanted);
    if (wanted === null || leaf === null || leaf.index >= checkpoint.size) {
      throw notFound('the checkpoint was signed before the event was stored');
    }
    const { index, hash } = leaf;
    const { size, root } = checkpoint;
    const proof = inclusionProof(index, size, rangeHashOf(leaves));
    // A row may have been altered since its subtree was hashed.
    if (!isIncluded({ leaf: hash, index, size, root, proof })) throw new LeavesDamaged();
    return { index, hash, proof, revision: wanted, checkpoint };
  });
  for await (const event of store.read(stream, found.revision)) {
    if (!leafOf(event).hash.equals(found.hash)) {
      throw contradicted(`revision ${found.revision} of order ${orderNo} was another event`);
    }
    break;
  }
  const { index, proof, checkpoint } = found;
  return proofText({ index, proof, checkpoint: textOf(checkpoint) });
}

/**
 * The newest that covers an event and that a witness has cosigned; else the newest of all. A witness
 * may have been away for a while.
 */
function bestFor(index: number, checkpoints: readonly Checkpoint[]): Checkpoint | undefined {
  const isCosigned = ({ origin, note }: Checkpoint) =>
    note.signatures.some(({ name }) => name !== origin);
  const cosigned = checkpoints.find((one) => one.size > index && isCosigned(one));
  return cosigned ?? checkpoints[0];
}

export async function proveExtension(
  { store }: LogDependencies,
  kept: KeptLeaves,
  old: number | string,
  newer: number | string,
): Promise<string> {
  const to =
    typeof newer === 'string'
      ? parseCheckpoint(newer, 'newer')
      : (await allStored(store)).findLast(({ checkpoint }) => checkpoint.size === newer)
          ?.checkpoint;
  if (to === undefined) throw notFound(`no stored checkpoint covers exactly ${newer} events`);
  const from = typeof old === 'string' ? parseCheckpoint(old, 'old') : null;
  const oldSize = typeof old === 'number' ? old : (from?.size ?? 0);
  if (oldSize > to.size) throw invalidInput('old', `must be at most ${to.size}, the newer size`);
  return kept.use((leaves) => {
    assertExtends(leaves, to);
    if (from !== null) assertExtends(leaves, from);
    return extensionBody(leaves, oldSize, to);
  });
}

/** The body of `add-checkpoint`, for a log that extends both. */
export function extensionBody(leaves: Leaves, oldSize: number, to: Checkpoint): string {
  const proof = consistencyProof(oldSize, to.size, rangeHashOf(leaves));
  return addCheckpointBody({ oldSize, proof, checkpoint: textOf(to) });
}

export function textOf({ note }: Checkpoint): string {
  return noteOf(
    note.text,
    note.signatures.map(({ line }) => line),
  );
}

function rangeHashOf(leaves: Leaves) {
  return (from: number, to: number) => leaves.rangeHash(from, to);
}

function notFound(problem: string): PaymentOrderError {
  const message = `${problem}; sign one with tlog checkpoint`;
  return new PaymentOrderError('checkpoint-not-found', message);
}
