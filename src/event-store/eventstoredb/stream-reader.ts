import { Readable } from 'node:stream';
import type { Runtime } from '../../runtime.ts';
import { Notifier } from '../notifier.ts';
import { NoAnswer } from './errors.ts';

/** A reading or a subscription of the client: of a `Readable`, what is used here. */
export type Source = {
  readonly stream: {
    on(event: string, listener: (...values: unknown[]) => void): unknown;
    read(): unknown;
    destroy(): unknown;
  };
  /** Ends the call on the server too, which destroying the stream does not. */
  readonly callOff: () => Promise<void>;
};

/**
 * Takes what a stream of the client has, and waits for more with a limit. The client's streams end
 * in four ways, some of them silent, and may say nothing for ever; a `for await` over them can wait
 * for neither a checkpoint nor a watchdog. Nothing is pulled that is not taken.
 */
export class StreamReader<Item> {
  readonly #runtime: Runtime;
  readonly #source: Source;
  readonly #bell = new Notifier();
  #ended = false;
  #failure: Error | undefined;
  #waitedMs = 0;

  constructor(runtime: Runtime, source: Source) {
    this.#runtime = runtime;
    this.#source = source;
    // Listening to `error` for good: one that comes after the end would bring down the process.
    source.stream.on('error', (error) => {
      this.#failure ??= error instanceof Error ? error : new Error('no error was given');
      this.#end();
    });
    for (const name of ['end', 'close'])
      source.stream.on(name, () => {
        this.#end();
      });
    // The call behind it is forgotten by the client only once it is read to its end.
    source.stream.on('unpipe', (call) => {
      if (call instanceof Readable) call.resume();
    });
    source.stream.on('readable', () => {
      this.ring();
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

  /** True when nothing comes any more; throws what ended it, if that was an error. */
  isOver(): boolean {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#ended;
  }

  /** Ends a wait: there may be news beside the items. */
  ring(): void {
    this.#bell.ring();
  }

  /** Waits for news; throws `NoAnswer` where none came within `ms`. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#ended) return;
    const fromMs = this.#runtime.monotonicMs();
    const silence = new AbortController();
    await this.#bell.wait(signal, (wake) =>
      this.#runtime.setTimer(ms, () => {
        silence.abort();
        wake();
      }),
    );
    this.#waitedMs += this.#runtime.monotonicMs() - fromMs;
    if (silence.signal.aborted)
      throw new NoAnswer(`the server said nothing for ${Math.round(ms)} ms`);
  }

  /** Gives back what is held, here and on the server. */
  close(): void {
    this.#source.stream.destroy();
    // It waits for a connection that may never come about, so nobody waits for it.
    this.#source.callOff().catch(() => undefined);
  }

  #end(): void {
    this.#ended = true;
    this.ring();
  }
}
