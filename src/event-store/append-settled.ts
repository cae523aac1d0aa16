/**
 * The only loop that tries an append again; every adapter makes one try.
 *
 * An answer can be lost after the events were stored. Whether they were is learnt by sending the
 * same ids at the same expected revision again: a store recognises the batch and stores it once. A
 * conflict after such a doubt may have been caused by the batch itself, so the stream is read
 * before the conflict is believed. What ends in doubt stays in doubt, whatever a later try says:
 * its caller has to read the stream before it writes again.
 */

import { PaymentOrderError, isRetryable } from '../errors.ts';
import { backoffMs, sleep, type Runtime } from '../runtime.ts';
import { placeOf } from './errors.ts';
import type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  PreparedEvent,
  RecordedEvent,
} from './event-store.ts';

/** How long one append is tried, ms: retries, waits and read-backs included. */
const appendBudgetMs = 10_000;

const backoff = { firstMs: 100, maxMs: 1_000, jitter: 0.5 };

/**
 * Appends a batch until its outcome is known, for 10 s.
 *
 * @throws {PaymentOrderError} `append-outcome-unknown` when the time ends in doubt,
 * `store-unavailable` when it ends with nothing stored; at once what no retry can mend.
 */
export async function appendSettled(
  store: EventStore,
  runtime: Runtime,
  stream: string,
  events: readonly PreparedEvent[],
  expected: ExpectedRevision,
): Promise<AppendResult> {
  const startedMs = runtime.monotonicMs();
  let inDoubt = false;
  for (let tries = 1; ; tries += 1) {
    const triedAtMs = runtime.monotonicMs();
    try {
      const result = await store.append(stream, events, expected);
      if (tries === 1) return result;
      if (result.kind === 'appended') return { ...result, settled: 'after-doubt' };
      return (inDoubt ? await readBack(store, stream, events, expected) : null) ?? result;
    } catch (error) {
      inDoubt ||= error instanceof PaymentOrderError && error.code === 'append-outcome-unknown';
      const waitMs = isRetryable(error) ? backoffMs(runtime, backoff, tries) : Infinity;
      const nowMs = runtime.monotonicMs();
      // The next try may take as long as this one did.
      const endsAfterMs = nowMs - startedMs + waitMs + (nowMs - triedAtMs);
      if (endsAfterMs > appendBudgetMs) throw inDoubt ? doubtful(error, stream) : error;
      await sleep(runtime, waitMs);
    }
  }
}

function readBack(
  store: EventStore,
  stream: string,
  events: readonly PreparedEvent[],
  expected: ExpectedRevision,
): Promise<AppendResult | null> {
  return storedBatch(store.read(stream, expected === 'no-stream' ? 0 : expected + 1), events);
}

/** The batch as it stands in a stream read from its place on; null where other events stand there. */
export async function storedBatch(
  stored: AsyncIterable<RecordedEvent>,
  events: readonly { readonly id: string }[],
): Promise<AppendResult | null> {
  let index = 0;
  for await (const { id, revision, position } of stored) {
    if (id !== events[index]?.id) return null;
    index += 1;
    if (index === events.length) {
      return { kind: 'appended', revision, position, settled: 'after-doubt' };
    }
  }
  return null;
}

/** An earlier try may have been stored, whatever the last one says of itself. */
function doubtful(error: unknown, stream: string): unknown {
  if (!(error instanceof PaymentOrderError) || error.code === 'append-outcome-unknown')
    return error;
  const message =
    `${placeOf(stream)}: an earlier try of the append may have been stored; ` +
    `read the stream before writing again (last try: ${error.message})`;
  return new PaymentOrderError('append-outcome-unknown', message, { stream, cause: error });
}
