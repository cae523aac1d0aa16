/**
 * The client retries nothing, and its promises may stay pending for ever. So every call has a
 * watchdog here, and what fails is begun again here. Appends are not: `appendSettled` does it.
 */

import type { EventStoreDBClient } from '@eventstore/db-client';
import { PaymentOrderError } from '../../errors.ts';
import { backoffMs, sleep, type Runtime } from '../../runtime.ts';
import type { EventStoreDbContext } from './client.ts';
import { closed, failureOf, isPassing, NoAnswer, type Failure } from './errors.ts';

export type RetryRule = {
  /** How long it is tried without progress, ms; Infinity: for ever. */
  readonly budgetMs: number;
  readonly signal: AbortSignal;
  /** What a failure is to the caller once it is final. */
  readonly error: (failure: Failure) => PaymentOrderError;
  /** Whether waiting may help. Default: `isPassing`. */
  readonly mayPass?: (failure: Failure) => boolean;
};

/** The tries of one call: how many failed since the last progress, and how long ago that was. */
export class Retries {
  readonly #context: EventStoreDbContext;
  readonly #rule: RetryRule;
  #failures = 0;
  #sinceMs: number;

  constructor(context: EventStoreDbContext, rule: RetryRule) {
    this.#context = context;
    this.#rule = rule;
    this.#sinceMs = context.runtime.monotonicMs();
  }

  /** After progress the next failure counts as the first. */
  reset(): void {
    if (this.#failures === 0) return;
    this.#failures = 0;
    this.#sinceMs = this.#context.runtime.monotonicMs();
  }

  /**
   * Waits until the next try, or until the signal aborts.
   *
   * @throws {PaymentOrderError} where the failure is final or the budget is spent.
   */
  async after(client: EventStoreDBClient, error: unknown): Promise<void> {
    if (error instanceof PaymentOrderError) throw error;
    const { runtime, limits, connection } = this.#context;
    const failure = failureOf(error);
    connection.failed(client, failure);
    this.#failures += 1;
    const rule = { firstMs: limits.backoffMs, maxMs: limits.backoffMsMax, jitter: 0.5 };
    const waitMs = backoffMs(runtime, rule, this.#failures);
    const endsAfterMs = runtime.monotonicMs() - this.#sinceMs + waitMs;
    const { budgetMs, signal, mayPass = isPassing } = this.#rule;
    if (!mayPass(failure) || endsAfterMs > budgetMs) throw this.#rule.error(failure);
    await sleep(runtime, waitMs, signal);
  }
}

/** The result of a call that is begun again while it fails. */
export async function retried<Result>(
  context: EventStoreDbContext,
  rule: RetryRule,
  call: (client: EventStoreDBClient) => Promise<Result>,
): Promise<Result> {
  const retries = new Retries(context, rule);
  for (;;) {
    if (rule.signal.aborted) throw closed();
    const { client } = context.connection;
    try {
      const result = await call(client);
      context.connection.succeeded();
      return result;
    } catch (error) {
      await retries.after(client, error);
    }
  }
}

/** The result of a call of the client, or `NoAnswer` after `ms`. A late result is dropped. */
export function answered<Result>(
  runtime: Runtime,
  ms: number,
  call: Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const cancel = runtime.setTimer(ms, () => {
      reject(new NoAnswer(`the server did not answer within ${Math.round(ms)} ms`));
    });
    call.then(resolve, reject).finally(cancel);
  });
}
