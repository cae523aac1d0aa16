/**
 * The log over all orders. A chain per order cannot see that two histories were exchanged, that an
 * order is gone, or that a history was written again with its chain. A checkpoint over the events of
 * all orders can, once it is kept where nobody can write who can write to the store.
 */

import { z } from 'zod';
import { parseOrderNo } from '../order/input.ts';
import { parseInput, valueThat } from '../parse.ts';
import type { LogDependencies } from './dependencies.ts';
import type { KeptLeaves } from './leaves/kept-leaves.ts';
import type {
  CheckpointOptions,
  LogVerification,
  LogVerificationOptions,
  ProofOptions,
  SignedCheckpoint,
} from './types.ts';

const noteText = z.string().max(64 * 1024);

const checkpointSchema = z.strictObject({
  key: z.string().max(1_024),
  witnesses: z.array(z.string().max(2_048)).max(16).optional(),
  trust: noteText.optional(),
  signal: z.instanceof(AbortSignal).optional(),
} satisfies Record<keyof CheckpointOptions, z.ZodType>);

const proofSchema = z.strictObject({
  revision: z.int().min(0).optional(),
  checkpoint: noteText.optional(),
} satisfies Record<keyof ProofOptions, z.ZodType>);

const verificationSchema = z.strictObject({
  checkpoint: noteText,
  trust: noteText.optional(),
  leaves: z.string().min(1).max(4_096).optional(),
} satisfies Record<keyof LogVerificationOptions, z.ZodType>);

/** A size, or the text of a checkpoint. */
const sizeOrNote = valueThat<number | string>((given) =>
  typeof given === 'string' || (Number.isSafeInteger(given) && Number(given) >= 0)
    ? null
    : 'must be a size or the text of a checkpoint',
);

/**
 * The log over all orders of a store, from `PaymentOrders.transparencyLog()`. Its formats are those of
 * C2SP (signed-note, tlog-checkpoint, tlog-cosignature, tlog-witness, tlog-proof, tlog-policy) over a
 * tree of RFC 6962, so strangers' programs read them.
 *
 * A checkpoint that stands only in the store proves nothing against those who can write there.
 */
export class TransparencyLog {
  readonly #open: () => LogDependencies;
  #kept: Promise<KeptLeaves> | null = null;

  /** @internal */
  constructor(open: () => LogDependencies) {
    this.#open = open;
  }

  /**
   * Signs a checkpoint over all events there are, stores it, and asks witnesses to cosign it. It is
   * stored before anybody is asked. Where the newest stored one covers the same events, that one is
   * given, and witnesses that have not cosigned it are asked again.
   *
   * @throws {PaymentOrderError} `log-contradicted` where the store does not extend the newest stored
   * checkpoint, or this log did not sign that one: nothing is signed. `invalid-input` with the name of
   * the option; `too-much-contention`.
   * @example const { note, missing } = await orders.transparencyLog().checkpoint({ key });
   */
  async checkpoint(options: CheckpointOptions): Promise<SignedCheckpoint> {
    const dependencies = this.#open();
    const parsed = parseInput(checkpointSchema, options);
    const { signLog } = await import('./sign.ts');
    return signLog(dependencies, await this.#leaves(), parsed);
  }

  /**
   * The newest stored checkpoint, as text; null where none was signed.
   * @example const note = await orders.transparencyLog().newest();
   */
  async newest(): Promise<string | null> {
    const { store } = this.#open();
    const { newestStored } = await import('./stored.ts');
    return (await newestStored(store))?.text ?? null;
  }

  /**
   * Proves that an event is in the log: a C2SP tlog-proof. Its leaf is the event's `hash`, so by the
   * chain it proves every event of the order before it too.
   *
   * @throws {PaymentOrderError} `order-not-found`; `checkpoint-not-found` where no checkpoint covers
   * the event; `log-contradicted` where the store no longer holds what the checkpoint covers;
   * `invalid-input` with the name of the option.
   * @example const proof = await orders.transparencyLog().proof('O1', { revision: 2 });
   */
  async proof(orderNo: string, options: ProofOptions = {}): Promise<string> {
    const dependencies = this.#open();
    const order = parseOrderNo(orderNo);
    const parsed = parseInput(proofSchema, options);
    const { proveEvent } = await import('./prove.ts');
    return proveEvent(dependencies, await this.#leaves(), order, parsed);
  }

  /**
   * Proves that a checkpoint extends an older one: the body of `add-checkpoint` of C2SP's
   * tlog-witness.
   *
   * @param old - A size, or the text of a checkpoint.
   * @param newer - The text of a checkpoint, or the size of a stored one.
   * @throws {PaymentOrderError} `checkpoint-not-found`, `log-contradicted` or `invalid-input`.
   * @example const body = await orders.transparencyLog().consistency(120, note);
   */
  async consistency(old: number | string, newer: number | string): Promise<string> {
    const dependencies = this.#open();
    const from = parseInput(sizeOrNote, old, 'old');
    const to = parseInput(sizeOrNote, newer, 'newer');
    const { proveExtension } = await import('./prove.ts');
    return proveExtension(dependencies, await this.#leaves(), from, to);
  }

  /**
   * Compares the store with a checkpoint, and names each event before it that is missing, exchanged,
   * rewritten, inserted or moved. Reads every event of the store, and takes its hash as it stands:
   * `verifyAll()` finds what was altered under its old hash. Which ones differ, the leaves that were
   * kept beside the store say; where those are gone, only between which ones.
   *
   * @throws {PaymentOrderError} `invalid-input` with the name of the option.
   * @example const { ok, vouched, faults } = await orders.transparencyLog().verify({ checkpoint });
   */
  async verify(options: LogVerificationOptions): Promise<LogVerification> {
    const dependencies = this.#open();
    const parsed = parseInput(verificationSchema, options);
    const { verifyLog } = await import('./verify.ts');
    return verifyLog(dependencies, parsed);
  }

  /**
   * After the orders began to close.
   * @internal
   */
  async close(): Promise<void> {
    await (await this.#kept)?.close();
  }

  #leaves(): Promise<KeptLeaves> {
    return (this.#kept ??= import('./leaves/kept-leaves.ts').then(
      ({ KeptLeaves: Kept }) => new Kept(this.#open()),
    ));
  }
}
