import type { EventStore } from '../../event-store/event-store.ts';
import { streamOf } from '../../history/event.ts';
import { openPaymentOrders } from '../../open.ts';
import { nextTurn, systemRuntime } from '../../runtime.ts';
import type { Answer } from './answer.ts';
import { failureOf } from './answer.ts';
import type { Results, Work } from './work.ts';
import { works } from './work.ts';

/** Numbers of orders that were created one after the other. */
export type Chunk = readonly string[];

type Doing<W extends Work> = {
  readonly work: W;
  readonly machine?: object | undefined;
  readonly attemptDeadlineMs?: number | undefined;
};

/**
 * Does its work on a chunk as on a store that holds these orders alone: it is the same work as on
 * a whole store. One chunk after the other: each is asked when the one before it was answered.
 */
export async function chunkWorker<W extends Work>(
  store: EventStore,
  { work, machine, attemptDeadlineMs }: Doing<W>,
): Promise<(chunk: Chunk) => Promise<Answer<Results[W]>>> {
  const runtime = systemRuntime();
  let asked: Chunk = [];
  const streams = async function* () {
    await nextTurn(runtime);
    yield* asked.map(streamOf);
  };
  const orders = await openPaymentOrders({ store: { ...store, streams }, attemptDeadlineMs });
  return async (chunk) => {
    asked = chunk;
    const results: Results[W][] = [];
    try {
      for await (const result of works[work](orders, machine)) results.push(result);
      return { results, failure: null };
    } catch (error) {
      return { results, failure: failureOf(error) };
    }
  };
}
