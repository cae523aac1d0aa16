/**
 * A witness is run by somebody who does not own the log. It cosigns a checkpoint only if that continues
 * what it cosigned before. So the owner cannot show two histories to two readers, nor take back what
 * was shown.
 *
 * Here is what it answers, without a socket. It compares with its own record, never with the request.
 *
 * Source: C2SP tlog-witness, `add-checkpoint`.
 */

import { isUtf8 } from 'node:buffer';
import { PaymentOrderError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import type { AddCheckpoint } from '../c2sp/add-checkpoint.ts';
import { parseAddCheckpoint } from '../c2sp/add-checkpoint.ts';
import type { Checkpoint } from '../c2sp/checkpoint.ts';
import { cosign, signatureIn } from '../c2sp/cosignature.ts';
import type { SigningKey, VerifierKey } from '../c2sp/keys.ts';
import { isConsistent } from '../c2sp/merkle.ts';
import type { Compared, Recorded, WitnessState } from './state.ts';

export type WitnessAnswer = {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly contentType: string;
  readonly body: string;
};

/** A checkpoint that was answered, and what the witness had on record of its log before. */
export type WitnessedCheckpoint = {
  readonly origin: string;
  readonly size: number;
  /** 64 lower-case hexadecimal digits. */
  readonly root: string;
  readonly recorded: { readonly size: number; readonly root: string };
};

export type RefusedCheckpoint = WitnessedCheckpoint & {
  /**
   * `other-size`: the request continues another size than is on record, as the first one of a client
   * does. `other-root`: of the same size with another root, which proves that the log has two
   * histories. `shorter`: the log lost events, or somebody posted an old checkpoint again. `unproved`:
   * nothing shows that the log continues what is on record.
   */
  readonly reason: 'other-size' | 'other-root' | 'shorter' | 'unproved';
};

export type WitnessDependencies = {
  readonly key: SigningKey;
  /** The logs that it cosigns for, by their keys; the name of a key is the origin of its log. */
  readonly logs: readonly VerifierKey[];
  readonly state: WitnessState;
  readonly runtime: Runtime;
  readonly onCosigned?: ((cosigned: WitnessedCheckpoint) => void) | undefined;
  readonly onRefused?: ((refused: RefusedCheckpoint) => void) | undefined;
  /** Given what a listener throws: the answer must not depend on it. */
  readonly onError: (error: unknown) => void;
};

export class Witness {
  readonly #dependencies: WitnessDependencies;

  constructor(dependencies: WitnessDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Answers one `add-checkpoint`. What is cosigned is on the disk by then.
   *
   * @throws {PaymentOrderError} `store-corrupt` or `store-unavailable`; nothing was cosigned then.
   */
  async addCheckpoint(body: Uint8Array): Promise<WitnessAnswer> {
    const request = requestOf(body);
    if (request === null) return refusal(400, 'this is not a request of add-checkpoint');
    const { checkpoint } = request;
    const { origin } = checkpoint;
    const keys = this.#dependencies.logs.filter(({ name }) => name === origin);
    if (keys.length === 0) return refusal(404, 'this witness does not know the log');
    const signed = signedBy(checkpoint, keys);
    if (signed === null)
      return refusal(403, 'no key that this witness trusts signed the checkpoint');
    const judged = await this.#dependencies.state.change(origin, (recorded) =>
      this.#compare({ ...request, checkpoint: signed }, recorded),
    );
    this.#tell(checkpoint, judged);
    return judged.answer;
  }

  #tell({ origin, size, root }: Checkpoint, { verdict, recorded }: Judged): void {
    const { onCosigned, onRefused, onError } = this.#dependencies;
    const about = {
      ...{ origin, size, root: hex(root) },
      recorded: { size: recorded.size, root: hex(recorded.root) },
    };
    try {
      if (verdict === 'cosigned') onCosigned?.(about);
      else onRefused?.({ ...about, reason: verdict });
    } catch (error) {
      onError(error);
    }
  }

  /** Where the sizes are equal, its client lost the answer, or is another of the same log. */
  #compare(request: AddCheckpoint, recorded: Recorded): Compared<Judged> {
    const { oldSize, proof, checkpoint } = request;
    const { size, root } = checkpoint;
    const refused = (verdict: Judged['verdict'], answer: WitnessAnswer) => ({
      ...{ result: { answer, verdict, recorded }, next: null },
    });
    const isSameSize = size === recorded.size;
    const isSameRoot = Buffer.compare(root, recorded.root) === 0;
    // These two are answered as the third is, but a person should hear of them.
    if (isSameSize && !isSameRoot) return refused('other-root', conflict(recorded));
    if (size < recorded.size) return refused('shorter', conflict(recorded));
    if (oldSize !== recorded.size) return refused('other-size', conflict(recorded));
    const old = { oldSize: recorded.size, oldRoot: recorded.root };
    if (!isConsistent({ ...old, newSize: size, newRoot: root, proof })) {
      return refused('unproved', refusal(422, 'the consistency proof does not verify'));
    }
    const { key, runtime } = this.#dependencies;
    // Its time says what is the newest, so it is taken while nobody else can record a newer one.
    const line = cosign(checkpoint, key, Math.floor(runtime.now() / 1_000));
    return {
      result: { answer: text(200, `${line}\n`), verdict: 'cosigned', recorded },
      next: isSameSize ? null : checkpoint,
    };
  }
}

type Judged = {
  readonly answer: WitnessAnswer;
  readonly verdict: 'cosigned' | RefusedCheckpoint['reason'];
  readonly recorded: Recorded;
};

function requestOf(body: Uint8Array): AddCheckpoint | null {
  if (!isUtf8(body)) return null;
  try {
    return parseAddCheckpoint(new TextDecoder('utf-8', { ignoreBOM: true }).decode(body));
  } catch (error) {
    if (error instanceof PaymentOrderError && error.code === 'invalid-input') return null;
    throw error;
  }
}

/** The checkpoint with no signatures but those of its log; null where there is none, or a wrong one. */
function signedBy(checkpoint: Checkpoint, keys: readonly VerifierKey[]): Checkpoint | null {
  const { note } = checkpoint;
  const found = keys.map((key) => ({ key, kind: signatureIn(note, key).kind }));
  if (found.some(({ kind }) => kind === 'wrong')) return null;
  const valid = found.filter(({ kind }) => kind === 'valid');
  if (valid.length === 0) return null;
  const signatures = note.signatures.filter((signature) =>
    valid.some(({ key }) => key.name === signature.name && key.id === signature.id),
  );
  return { ...checkpoint, note: { ...note, signatures } };
}

function conflict({ size }: Recorded): WitnessAnswer {
  return { status: 409, contentType: 'text/x.tlog.size', body: `${size}\n` };
}

function refusal(status: WitnessAnswer['status'], sentence: string): WitnessAnswer {
  return text(status, `${sentence}\n`);
}

function text(status: WitnessAnswer['status'], body: string): WitnessAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
