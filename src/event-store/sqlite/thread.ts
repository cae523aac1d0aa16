import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PaymentOrderError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import type { Batch } from '../batch.ts';
import { nothingStored, placeOf } from '../errors.ts';
import type { AppendResult } from '../event-store.ts';
import { receivedError } from '../../sent-error.ts';
import { assertRoom } from './append.ts';
import {
  type Answer,
  type FromThread,
  type ThreadInput,
  type ToThread,
} from './thread-messages.ts';

/** What follows an answer, such as the next command of its caller, is work of this thread. */
const answersPerTurn = 16;

// `.ts` in a checkout, `.js` in the package.
const entry = new URL(`./thread-entry${extname(import.meta.url)}`, import.meta.url);

type Waiting = {
  readonly stream: string;
  readonly batch: Batch;
  readonly expected: number;
  readonly givenAtMs: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: PaymentOrderError) => void;
};

type Events = {
  /** The thread has opened the file. Nothing is sent to it before `begin`. */
  readonly onReady: () => void;
  readonly onCommitted: () => void;
  /** It ended without being asked to, and takes nothing more. */
  readonly onLost: () => void;
};

/**
 * The caller's side of the thread that writes (`thread-entry.ts`).
 *
 * One group is there at a time. The next one is sent in the turn after all of it were answered: who
 * was answered often appends again at once, and so shares the next wait for the disk, as on one
 * thread. Where the thread dies, what was sent to it is in doubt, and nothing else is.
 *
 * It holds the process while an answer is awaited, and no longer, whether the store is closed or not.
 */
export class WriterThread {
  readonly #worker: Worker;
  readonly #runtime: Runtime;
  readonly #events: Events;
  readonly #sent = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #held: Waiting[] = [];
  #answers: Answer[] = [];
  #bytes = 0;
  #number = 0;
  #state: 'starting' | 'ready' | 'begun' | 'ended' = 'starting';
  #isScheduled = false;
  #isSettling = false;
  #isClosing = false;
  #onIdle: (() => void) | undefined;
  #cause: unknown;

  /** @throws where Node starts no thread, as without its permission. */
  constructor(input: ThreadInput, runtime: Runtime, events: Events) {
    this.#runtime = runtime;
    this.#events = events;
    this.#worker = new Worker(entry, {
      workerData: input,
      // Without the options of the process: what it preloads has nothing to do here.
      execArgv: [],
      // Or Node opens the streams of the process for it, and a pipe no longer blocks who writes.
      stdout: true,
      stderr: true,
    });
    this.#worker.on('message', (answers: FromThread) => {
      this.#receive(answers);
    });
    this.#worker.on('error', (cause: unknown) => {
      this.#cause = cause;
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#end();
        resolve();
      });
    });
    // At last: to listen for its messages holds the process.
    this.#worker.unref();
  }

  /** Sends what was given meanwhile, and from now on. */
  begin(): void {
    if (this.#state === 'ready') this.#state = 'begun';
    this.#sendSoon();
  }

  append(stream: string, batch: Batch, expected: number): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      assertRoom(stream, this.#held.length + this.#sent.size, this.#bytes + batch.bytes);
      const givenAtMs = this.#runtime.monotonicMs();
      this.#held.push({ stream, batch, expected, givenAtMs, resolve, reject });
      this.#bytes += batch.bytes;
      this.#sendSoon();
    });
  }

  /** Resolves when everything given is settled and the thread has ended. */
  async close(): Promise<void> {
    if (this.#sent.size + this.#held.length > 0) {
      await new Promise<void>((resolve) => (this.#onIdle = resolve));
    }
    this.#isClosing = true;
    this.#worker.ref();
    if (this.#state === 'starting') await this.#worker.terminate();
    else this.#worker.postMessage('close' satisfies ToThread);
    await this.#ended;
  }

  #sendSoon(): void {
    if (this.#state !== 'begun' || this.#sent.size > 0 || this.#isScheduled) return;
    if (this.#held.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#state === 'begun') this.#send();
    });
  }

  #send(): void {
    const nowMs = this.#runtime.monotonicMs();
    const message: ToThread = this.#held.map((waiting) => {
      const { stream, batch, expected, givenAtMs } = waiting;
      const number = (this.#number += 1);
      this.#sent.set(number, waiting);
      return { number, stream, batch, expected, waitedMs: nowMs - givenAtMs };
    });
    this.#held = [];
    this.#worker.ref();
    this.#worker.postMessage(message);
  }

  #receive(answers: FromThread): void {
    if (this.#state === 'starting') {
      this.#state = 'ready';
      this.#events.onReady();
      return;
    }
    this.#answers.push(...answers);
    this.#events.onCommitted();
    if (!this.#isSettling) this.#settleSome();
  }

  #settleSome(): void {
    for (const answer of this.#answers.splice(0, answersPerTurn)) this.#settle(answer);
    this.#isSettling = this.#answers.length > 0;
    if (this.#isSettling) {
      setImmediate(() => {
        this.#settleSome();
      });
      return;
    }
    this.#sendSoon();
    if (this.#sent.size + this.#held.length > 0) return;
    this.#onIdle?.();
    if (!this.#isClosing) this.#worker.unref();
  }

  #settle(answer: Answer): void {
    const waiting = this.#sent.get(answer.number);
    if (waiting === undefined) return;
    this.#sent.delete(answer.number);
    this.#bytes -= waiting.batch.bytes;
    if ('error' in answer) waiting.reject(receivedError(answer.error));
    else waiting.resolve(answer.result);
  }

  #end(): void {
    this.#state = 'ended';
    for (const answer of this.#answers.splice(0)) this.#settle(answer);
    const sent = [...this.#sent.values()];
    const held = this.#held;
    this.#sent.clear();
    this.#held = [];
    for (const { stream, reject } of sent) reject(inDoubt(stream, this.#cause));
    for (const { stream, reject } of held) {
      reject(
        nothingStored(
          'store-unavailable',
          stream,
          'the thread that writes has ended; append again, without it',
        ),
      );
    }
    this.#onIdle?.();
    if (!this.#isClosing) this.#events.onLost();
  }
}

function inDoubt(stream: string, cause: unknown): PaymentOrderError {
  const message =
    `${placeOf(stream)}: the thread that writes ended before it answered; ` +
    'read the stream before writing again';
  return new PaymentOrderError('append-outcome-unknown', message, { stream, cause });
}
