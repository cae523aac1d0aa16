import { PaymentOrderError } from '../errors.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';

export type Reader = {
  see(event: RecordedEvent): void;
  /** Called for each event that is missing or that the store cannot give; reading goes on after it. */
  unreadable(error: PaymentOrderError): void;
};

/**
 * Reads a stream to its end, past every event that cannot be read.
 *
 * @throws {PaymentOrderError} where the store itself fails: nothing is known of the rest
 */
export async function readPastDamage(
  store: EventStore,
  stream: string,
  reader: Reader,
): Promise<void> {
  let from = 0;
  for (;;) {
    try {
      for await (const event of store.read(stream, from)) {
        reader.see(event);
        from = event.revision + 1;
      }
      return;
    } catch (error) {
      if (!isDamage(error)) throw error;
      reader.unreadable(error);
      const next = revisionAfter(error);
      if (next === null || next <= from) return;
      from = next;
    }
  }
}

/** Whether an event is missing, or the store cannot give it. */
export function isDamage(error: unknown): error is PaymentOrderError {
  if (!(error instanceof PaymentOrderError)) return false;
  const { code } = error;
  return code === 'store-corrupt' || code === 'not-contiguous' || code === 'invalid-event';
}

/** Null where the store does not say which event it could not read. */
function revisionAfter({ revision, found }: PaymentOrderError): number | null {
  if (found !== undefined) return found;
  return revision === undefined ? null : revision + 1;
}
