/** What somebody who has the log's key and writes its store sends to a witness, and what he gets. */

import type { SigningKey } from '../../src/tlog/c2sp/keys.ts';
import { signedCheckpoint } from '../../src/tlog/c2sp/checkpoint.ts';
import { addCheckpointBody } from '../../src/tlog/c2sp/add-checkpoint.ts';
import type { Witness } from '../../src/tlog/witness/witness.ts';
import type { Luck } from './history.ts';
import { proofOf, rootOf } from './reference.ts';
import type { Entries } from './reference.ts';

export type Submission = {
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  readonly entries: Entries;
};

/** What is known of both logs: the witness cosigned the first `size` entries of the honest one. */
export type Fork = { readonly honest: Entries; readonly forged: Entries; readonly size: number };

type Lie = (fork: Fork, luck: Luck) => Submission;

/** Each tries another way round the witness. */
export const lies: Readonly<Record<string, Lie>> = {
  'proof of the forged log': ({ forged, size }) => ({
    ...{ oldSize: size, entries: forged, proof: provenFrom(size, forged) },
  }),
  'proof of the honest log': ({ forged, honest, size }) => ({
    ...{ oldSize: size, entries: forged, proof: provenFrom(size, honest) },
  }),
  'no proof': ({ forged, size }) => ({ oldSize: size, entries: forged, proof: [] }),
  'proof of drawn hashes': ({ forged, size }, luck) => ({
    ...{ oldSize: size, entries: forged },
    proof: Array.from({ length: 1 + luck.below(12) }, () => Buffer.from(luck.hex(32), 'hex')),
  }),
  'another old size': ({ forged, size }, luck) => {
    const oldSize = luck.pick([0, luck.below(forged.length + 1), Math.max(0, size - 1)]);
    return { oldSize, entries: forged, proof: provenFrom(oldSize, forged) };
  },
  'a log of the same size': ({ forged, honest, size }) => {
    // What the forged log lacks is taken from the honest one.
    const entries = [...forged, ...honest].slice(0, size);
    return { oldSize: size, entries, proof: [] };
  },
  'a shorter log': ({ forged, size }, luck) => {
    const entries = forged.slice(0, luck.below(size));
    const oldSize = luck.below(entries.length + 1);
    return { oldSize, entries, proof: provenFrom(oldSize, entries) };
  },
  'a longer log': ({ forged, size }, luck) => {
    const more = Array.from({ length: 1 + luck.below(40) }, () => Buffer.from(luck.hex(32), 'hex'));
    const entries = [...forged, ...more];
    return { oldSize: size, entries, proof: provenFrom(size, entries) };
  },
};

function provenFrom(size: number, entries: Entries): readonly Uint8Array[] {
  return size > entries.length ? [] : proofOf(size, entries);
}

export function bodyOf({ oldSize, proof, entries }: Submission, key: SigningKey): Uint8Array {
  const root = rootOf(entries);
  const checkpoint = signedCheckpoint({ origin: key.name, size: entries.length, root }, key);
  return Buffer.from(addCheckpointBody({ oldSize, proof, checkpoint }));
}

/** Why the witness let something pass, or refused it otherwise than it must; null where it did not. */
export async function problemOfLie(
  name: string,
  lie: Submission,
  witness: Witness,
  key: SigningKey,
): Promise<string | null> {
  const { status, body } = await witness.addCheckpoint(bodyOf(lie, key));
  // A checkpoint below its own old size is no request at all.
  const isRefused =
    status === 409 || status === 422 || (status === 400 && lie.oldSize > lie.entries.length);
  return isRefused ? null : `the witness answered ${name} by ${status} ${JSON.stringify(body)}`;
}
