/** How an event is made ready to be stored. It stands apart from reading, which needs no hash. */

import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { compact } from '../compact.ts';
import type { JsonObject, PreparedEvent } from '../event-store/event-store.ts';
import type { Runtime } from '../runtime.ts';
import type { ChainedMetadata } from './chain.ts';
import { chainLink } from './chain.ts';
import { parseEvent, parsed } from './codec.ts';
import type { Place } from './codec.ts';
import type { EventMetadata, HistoryEvent } from './event.ts';
import { metadataSchema, orderNoOf } from './event.ts';

/** Links an event to the one before it with a fresh salt, and checks it as a reader would. */
export function encodeEvent(
  id: string,
  event: PaymentOrderEvent,
  metadata: ChainedMetadata,
  place: Place & { readonly prevHash: string },
  runtime: Pick<Runtime, 'randomHex'>,
): { readonly prepared: PreparedEvent; readonly stored: HistoryEvent } {
  const { type, ...data } = compact(event);
  const { stream, revision, prevHash } = place;
  const chained = compact(metadata);
  const link = chainLink(
    { stream, revision, id, type, data, metadata: chained },
    (bytes) => runtime.randomHex(bytes),
    prevHash,
  );
  const whole: EventMetadata = { ...chained, ...link };
  return {
    prepared: { id, type, data: json(data), metadata: json(whole) },
    // As in `decodeEvent`, the event is of this very type.
    stored: {
      orderNo: orderNoOf(stream),
      ...{ stream, revision, position: '', id, type, data },
      metadata: parsed(metadataSchema, whole, 'metadata', place),
      event: parseEvent(type, data, place),
    } as HistoryEvent,
  };
}

function json(value: object): JsonObject {
  // Schemas for stored data allow JSON values alone; the store checks it once more.
  return value as JsonObject;
}
