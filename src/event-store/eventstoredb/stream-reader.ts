import { Readable } from 'node:stream';
import type { Runtime } from '../../runtime.ts';
import { Notifier } from '../notifier.ts';
import { NoAnswer } from './errors.ts';

/** A read or a subscription of the client: the part of a `Readable` that is used here. */
export type Source = {
  readonly stream: {
    on(event: string, listener: (...values: unknown[]) => void): unknown;
    read(): unknown;
    destroy(): unknown;
  };
  /** Ends the call on the server too, which destroying the stream does not. */
  readonly cancel: () => Promise<void>;
};

/**
 * Takes what a stream of the client has, and waits for more with a limit.
 *
 * A `for await` over the client's stream cannot do that: it waits for neither a checkpoint nor a
 * watchdog, and leaving it early leaks the call. `on('data')` would pull without bounds. The stream
 * ends in four ways, some of them silent, and one of its errors may come after the end.
 */
export class StreamReader<Item> {
  readonly #runtime: Runtime;
  readonly #source: Source;
  readonly #notifier = new Notifier();
  #ended = false;
  #failure: Error | undefined;
  #waitedMs = 0;

  constructor(runtime: Runtime, source: Source) {
    this.#runtime = runtime;
    this.#source = source;
    // Never removed: an error after the end would otherwise crash the process.
    source.stream.on('error', (error) => {
      this.#failure ??= error instanceof Error ? error : new Error('no error was given');
      this.#end();
    });
    for (const name of ['end', 'close']) {
      source.stream.on(name, () => {
        this.#end();
      });
    }
    // The client forgets the call below this stream only once it was read to its end.
    source.stream.on('unpipe', (call) => {
      if (call instanceof Readable) call.resume();
    });
    source.stream.on('readable', () => {
      this.notify();
    });
  }

  /** How long this has waited for the server altogether, ms. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  /** The next item, or null where none has come yet. */
  take(): Item | null {
    // The streams of the client hold items of one type, or nothing: null.
    return this.#source.stream.read() as Item | null;
  }

  /** True once no more items come; throws the error that ended it, if one did. */
  isOver(): boolean {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#ended;
  }

  /** Ends a wait: there is news besides the items. */
  notify(): void {
    this.#notifier.notify();
  }

  /** Waits for news; throws `NoAnswer` where none came within `ms`. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#ended) return;
    const fromMs = this.#runtime.monotonicMs();
    const silence = new AbortController();
    await this.#notifier.wait(signal, (wake) =>
      this.#runtime.setTimer(ms, () => {
        silence.abort();
        wake();
      }),
    );
    this.#waitedMs += this.#runtime.monotonicMs() - fromMs;
    if (silence.signal.aborted) {
      throw new NoAnswer(`the server sent nothing for ${Math.round(ms)} ms`);
    }
  }

  /** Releases what is held, here and on the server. */
  close(): void {
    this.#source.stream.destroy();
    // Not awaited: it waits for a connection that may never be made.
    this.#source.cancel().catch(() => undefined);
  }

  #end(): void {
    this.#ended = true;
    this.notify();
  }
}
