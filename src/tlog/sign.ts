/**
 * Signing a checkpoint. What was signed cannot be taken back: two signed checkpoints that do not
 * extend each other convict the log for ever. So nothing is signed that does not extend the newest
 * stored one, the append of the signed note is the lock, and only then is it shown to anybody.
 */

import { PaymentOrderError, invalidInput } from '../errors.ts';
import { instantOf } from '../runtime.ts';
import { parseCheckpoint, signedCheckpoint } from './c2sp/checkpoint.ts';
import type { Checkpoint } from './c2sp/checkpoint.ts';
import { signatureIn } from './c2sp/cosignature.ts';
import { assertExtends } from './extends.ts';
import type { LogDependencies } from './dependencies.ts';
import type { KeptLeaves } from './leaves/kept-leaves.ts';
import type { SigningKey, VerifierKey } from './c2sp/keys.ts';
import { parseSigningKey } from './c2sp/keys.ts';
import type { Note, NoteSignature } from './c2sp/note.ts';
import { noteOf, parseNote } from './c2sp/note.ts';
import { extensionBody } from './prove.ts';
import type { StoredCheckpoint } from './stored.ts';
import { newestStored, storeCheckpoint } from './stored.ts';
import type { Trust } from './c2sp/trust.ts';
import { parseTrust, standingOf } from './c2sp/trust.ts';
import type { CheckpointOptions, Cosigner, SignedCheckpoint } from './types.ts';
import { cosignaturesFromAll } from './witness/client.ts';
import { parseWitnessUrl } from './witness/url.ts';

/** How often another process may be faster. */
const triesMax = 8;

export async function signLog(
  dependencies: LogDependencies,
  kept: KeptLeaves,
  options: CheckpointOptions,
): Promise<SignedCheckpoint> {
  const { key, witnesses, trust } = parseSigners(options);
  const { signal } = options;
  const { stored, isNew } = await signAndStore(dependencies, kept, key, trust);
  const asked =
    trust === null || witnesses.length === 0
      ? { note: stored.text, missing: [] }
      : await askWitnesses(dependencies, kept, stored, { witnesses, trust, signal });
  const { origin, size, root } = stored.checkpoint;
  return {
    note: asked.note,
    origin,
    size,
    root: Buffer.from(root).toString('hex'),
    isNew,
    cosignedBy: trust === null ? [] : cosignersOf(parseCheckpoint(asked.note), trust),
    missing: asked.missing,
  };
}

type Signers = {
  readonly key: SigningKey;
  readonly witnesses: readonly URL[];
  readonly trust: Trust | null;
};

/**
 * Who signs a checkpoint.
 *
 * @param within - What stands before the name of a field: the name of the option that holds them.
 * @throws {PaymentOrderError} `invalid-input`
 */
export function parseSigners(
  { key, witnesses = [], trust }: Omit<CheckpointOptions, 'signal'>,
  within = '',
): Signers {
  const field = `${within}trust`;
  if (witnesses.length > 0 && trust === undefined) {
    throw invalidInput(field, 'is needed with witnesses: it holds the keys that they sign with');
  }
  return {
    witnesses: witnesses.map((url) => parseWitnessUrl(url, `${within}witnesses`)),
    key: parseSigningKey(key, 'log', `${within}key`),
    trust: trust === undefined ? null : parseTrust(trust, field),
  };
}

/** The witnesses of a trust file that have cosigned. */
export function cosignersOf(checkpoint: Checkpoint, trust: Trust): readonly Cosigner[] {
  return standingOf(checkpoint, trust).witnesses.map(({ name, vkey, atSeconds }) => ({
    name,
    vkey,
    at: instantOf(atSeconds * 1_000),
  }));
}

