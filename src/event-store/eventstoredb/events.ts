/**
 * Events and positions on their way to and from the client.
 *
 * The client validates nothing. Data that JSON cannot hold would hang the append; the batch was
 * checked before. Stored bytes that are not JSON come back as a string or a `Uint8Array`, without
 * an error. With `DEBUG=esdb:*` the client prints every property of the events that it sends.
 */

import type { JSONEventData, Position, ResolvedEvent } from '@eventstore/db-client';
import { compact } from '../../compact.ts';
import { PaymentOrderError } from '../../errors.ts';
import type { Batch } from '../batch.ts';
import { isJsonObject, notAnObject } from '../errors.ts';
import type { JsonObject, RecordedEvent } from '../event-store.ts';
import { invalidPosition } from '../inputs.ts';

/** Positions from here on are not places: servers send them for 'none' and 'the end'. */
const noPlace = 2n ** 63n;

/** The position of an event where the server does not send one. */
const positionUnknown = 'unknown';

/** An event for the client. Data and metadata are getters, which debugging output leaves out. */
export class Proposed {
  readonly id: string;
  readonly type: string;
  readonly contentType = 'application/json';
  readonly #data: JSONEventData['data'];
  readonly #metadata: JSONEventData['data'];

  constructor(event: Batch['events'][number]) {
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

/** @throws {PaymentOrderError} `invalid-input` for other than null and a position from here. */
export function parsePosition(position: unknown, field?: string): Position | null {
  if (position === null && field === undefined) return null;
  const text = typeof position === 'string' ? position : '';
  const [, commit = '', prepare = ''] = /^(\d{1,19})\/(\d{1,19})$/.exec(text) ?? [];
  const parsed = { commit: BigInt(commit), prepare: BigInt(prepare) };
  if (commit !== '' && isPlace(parsed)) return parsed;
  throw invalidPosition(field);
}

/** False for what servers before 24.10.5 send as a checkpoint when nothing matched: 2^64 - 1. */
export function isPlace({ commit, prepare }: Position): boolean {
  return commit < noPlace && prepare < noPlace;
}

export function isAfter(one: Position, other: Position | null): boolean {
  if (other === null || one.commit > other.commit) return true;
  return one.commit === other.commit && one.prepare > other.prepare;
}

/** An event as the client gives it, of whatever content. */
export type FoundEvent<Found extends ResolvedEvent = ResolvedEvent> = NonNullable<Found['event']>;

export function foundEvent<Found extends ResolvedEvent>({ event }: Found): FoundEvent<Found> {
  if (event !== undefined) return event;
  throw new PaymentOrderError('store-corrupt', 'the server sent an event without content');
}

/** @throws {PaymentOrderError} `store-corrupt` where data or metadata is not a JSON object. */
export function recordedEvent(event: FoundEvent): RecordedEvent {
  const { id, type, data, metadata } = event;
  const stream = event.streamId;
  const revision = Number(event.revision);
  const found = event.position;
  const position = found !== undefined && isPlace(found) ? positionText(found) : undefined;
  const jsonObject = (field: string, value: unknown): JsonObject => {
    if (event.isJson && isJsonObject(value)) return value;
    throw notAnObject(field, compact({ stream, revision, position }));
  };
  return {
    stream,
    revision,
    position: position ?? positionUnknown,
    id,
    type,
    data: jsonObject('data', data),
    metadata: jsonObject('metadata', metadata),
  };
}
