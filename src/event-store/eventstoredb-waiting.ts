import type { Host } from '../host.ts';
import { Bell } from './bell.ts';
import { NoAnswer } from './eventstoredb-errors.ts';
import type { EventStoreDbLimits } from './eventstoredb-limits.ts';

const never = new AbortController().signal;

/** Waits between tries: doubling, with jitter, up to the limit; `reset` after progress. */
export class Backoff {
  readonly #host: Host;
  readonly #limits: EventStoreDbLimits;
  #tries = 0;
  #sinceMs: number;

  constructor(host: Host, limits: EventStoreDbLimits) {
    this.#host = host;
    this.#limits = limits;
    this.#sinceMs = host.monotonicMs();
  }

  reset(): void {
    if (this.#tries === 0) return;
    this.#tries = 0;
    this.#sinceMs = this.#host.monotonicMs();
  }

  /** The next wait, ms, or undefined where it would end more than `budgetMs` after the start. */
  nextMs(budgetMs: number): number | undefined {
    const { backoffMs, backoffMsMax } = this.#limits;
    const ms = Math.min(backoffMs * 2 ** this.#tries, backoffMsMax) * (0.5 + this.#host.random());
    this.#tries += 1;
    return this.#host.monotonicMs() - this.#sinceMs + ms > budgetMs ? undefined : ms;
  }
}

/** Resolves after `ms`, or when `signal` aborts. */
export async function pause(host: Host, ms: number, signal: AbortSignal = never): Promise<void> {
  if (signal.aborted) return;
  await new Bell().wait(signal, (wake) => host.setTimer(ms, wake));
}

/**
 * The answer, or `NoAnswer` after `ms`: a local watchdog over a call of the client, whose own
 * promise may stay pending for ever. A late answer is dropped.
 */
export function answered<Answer>(host: Host, ms: number, call: Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const unset = host.setTimer(ms, () => {
      reject(new NoAnswer(`the server did not answer within ${Math.round(ms)} ms`));
    });
    call.then(resolve, reject).finally(unset);
  });
}