async function signAndStore(
  { store, runtime }: LogDependencies,
  kept: KeptLeaves,
  key: SigningKey,
  trust: Trust | null,
): Promise<{ readonly stored: StoredCheckpoint; readonly isNew: boolean }> {
  for (let tries = 1; tries <= triesMax; tries += 1) {
    const newest = await newestStored(store);
    if (newest !== null) assertOwn(newest.checkpoint, key, trust);
    const next = await kept.use((leaves) => {
      kept.assertSameLog();
      if (newest !== null) assertExtends(leaves, newest.checkpoint);
      const size = leaves.size();
      return { origin: key.name, size, root: leaves.rootAt(size) };
    });
    const isSame =
      newest?.checkpoint.size === next.size &&
      signatureIn(newest.checkpoint.note, key).kind === 'valid';
    if (newest !== null && isSame) return { stored: newest, isNew: false };
    const text = signedCheckpoint(next, key);
    if (await storeCheckpoint(store, runtime, text, newest)) {
      const revision = (newest?.revision ?? -1) + 1;
      return { stored: { revision, text, checkpoint: parseCheckpoint(text) }, isNew: true };
    }
  }
  const message = `other processes signed a checkpoint ${triesMax} times in a row: try again`;
  throw new PaymentOrderError('too-much-contention', message);
}

/**
 * A checkpoint that somebody put into the store must not be extended. Another log may begin after one
 * that a trust file vouches for: once a backup was restored, no witness goes on with the log before.
 */
function assertOwn(newest: Checkpoint, key: SigningKey, trust: Trust | null): void {
  const keys = [key, ...(trust?.logs ?? [])];
  if (keys.some((one) => signatureIn(newest.note, one).kind === 'valid')) return;
  const problem =
    newest.origin === key.name
      ? 'was not signed by this key; give the older keys of this log by a trust file'
      : `is of the log ${newest.origin}; if this log follows that one, give its key by a trust file`;
  const message = `the newest stored checkpoint ${problem}; nothing was signed`;
  throw new PaymentOrderError('log-contradicted', message);
}

/** Asks all at once. What came is stored, so that another process need not ask again. */
async function askWitnesses(
  { store, runtime, closing }: LogDependencies,
  kept: KeptLeaves,
  stored: StoredCheckpoint,
  {
    witnesses,
    trust,
    signal,
  }: {
    readonly witnesses: readonly URL[];
    readonly trust: Trust;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Pick<SignedCheckpoint, 'note' | 'missing'>> {
  const { checkpoint, text } = stored;
  const keys = trust.witnesses.map((witness) => witness.key);
  const consistency = (oldSize: number) =>
    kept.use((leaves) => extensionBody(leaves, oldSize, checkpoint));
  const ending = signal === undefined ? closing : AbortSignal.any([signal, closing]);
  const answers = await cosignaturesFromAll(witnesses, {
    checkpoint: { note: text, size: checkpoint.size },
    ...{ consistency, keys, runtime, signal: ending },
  });
  const came: NoteSignature[] = [];
  const missing: { readonly url: string; readonly problem: string }[] = [];
  for (const [at, answer] of answers.entries()) {
    if (answer.kind === 'cosigned') came.push(...answer.signatures);
    else missing.push({ url: witnesses[at]?.href ?? '', problem: answer.problem });
  }
  const note = withSignatures(checkpoint.note, came, keys);
  // Where another process was faster, its checkpoint stays the newest; ours is given all the same.
  if (note !== text) await storeCheckpoint(store, runtime, note, stored);
  return { note, missing };
}

/**
 * The note with what witnesses signed: one signature of each key, for a witness signs with a new time
 * whenever it is asked, and as many as can be read again. What stands in the name of one of the keys
 * and is wrong is left out, or the note would be worth nothing to those who trust the key.
 */
export function withSignatures(
  note: Note,
  added: readonly NoteSignature[],
  keys: readonly VerifierKey[],
): string {
  const wrong = keys.filter((key) => signatureIn(note, key).kind === 'wrong').map(nameOf);
  const found = note.signatures.filter((signature) => !wrong.includes(nameOf(signature)));
  const lines = found.map(({ line }) => line);
  const signed = new Set(found.map(nameOf));
  for (const signature of added) {
    if (signed.has(nameOf(signature))) continue;
    if (!isReadable(noteOf(note.text, [...lines, signature.line]))) break;
    lines.push(signature.line);
    signed.add(nameOf(signature));
  }
  return noteOf(note.text, lines);
}

function nameOf({ name, id }: Pick<NoteSignature, 'name' | 'id'>): string {
  return `${name}+${id}`;
}

function isReadable(note: string): boolean {
  try {
    parseNote(note);
    return true;
  } catch {
    return false;
  }
}
