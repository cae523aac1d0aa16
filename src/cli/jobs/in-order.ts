/**
 * Threads take chunks of orders as they are free; the results come in the order of the store. Of
 * what was not taken yet no more than some chunks a thread are ever asked, so memory is bounded, and
 * a slow reader, or one slow order, holds the threads up.
 */

import type { Answer, Failure } from './answer.ts';
import { errorOf, failureOf } from './answer.ts';
import type { Chunk } from './chunk.ts';
import type { Thread } from './thread.ts';

/**
 * Of the chunks that a thread was asked it works on one; the others wait for it, or for an earlier
 * one. On a busy machine a thread may stand for 100 ms; with fewer the others would stand with it.
 */
const bounds = { chunkOrders: 32, chunksPerThread: 32 } as const;

/** The results of all orders, until the first error: it comes after those of the orders before it. */
export async function* inOrder<Result>(
  orderNumbers: AsyncIterable<string>,
  threads: readonly Thread<Result>[],
  { chunkOrders, chunksPerThread }: Readonly<Record<keyof typeof bounds, number>> = bounds,
): AsyncGenerator<Result> {
  const asked: Promise<Answer<Result>>[] = [];
  for await (const { chunk, failure } of chunksOf(orderNumbers, chunkOrders)) {
    const answer = leastBusy(threads).ask(chunk);
    asked.push(answer.then((given) => ({ ...given, failure: given.failure ?? failure })));
    if (asked.length < chunksPerThread * threads.length) continue;
    const [first] = asked.splice(0, 1);
    if (first !== undefined) yield* resultsOf(await first);
  }
  for (const answer of asked) yield* resultsOf(await answer);
}

type Listed = { readonly chunk: Chunk; readonly failure: Failure | null };

/** Where the listing fails, the orders before that come first. */
async function* chunksOf(
  orderNumbers: AsyncIterable<string>,
  chunkOrders: number,
): AsyncGenerator<Listed> {
  let chunk: string[] = [];
  let failure: Failure | null = null;
  try {
    for await (const orderNo of orderNumbers) {
      chunk.push(orderNo);
      if (chunk.length < chunkOrders) continue;
      yield { chunk, failure };
      chunk = [];
    }
  } catch (error) {
    failure = failureOf(error);
  }
  if (chunk.length > 0 || failure !== null) yield { chunk, failure };
}

function leastBusy<Result>(threads: readonly Thread<Result>[]): Thread<Result> {
  return threads.reduce((least, thread) => (thread.waiting < least.waiting ? thread : least));
}

function* resultsOf<Result>({ results, failure }: Answer<Result>): Generator<Result> {
  yield* results;
  if (failure !== null) throw errorOf(failure);
}
