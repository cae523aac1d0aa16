import { PaymentOrderError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { AppendResult, EventStore, ExpectedRevision, PreparedEvent } from './event-store.ts';

/** How long one append is tried, ms: retries and read-backs included. */
const appendBudgetMs = 10_000;

/**
 * Appends a batch until it is known what became of it: the same bytes again after an unknown
 * outcome, and a conflict after one is checked against the stream before it is believed.
 *
 * @throws PaymentOrderError `append-outcome-unknown` when the budget ends in doubt,
 * `store-unavailable` when it ends with nothing stored, and what is final at once.
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
      if (!isTransient(error))
        throw inDoubt && error instanceof PaymentOrderError ? doubtful(error) : error;
      inDoubt ||= error.code === 'append-outcome-unknown';
      const waitMs = Math.min(50 * 2 ** tries, 1_000) * (0.5 + runtime.random());
      const nowMs = runtime.monotonicMs();
      // The next try may take as long as this one did.
      const endsAfterMs = nowMs - startedMs + waitMs + (nowMs - triedAtMs);
      if (endsAfterMs > appendBudgetMs) throw outOfTime(error, inDoubt);
      await new Promise<void>((resolve) => runtime.setTimer(waitMs, resolve));
    }
  }
}

async function readBack(
  store: EventStore,
  stream: string,
  events: readonly PreparedEvent[],
  expected: ExpectedRevision,
): Promise<AppendResult | null> {
  let index = 0;
  for await (const { id, revision, position } of store.read(
    stream,
    expected === 'no-stream' ? 0 : expected + 1,
  )) {
    if (id !== events[index]?.id) return null;
    index += 1;
    if (index === events.length) {
      return { kind: 'appended', revision, position, settled: 'after-doubt' };
    }
  }
  return null;
}

function isTransient(error: unknown): error is PaymentOrderError {
  return (
    error instanceof PaymentOrderError &&
    (error.code === 'append-outcome-unknown' || error.code === 'store-unavailable')
  );
}

function outOfTime(error: PaymentOrderError, inDoubt: boolean): PaymentOrderError {
  return inDoubt && error.code !== 'append-outcome-unknown' ? doubtful(error) : error;
}

/** Whatever a later try says of itself: the one before it may have been stored. */
function doubtful(error: PaymentOrderError): PaymentOrderError {
  return new PaymentOrderError(
    'append-outcome-unknown',
    `${error.message}; an earlier try may have been stored: read the stream before writing again`,
    { stream: error.stream, cause: error },
  );
}
