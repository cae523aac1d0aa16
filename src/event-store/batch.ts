import { nothingStored } from './errors.ts';
import type { PreparedEvent } from './event-store.ts';
import { isPlainText } from './inputs.ts';
import { jsonProblem } from './json-check.ts';

/** An event inside a store: `data` and `metadata` are the JSON text that is kept. */
export type EventRow = {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
};

/** A checked batch, independent of the caller's objects; its events have no place yet. */
export type Batch = {
  readonly events: readonly Omit<EventRow, 'stream' | 'revision' | 'position'>[];
  readonly bytes: number;
};

const eventsMax = 100;
const eventBytesMax = 256 * 1024;
const batchBytesMax = 900 * 1024;
const typeCharactersMax = 200;
// Lower case only: the same UUID in two spellings would count as two ids.
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Turns a batch into text before anything is stored.
 *
 * @throws {PaymentOrderError} `invalid-event` or `event-too-large`, with the event's index in the
 * batch and the field's path.
 */
export function prepareBatch(stream: string, events: readonly PreparedEvent[]): Batch {
  const given: unknown = events;
  if (!Array.isArray(given) || given.length < 1 || given.length > eventsMax) {
    throw nothingStored('invalid-event', stream, `a batch holds 1 to ${eventsMax} events`);
  }
  const rows = Array.from(given, (event: unknown, index) =>
    prepareEvent(stream, `events[${index}]`, event),
  );
  const ids = new Set<string>();
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    const place = `events[${index}]`;
    if (ids.has(row.id)) {
      throw nothingStored('invalid-event', stream, `${place}.id is in the batch twice`);
    }
    ids.add(row.id);
    bytes += checkedSize(stream, place, byteLength(row), eventBytesMax);
  }
  checkedSize(stream, 'the batch', bytes, batchBytesMax);
  return { events: rows, bytes };
}

function prepareEvent(stream: string, place: string, event: unknown): Batch['events'][number] {
  if (typeof event !== 'object' || event === null) {
    throw nothingStored('invalid-event', stream, `${place} is not an event`);
  }
  // Any object has these four, if only as undefined; each is checked below.
  const { id, type, data, metadata } = event as Partial<Record<keyof PreparedEvent, unknown>>;
  if (typeof id !== 'string' || !uuid.test(id)) {
    throw nothingStored('invalid-event', stream, `${place}.id is not a UUID in lower case`);
  }
  if (typeof type !== 'string' || type === '' || type.length > typeCharactersMax) {
    const problem = `is not a string of 1 to ${typeCharactersMax} characters`;
    throw nothingStored('invalid-event', stream, `${place}.type ${problem}`);
  }
  if (!isPlainText(type)) {
    throw nothingStored('invalid-event', stream, `${place}.type contains a lone surrogate or NUL`);
  }
  return {
    id,
    type,
    data: jsonText(stream, `${place}.data`, data),
    metadata: jsonText(stream, `${place}.metadata`, metadata),
  };
}

function jsonText(stream: string, place: string, value: unknown): string {
  const problem = jsonProblem(value, eventBytesMax);
  if (problem === undefined) return JSON.stringify(value);
  const code = problem.tooLarge ? 'event-too-large' : 'invalid-event';
  throw nothingStored(code, stream, `${place}${problem.path} ${problem.reason}`);
}

function byteLength({ id, type, data, metadata }: Batch['events'][number]): number {
  const texts = [id, type, data, metadata];
  return texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
}

function checkedSize(stream: string, place: string, bytes: number, limit: number): number {
  if (bytes <= limit) return bytes;
  throw nothingStored(
    'event-too-large',
    stream,
    `${place} has ${bytes} bytes; the limit is ${limit}`,
  );
}
