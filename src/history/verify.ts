import { PaymentOrderError } from '../errors.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { Fold } from '../interpreter/interpreter.ts';
import type { ChainFault } from './chain.ts';
import { chainFaults, chainStart } from './chain.ts';
import { decodeEvent } from './codec.ts';
import type { FoundEvent, HistoryEvent, Witness } from './event.ts';
import { orderNoOf, streamOf } from './event.ts';
import type { CompiledMachine } from './machine.ts';
import { readPastDamage } from './read-past-damage.ts';
import type { Fault, Verification } from './results.ts';
import { missingRevision, step, stepError } from './step.ts';
import { isPartWithheld, lacksFacts } from './withheld.ts';

/**
 * Checks everything that a stored history promises: contiguous revisions, data and metadata as
 * hashed, the chain, a path of the machine, and, where one is given, the witness that a caller kept.
 * Every fault is named with its revision; an event that cannot be read or decoded hides nothing
 * after it. Only reads, with one event in memory at a time.
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

/** Examines the events of one stream, one after the other. */
export class Examiner {
  readonly #compiled: CompiledMachine;
  readonly #stream: string;
  readonly #kept: Witness | undefined;
  readonly #faults: Fault[] = [];
  #events = 0;
  /** The revision that must come next. */
  #next = 0;
  #prevHash: unknown = chainStart;
  /** The state that was recorded last, while no event is missing after it. */
  #recordedState: unknown = null;
  #fold: Fold | null = null;
  /** True while it is not known where the machine stands: only recorded states are compared. */
  #isAstray = false;
  /** True once something is withheld that the machine decides by: it may then differ, rightly. */
  #lacksFacts = false;
  #witness: Witness | null = null;

  constructor(compiled: CompiledMachine, stream: string, kept?: Witness) {
    this.#compiled = compiled;
    this.#stream = stream;
    this.#kept = kept;
  }

  see(found: FoundEvent): void {
    const { revision, metadata } = found;
    const { hash } = metadata;
    if (revision !== this.#next) {
      const message = `stream ${this.#stream}: ${missingRevision(this.#next, revision)}`;
      this.#add(this.#next, 'not-contiguous', message);
      this.#lose();
    }
    for (const fault of chainFaults(found, this.#prevHash)) {
      this.#add(revision, fault, `revision ${revision}: ${chainFaultMessages[fault]}`);
    }
    if (this.#kept?.revision === revision && this.#kept.hash !== hash) {
      this.#add(revision, 'witness-differs', `revision ${revision} does not match the witness`);
    }
    this.#follow(found);
    this.#prevHash = hash;
    this.#witness = { revision, hash: typeof hash === 'string' ? hash : '' };
    this.#events += 1;
    this.#next = revision + 1;
  }

  /** An event that the store could not give. */
  unreadable(error: PaymentOrderError): void {
    this.#add(error.revision ?? null, error.code, error.message);
    this.#lose();
    if (error.revision === undefined) return;
    if (error.found === undefined) this.#prevHash = undefined;
    this.#next = error.found ?? error.revision + 1;
  }

  finish(): Verification {
    const kept = this.#kept;
    const faults = this.#faults;
    if (kept !== undefined && kept.revision >= this.#next) {
      const last = this.#next - 1;
      const end = last < 0 ? 'is empty' : `ends at ${last}`;
      const message = `the witness is at revision ${kept.revision}, but the stream ${end}`;
      this.#add(null, 'tail-lost', message);
    }
    return {
      orderNo: orderNoOf(this.#stream),
      ok: faults.length === 0,
      events: this.#events,
      witness: this.#witness,
      faults,
    };
  }

  /** Something before the next event is missing, so neither state is known. */
  #lose(): void {
    this.#isAstray = true;
    this.#recordedState = undefined;
  }

  #follow(found: FoundEvent): void {
    const { revision, metadata } = found;
    const { from, to } = metadata;
    const isContinued = this.#recordedState === undefined || from === this.#recordedState;
    this.#recordedState = to;
    this.#lacksFacts ||= lacksFacts(found);
    if (isPartWithheld(found, 'metadata')) {
      this.#lose();
      return;
    }
    const wasAstray = this.#isAstray;
    let error: PaymentOrderError | null = null;
    if (isPartWithheld(found, 'data')) this.#isAstray = true;
    else {
      try {
        error = this.#step(decodeEvent(found));
      } catch (thrown) {
        if (!(thrown instanceof PaymentOrderError)) throw thrown;
        this.#isAstray = true;
        this.#add(revision, thrown.code, thrown.message);
        return;
      }
    }
    // Of a run of events that do not fit, the first is named: the others follow from it.
    const isFault = error !== null && !wasAstray && !this.#lacksFacts;
    if (error !== null && isFault) this.#add(revision, error.code, error.message);
    else if (this.#isAstray && !isContinued) {
      const message = `revision ${revision} does not begin in the state where the one before ended`;
      this.#add(revision, 'illegal-history', message);
    }
  }

  /** Steps on from where the machine stands, also past a gap: events after it may fit again. */
  #step(stored: HistoryEvent): PaymentOrderError | null {
    const revision = stored.revision - 1;
    const before = this.#fold === null ? null : { fold: this.#fold, revision };
    const next = step(this.#compiled, before, stored);
    if ('after' in next) this.#fold = next.after.fold;
    this.#isAstray = next.kind !== 'folded';
    return next.kind === 'folded' ? null : stepError(next, stored);
  }

  #add(revision: number | null, code: string, message: string): void {
    this.#faults.push({ stream: this.#stream, revision, code, message });
  }
}

const chainFaultMessages: Readonly<Record<ChainFault, string>> = {
  'data-altered': 'the data is not what was hashed',
  'metadata-altered': 'the metadata is not what was hashed',
  'link-altered': 'stream, revision, id, type or a digest is not what was hashed',
  'chain-broken': 'it does not follow the event before it',
  'shown-unproven': 'it shows a value that it says is withheld, so nothing proves that value',
};
