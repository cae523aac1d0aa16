import type { EventStore } from '../../event-store/event-store.ts';
import { streamOf } from '../../history/event.ts';
import { openPaymentOrders } from '../../open.ts';
import { nextTurn, systemRuntime } from '../../runtime.ts';
import type { Answer } from './answer.ts';
import { answerOf } from './answer.ts';
import type { Results, Work } from './work.ts';
import { works } from './work.ts';

/** Numbers of orders that were created one after the other. */
export type Chunk = readonly string[];

/** Never rejects. */
export type Ask<Result> = (chunk: Chunk) => Promise<Answer<Result>>;

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
): Promise<Ask<Results[W]>> {
  const runtime = systemRuntime();
  let asked: Chunk = [];
  const streams = async function* () {
    await nextTurn(runtime);
    yield* asked.map(streamOf);
  };
  const orders = await openPaymentOrders({ store: { ...store, streams }, attemptDeadlineMs });
  return (chunk) => {
    asked = chunk;
    return answerOf(works[work](orders, machine));
  };
}
