import type { Runtime } from '../../runtime.ts';
import { Notifier } from '../notifier.ts';
import { NoAnswer } from './errors.ts';
import type { EventStoreDbLimits } from './limits.ts';

const never = new AbortController().signal;

/** Waits between tries: doubling, with jitter, up to the limit; `reset` after progress. */
export class Backoff {
  readonly #runtime: Runtime;
  readonly #limits: EventStoreDbLimits;
  #tries = 0;
  #sinceMs: number;

  constructor(runtime: Runtime, limits: EventStoreDbLimits) {
    this.#runtime = runtime;
    this.#limits = limits;
    this.#sinceMs = runtime.monotonicMs();
  }

  reset(): void {
    if (this.#tries === 0) return;
    this.#tries = 0;
    this.#sinceMs = this.#runtime.monotonicMs();
  }

  /** The next wait, ms, or undefined where it would end more than `budgetMs` after the start. */
  nextMs(budgetMs: number): number | undefined {
    const { backoffMs, backoffMsMax } = this.#limits;
    const ms =
      Math.min(backoffMs * 2 ** this.#tries, backoffMsMax) * (0.5 + this.#runtime.random());
    this.#tries += 1;
    return this.#runtime.monotonicMs() - this.#sinceMs + ms > budgetMs ? undefined : ms;
  }
}

/** Resolves after `ms`, or when `signal` aborts. */
export async function pause(
  runtime: Runtime,
  ms: number,
  signal: AbortSignal = never,
): Promise<void> {
  if (signal.aborted) return;
  await new Notifier().wait(signal, (wake) => runtime.setTimer(ms, wake));
}

/**
 * The answer, or `NoAnswer` after `ms`: a local watchdog over a call of the client, whose own
 * promise may stay pending for ever. A late answer is dropped.
 */
export function answered<Answer>(
  runtime: Runtime,
  ms: number,
  call: Promise<Answer>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const unset = runtime.setTimer(ms, () => {
      reject(new NoAnswer(`the server did not answer within ${Math.round(ms)} ms`));
    });
    call.then(resolve, reject).finally(unset);
  });
}
