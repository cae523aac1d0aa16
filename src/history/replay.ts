import { PaymentOrderError } from '../errors.ts';
import type { RecordedEvent } from '../event-store/event-store.ts';
import type { Fold } from '../interpreter/interpreter.ts';
import { decodeEvent } from './codec.ts';
import type { CompiledMachine } from './path.ts';
import { causeOf, startFault } from './path.ts';
import type { Divergence, Replay } from './replay-result.ts';
import type { MachineIdentity, StoredEvent } from './stored-event.ts';

/**
 * Derives a history again: folds its events through a machine and compares each step with what
 * was recorded. Calls nothing, writes nothing, reads no clock; one event in memory at a time.
 */
export async function replay(
  compiled: CompiledMachine,
  stream: string,
  events: AsyncIterable<RecordedEvent> | Iterable<RecordedEvent>,
): Promise<Replay> {
  const deriving = new Deriving(compiled, stream);
  try {
    for await (const recorded of events) {
      if (!deriving.take(decodeEvent(recorded))) break;
    }
  } catch (error) {
    if (!(error instanceof PaymentOrderError) || error.revision === undefined) throw error;
    const { code, message, revision } = error;
    return { ...deriving.result(), fault: { stream, revision, code, message } };
  }
  return deriving.result();
}

class Deriving {
  readonly #compiled: CompiledMachine;
  readonly #stream: string;
  readonly #writtenBy = new Map<string, MachineIdentity & { readonly fromRevision: number }>();
  #fold: Fold | null = null;
  #events = 0;
  #divergence: Divergence | null = null;

  constructor(compiled: CompiledMachine, stream: string) {
    this.#compiled = compiled;
    this.#stream = stream;
  }

  /** False where it went another way than was recorded. */
  take(stored: StoredEvent): boolean {
    const { revision, metadata } = stored;
    const { version, hash } = metadata.machine;
    const written = { version, hash, fromRevision: revision };
    const key = `${version} ${hash}`;
    if (!this.#writtenBy.has(key)) this.#writtenBy.set(key, written);
    const from = this.#fold?.state ?? null;
    const next = this.#fold === null ? this.#start(stored) : this.#next(stored, this.#fold);
    const to = next?.state ?? null;
    if (from === metadata.from && to === metadata.to) {
      this.#fold = next;
      this.#events += 1;
      return true;
    }
    this.#divergence = {
      ...{ revision, type: stored.type },
      recorded: { from: metadata.from, to: metadata.to, machine: metadata.machine },
      derived: { from, to, machine: this.#compiled.identity },
    };
    return false;
  }

  result(): Replay {
    return {
      ...{ stream: this.#stream, events: this.#events, state: this.#fold?.state ?? null },
      ...{ writtenBy: [...this.#writtenBy.values()], derivedBy: this.#compiled.identity },
      ...{ divergence: this.#divergence, fault: null },
    };
  }

  #start(stored: StoredEvent): Fold {
    const fault = startFault(stored);
    if (fault !== null) throw fault;
    return this.#compiled.interpreter.start(stored.event, causeOf(stored));
  }

  #next(stored: StoredEvent, fold: Fold): Fold | null {
    const { stream, revision } = stored;
    if (revision !== this.#events) {
      const message = `stream ${stream}: revision ${this.#events} is missing, ${revision} follows`;
      throw new PaymentOrderError('not-contiguous', message, { stream, revision: this.#events });
    }
    return this.#compiled.interpreter.next(fold, stored.event, causeOf(stored));
  }
}
