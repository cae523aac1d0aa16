import { PaymentOrderError } from '../../src/errors.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import type {
  CancelGateway,
  CancelOutcome,
  QueryAnswer,
} from '../../src/gateway/cancel-gateway.ts';
import { streamPrefix } from '../../src/history/event.ts';
import { withWays } from '../../test/event-store/with-ways.ts';

/** `refused`: as if another writer had been first. */
export type AppendMode = 'go' | 'refused' | 'ack-lost' | 'request-lost' | 'delayed';

/** Something that a process waits at until the path lets it go on. */
export type Waiting =
  | { readonly kind: 'read' | 'read-back' | 'send'; readonly go: () => void }
  | { readonly kind: 'append'; readonly type: string; readonly go: (mode: AppendMode) => void }
  | { readonly kind: 'answer'; readonly go: (outcome: CancelOutcome) => void }
  | { readonly kind: 'question'; readonly go: (answer: QueryAnswer) => void };

const never = new Promise<never>(() => undefined);

/** One process's doors to the store and to the gateway, each opened by hand; none once it is dead. */
export class Gates {
  readonly store: EventStore;
  readonly gateway: CancelGateway;
  readonly #waiting = new Set<Waiting>();
  #isDead = false;
  /** An append was given up, and nothing has settled it since. */
  #isInDoubt = false;

  /**
   * @param delayed where appends that were given up are kept until they arrive
   * @param onSent called for every request that leaves
   * @param canBeAsked whether the gateway answers questions
   */
  constructor(
    plain: EventStore,
    attemptMs: number,
    delayed: (() => Promise<void>)[],
    onSent: () => void,
    canBeAsked: boolean,
  ) {
    this.store = withWays(plain, {
      append: async (stream, events, expected) => {
        if (!stream.startsWith(streamPrefix)) return plain.append(stream, events, expected);
        const type = events.map((event) => event.type).join();
        if (type === 'CommandRejected') {
          const head = (await plain.readLast(stream))?.revision ?? 'no-stream';
          if (head !== expected) return { kind: 'conflict' };
          // The model keeps no record of what was not accepted, because nothing follows from it. So it
          // is refused here too, and the process keeps nothing that the stream does not hold.
          throw new PaymentOrderError('event-too-large', `${stream}: no rejection is recorded`);
        }
        const mode = await this.#at<AppendMode>((go) => ({ kind: 'append', type, go }));
        if (mode === 'refused') return { kind: 'conflict' };
        this.#isInDoubt ||= mode !== 'go';
        if (mode === 'delayed') {
          delayed.push(async () => {
            await plain.append(stream, events, expected);
          });
        }
        if (mode === 'delayed' || mode === 'request-lost') throw unknown(stream);
        const result = await plain.append(stream, events, expected);
        if (mode === 'ack-lost') throw unknown(stream);
        if (result.kind === 'appended') this.#isInDoubt = false;
        return result;
      },
      read: (stream, from) => this.#read(plain, stream, from),
    });
    this.gateway = {
      identity: 'scripted',
      attemptMs,
      cancel: async (_request, maySend) => {
        await this.#at<'go'>((go) => ({
          kind: 'send',
          go: () => {
            go('go');
          },
        }));
        if (!maySend()) return { kind: 'not-executed', rule: 'not-sent' };
        onSent();
        return this.#at<CancelOutcome>((go) => ({ kind: 'answer', go }));
      },
      ...(canBeAsked ? { query: () => this.#asked() } : {}),
      close: () => Promise.resolve(),
    };
  }

  /** Who asked before waits no longer, or is forgotten by the model. */
  #asked(): Promise<QueryAnswer> {
    const before = this.waiting('question');
    if (before !== null) this.#waiting.delete(before);
    return this.#at<QueryAnswer>((go) => ({ kind: 'question', go }));
  }

  /** What the process waits at, of a kind. */
  waiting<K extends Waiting['kind']>(kind: K): (Waiting & { readonly kind: K }) | null {
    for (const each of this.#waiting) {
      // The kind identifies the member of the union.
      if (each.kind === kind) return each as Waiting & { readonly kind: K };
    }
    return null;
  }

  /** Nothing that the process waits for settles any more. */
  kill(): void {
    this.#isDead = true;
    this.#waiting.clear();
  }

  async *#read(plain: EventStore, stream: string, from?: number) {
    // The model has one gateway, and knows nothing of claims.
    if (!stream.startsWith(streamPrefix)) {
      yield* plain.read(stream, from);
      return;
    }
    // What was kept is read on from its revision too, but not after a doubt.
    const kind = from !== undefined && this.#isInDoubt ? 'read-back' : 'read';
    this.#isInDoubt = false;
    await this.#at<'go'>((go) => ({
      kind,
      go: () => {
        go('go');
      },
    }));
    yield* plain.read(stream, from);
  }

  async #at<T>(waitingFor: (go: (value: T) => void) => Waiting): Promise<T> {
    if (this.#isDead) await never;
    const { promise, resolve } = Promise.withResolvers<T>();
    const waiting = waitingFor((value) => {
      this.#waiting.delete(waiting);
      resolve(value);
    });
    this.#waiting.add(waiting);
    return promise;
  }
}

function unknown(stream: string): PaymentOrderError {
  return new PaymentOrderError('append-outcome-unknown', `${stream}: no answer`, { stream });
}
