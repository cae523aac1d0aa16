import type { JSONEventData, Position, ResolvedEvent } from '@eventstore/db-client';
import { PaymentOrderError } from '../../errors.ts';
import type { JsonObject, RecordedEvent } from '../event-store.ts';
import type { EventText } from '../prepared.ts';

/** Positions from here on are not places: servers say 'none' or 'the end' so. */
const noPlace = 2n ** 63n;

/** What an event carries where the server does not tell its position. */
const positionUnknown = 'unknown';

/**
 * An event as the client appends it: what it writes out is the checked text again, byte for byte.
 * Data and metadata are getters of the class, so that debugging output does not print them.
 */
export class Proposed {
  readonly id: string;
  readonly type: string;
  readonly contentType = 'application/json';
  readonly #data: JSONEventData['data'];
  readonly #metadata: JSONEventData['data'];

  constructor(event: EventText) {
    this.id = event.id;
    this.type = event.type;
    // Both texts are of JSON objects: the batch was checked.
    this.#data = JSON.parse(event.data) as Record<string, unknown>;
    this.#metadata = JSON.parse(event.metadata) as Record<string, unknown>;
  }

  get data(): JSONEventData['data'] {
    return this.#data;
  }

  get metadata(): JSONEventData['data'] {
    return this.#metadata;
  }
}

/** Both halves are kept, since they differ where an event was written in a transaction. */
export function positionText({ commit, prepare }: Position): string {
  return `${commit}/${prepare}`;
}

/** @throws PaymentOrderError `invalid-input` for what is neither null nor a position of ours. */
export function parsePosition(position: unknown): Position | null {
  if (position === null) return null;
  const text = typeof position === 'string' ? position : '';
  const [, commit = '', prepare = ''] = /^(\d{1,19})\/(\d{1,19})$/.exec(text) ?? [];
  const parsed = { commit: BigInt(commit), prepare: BigInt(prepare) };
  if (commit !== '' && isPlace(parsed)) return parsed;
  const message = 'The store expects afterPosition to be null or a position that it gave.';
  throw new PaymentOrderError('invalid-input', message, { field: 'afterPosition' });
}

/** False for what servers before 24.10.5 send as a checkpoint when nothing matched: 2^64 - 1. */
export function isPlace({ commit, prepare }: Position): boolean {
  return commit < noPlace && prepare < noPlace;
}

export function isAfter(one: Position, other: Position | null): boolean {
  if (other === null || one.commit > other.commit) return true;
  return one.commit === other.commit && one.prepare > other.prepare;
}

/** @throws PaymentOrderError `store-corrupt` for what is no event of JSON objects. */
export function recordedEvent({ event }: ResolvedEvent): RecordedEvent {
  if (event === undefined) {
    throw new PaymentOrderError('store-corrupt', 'The server sent an event without content.');
  }
  const { id, type, data, metadata, position } = event;
  const place = { stream: event.streamId, revision: Number(event.revision) };
  if (!event.isJson) throw notAnObject('data', place);
  return {
    ...place,
    id,
    type,
    data: jsonObject('data', data, place),
    metadata: jsonObject('metadata', metadata, place),
    position:
      position !== undefined && isPlace(position) ? positionText(position) : positionUnknown,
  };
}

/** The client gives text that is not JSON as a string, or as its bytes. */
function jsonObject(field: string, value: unknown, place: Place): JsonObject {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject || value instanceof Uint8Array) throw notAnObject(field, place);
  // What else the client gives, `JSON.parse` gave it.
  return value as JsonObject;
}

type Place = { readonly stream: string; readonly revision: number };

function notAnObject(field: string, place: Place): PaymentOrderError {
  const message =
    `The stored ${field} of revision ${place.revision} of stream ` +
    `${JSON.stringify(place.stream)} is not a JSON object.`;
  return new PaymentOrderError('store-corrupt', message, place);
}
