import { PaymentOrderError } from '../errors.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { decodeEvent } from './codec.ts';
import type { ChainedPart, ChainFault } from './chain.ts';
import { chainFaults, chainStart } from './chain.ts';
import { PathCheck } from './path-check.ts';
import type { CompiledMachine } from './path.ts';
import { streamOf, streamPrefix } from './path.ts';
import { readPastDamage } from './read-past-damage.ts';
import type { Witness } from './stored-event.ts';
import type { Fault, Verification } from './verification.ts';

/**
 * Checks all that a stored history promises: contiguous revisions, data and metadata as hashed,
 * the chain, a path of the machine, and, where one is given, the witness that a caller kept.
 * Every fault is named with its revision; what cannot be read or decoded hides nothing behind it.
 * Reads only, one event in memory at a time.
 */
export async function verifyOrder(
  store: EventStore,
  compiled: CompiledMachine,
  orderNo: string,
  kept?: Witness,
): Promise<Verification> {
  return verifyStream(store, compiled, streamOf(orderNo), kept);
}

/** As `verifyOrder`, also for a stream whose name no order can have. */
export async function verifyStream(
  store: EventStore,
  compiled: CompiledMachine,
  stream: string,
  kept?: Witness,
): Promise<Verification> {
  const examiner = new Examiner(compiled, stream, kept);
  await readPastDamage(store, stream, examiner);
  return examiner.finish();
}

/** Looks at one event after the other. */
export class Examiner {
  readonly #stream: string;
  readonly #kept: Witness | undefined;
  readonly #path: PathCheck;
  readonly #faults: Fault[] = [];
  #events = 0;
  /** The revision that must come next. */
  #next = 0;
  #prevHash: unknown = chainStart;
  /** The state that was recorded last, while nothing is missing behind it. */
  #recordedState: unknown = null;
  #witness: Witness | null = null;

  constructor(compiled: CompiledMachine, stream: string, kept?: Witness) {
    this.#path = new PathCheck(compiled);
    this.#stream = stream;
    this.#kept = kept;
  }

  /** `withheld`: parts of which only the digests are there. */
  see(recorded: RecordedEvent, withheld: readonly ChainedPart[] = []): void {
    const { revision, metadata } = recorded;
    const { hash } = metadata;
    if (revision !== this.#next) this.#notContiguous(revision);
    for (const fault of chainFaults(recorded, this.#prevHash, withheld)) {
      this.#found(revision, fault, `revision ${revision}: ${chainFaultMessages[fault]}`);
    }
    if (this.#kept?.revision === revision && this.#kept.hash !== hash) {
      const message = `revision ${revision} is not what the witness saw`;
      this.#found(revision, 'witness-differs', message);
    }
    this.#follow(recorded);
    this.#prevHash = hash;
    this.#witness = { revision, hash: typeof hash === 'string' ? hash : '' };
    this.#events += 1;
    this.#next = revision + 1;
  }

  /** An event that the store could not give. */
  unreadable(error: PaymentOrderError): void {
    this.#found(error.revision ?? null, error.code, error.message);
    this.#path.lose();
    this.#recordedState = undefined;
    if (error.revision === undefined) return;
    if (error.found === undefined) this.#prevHash = undefined;
    this.#next = error.found ?? error.revision + 1;
  }

  finish(): Verification {
    const kept = this.#kept;
    const faults = this.#faults;
    if (kept !== undefined && kept.revision >= this.#next) {
      const last = this.#next - 1;
      const head = last < 0 ? 'is empty' : `ends at revision ${last}`;
      const message = `the witness saw revision ${kept.revision}, the stream ${head}`;
      this.#found(null, 'tail-lost', message);
    }
    return {
      orderNo: this.#stream.slice(streamPrefix.length),
      ok: faults.length === 0,
      events: this.#events,
      witness: this.#witness,
      faults,
    };
  }

  #notContiguous(revision: number): void {
    const missing = this.#next;
    const message =
      revision > missing
        ? `stream ${this.#stream}: revision ${missing} is missing, ${revision} follows`
        : `stream ${this.#stream}: revision ${revision} stands where ${missing} must`;
    this.#found(missing, 'not-contiguous', message);
    this.#path.lose();
    this.#recordedState = undefined;
  }

  #follow(recorded: RecordedEvent): void {
    const { revision, metadata } = recorded;
    const { from, to } = metadata;
    const isContinued = this.#recordedState === undefined || from === this.#recordedState;
    this.#recordedState = to;
    let fault: PaymentOrderError | null;
    try {
      fault = this.#path.follow(decodeEvent(recorded));
    } catch (error) {
      if (!(error instanceof PaymentOrderError)) throw error;
      this.#path.lose();
      fault = error;
    }
    if (fault !== null) this.#found(revision, fault.code, fault.message);
    else if (this.#path.isAstray && !isContinued) {
      const message = `revision ${revision} does not begin in the state where the one before ended`;
      this.#found(revision, 'illegal-history', message);
    }
  }

  #found(revision: number | null, code: string, message: string): void {
    this.#faults.push({ stream: this.#stream, revision, code, message });
  }
}

const chainFaultMessages: Readonly<Record<ChainFault, string>> = {
  'data-altered': 'the data is not what was hashed',
  'metadata-altered': 'the metadata is not what was hashed',
  'link-altered': 'stream, revision, id, type or a digest is not what was hashed',
  'chain-broken': 'it does not follow the event before it',
};
