import { PaymentOrderError } from '../errors.ts';
import type { PreparedEvent } from './event-store.ts';
import { isPlainText } from './inputs.ts';
import { jsonProblem } from './json-check.ts';

/** An event as it is kept: `data` and `metadata` are JSON text. */
export type EventText = {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
};

/** A checked batch, cut off from the caller's objects. */
export type Batch = { readonly events: readonly EventText[]; readonly bytes: number };

const eventsMax = 100;
const eventBytesMax = 256 * 1024;
const batchBytesMax = 900 * 1024;
const typeCharactersMax = 200;
// Lower case only: the same UUID in two spellings would count as two ids.
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Turns a batch into text, or throws `invalid-event` or `event-too-large` naming the event by its
 * index in the batch and the field by its path, before anything is stored.
 */
export function prepareBatch(stream: string, events: readonly PreparedEvent[]): Batch {
  const given: unknown = events;
  if (!Array.isArray(given) || given.length < 1 || given.length > eventsMax) {
    throw invalid(stream, `a batch holds 1 to ${eventsMax} events`);
  }
  const ids = new Set<string>();
  const texts: EventText[] = [];
  let bytes = 0;
  for (let index = 0; index < given.length; index++) {
    const text = eventText(stream, index, given[index]);
    if (ids.has(text.id)) throw invalid(stream, `events[${index}].id stands twice in the batch`);
    ids.add(text.id);
    const size = byteLength(text);
    if (size > eventBytesMax) {
      throw tooLarge(stream, `events[${index}] is ${size} bytes; the limit is ${eventBytesMax}`);
    }
    bytes += size;
    texts.push(text);
  }
  if (bytes > batchBytesMax) {
    throw tooLarge(stream, `the batch is ${bytes} bytes; the limit is ${batchBytesMax}`);
  }
  return { events: texts, bytes };
}

function eventText(stream: string, index: number, event: unknown): EventText {
  const place = `events[${index}]`;
  if (typeof event !== 'object' || event === null) throw invalid(stream, `${place} is no event`);
  // Any object has these four, if only as undefined; each is checked below.
  const { id, type, data, metadata } = event as Partial<Record<keyof PreparedEvent, unknown>>;
  if (typeof id !== 'string' || !uuid.test(id)) {
    throw invalid(stream, `${place}.id is not a UUID in lower case`);
  }
  if (typeof type !== 'string' || type === '' || type.length > typeCharactersMax) {
    throw invalid(stream, `${place}.type is not a string of 1 to ${typeCharactersMax} characters`);
  }
  if (!isPlainText(type)) throw invalid(stream, `${place}.type holds a lone surrogate or NUL`);
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
  const message = `${place}${problem.path} ${problem.reason}`;
  throw problem.tooLarge ? tooLarge(stream, message) : invalid(stream, message);
}

function byteLength(text: EventText): number {
  return (
    text.id.length +
    Buffer.byteLength(text.type) +
    Buffer.byteLength(text.data) +
    Buffer.byteLength(text.metadata)
  );
}

function invalid(stream: string, message: string): PaymentOrderError {
  return new PaymentOrderError('invalid-event', `Nothing was stored: ${message}.`, { stream });
}

function tooLarge(stream: string, message: string): PaymentOrderError {
  return new PaymentOrderError('event-too-large', `Nothing was stored: ${message}.`, { stream });
}
