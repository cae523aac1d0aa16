import { z } from 'zod';
import type { EventType, PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { parseInput } from '../parse.ts';
import { assertKnownType, assertKnownVersion, parseEvent } from './codec.ts';

/** A stored event as `history`, `recordedEvents`, `events` or a store gives it. */
export type Upcastable<T extends string = string> = {
  readonly stream: string;
  readonly revision: number;
  readonly type: T;
  readonly data: object;
  readonly metadata: object;
};

/**
 * A stored event in today's schema version, typed by its type. The events of `history` hold it as
 * `event`; this reads what was kept elsewhere. `data` itself stays as it was stored, because its hash
 * covers that.
 *
 * @throws {PaymentOrderError} `invalid-event`, `unknown-event-type` or `unknown-schema-version`;
 * `invalid-input` where it is not a stored event.
 * @example
 * for (const stored of await orders.recordedEvents('O1')) {
 *   const event = upcastEvent(stored);
 *   if (event.type === 'PaymentSucceeded') console.log(event.amountMinor);
 * }
 */
export function upcastEvent<T extends string>(
  stored: Upcastable<T>,
): PaymentOrderEvent<T extends EventType ? T : EventType> {
  const { stream, revision, type, data, metadata } = parseInput(upcastSchema, stored, 'stored');
  const place = { stream, revision };
  assertKnownType(type, place);
  assertKnownVersion(type, metadata.schemaVersion, place);
  // It is of the given type, and where that is any text, of any type.
  return parseEvent(type, data, place, metadata.schemaVersion) as PaymentOrderEvent<
    T extends EventType ? T : EventType
  >;
}

const upcastSchema = z.object({
  stream: z.string(),
  revision: z.int().min(0),
  type: z.string(),
  data: z.unknown(),
  metadata: z.object({ schemaVersion: z.int().min(1) }),
});
