import type { Json, JsonObject, RecordedEvent } from '../../src/event-store/event-store.ts';
import { chainLink, chainStart } from '../../src/history/chain.ts';

/** One event with one of its fields changed, and which. */
export type Altered = { readonly field: string; readonly event: RecordedEvent };

export const alteredParts = ['data', 'metadata', 'id', 'type', 'stream'] as const;

/** The event with one character of a part changed; null if that changes nothing or is not JSON. */
export function alteredCharacter(
  event: RecordedEvent,
  part: (typeof alteredParts)[number],
  place: number,
  character: string,
): RecordedEvent | null {
  const text = JSON.stringify(event[part]);
  const at = 1 + (place % Math.max(1, text.length - 2));
  if (text[at] === character || text === '{}') return null;
  try {
    const value: unknown = JSON.parse(text.slice(0, at) + character + text.slice(at + 1));
    // The store would find text that is not JSON.
    return { ...event, [part]: value };
  } catch {
    return null;
  }
}

/** The event once for each of its fields, down to the leaves: changed, or left out. */
export function alteredFields(event: RecordedEvent): readonly Altered[] {
  const { data, metadata, id, type, stream } = event;
  return [
    ...changes(data, 'data').map(({ field, value }) => ({
      field,
      event: { ...event, data: value },
    })),
    ...changes(metadata, 'metadata').map(({ field, value }) => ({
      ...{ field, event: { ...event, metadata: value } },
    })),
    { field: 'id', event: { ...event, id: other(id) } },
    {
      field: 'type',
      event: { ...event, type: type === 'PaymentFailed' ? 'ClosedAtGateway' : 'PaymentFailed' },
    },
    { field: 'stream', event: { ...event, stream: `${stream}0` } },
  ];
}

function changes(
  object: JsonObject,
  path: string,
): readonly { readonly field: string; readonly value: JsonObject }[] {
  return Object.entries(object).flatMap(([key, value]) => {
    const field = `${path}.${key}`;
    const { [key]: left, ...without } = object;
    const removed = { field: `${field} left out`, value: without };
    if (isObject(left)) {
      const inner = changes(left, field).map((change) => ({
        ...{ field: change.field, value: { ...object, [key]: change.value } },
      }));
      return [...inner, removed];
    }
    return [{ field, value: { ...object, [key]: otherJson(value) } }, removed];
  });
}

/** As like the true value as can be, so that a schema alone does not notice it. */
function otherJson(value: Json): Json {
  if (value === null) return 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  return typeof value === 'string' ? other(value) : value;
}

function other(text: string): string {
  // A digit is changed where there is one: hashes, times and ids keep their shape.
  const at = text.search(/\d(?!.*\d)/s);
  if (at < 0) return `${text}x`;
  return text.slice(0, at) + String((Number(text[at]) + 1) % 10) + text.slice(at + 1);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Numbers the revisions again, as an attacker who moves events would. */
export function renumbered(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  return events.map((event, revision) => ({ ...event, revision }));
}

/** Computes the whole chain again, as an attacker who knows it would. */
export function rechained(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  let prevHash = chainStart;
  return renumbered(events).map((event) => {
    const { salt } = event.metadata;
    if (typeof salt !== 'string') throw new TypeError('a golden event has a salt');
    const own = new Set(['salt', 'dataHash', 'metadataHash', 'prevHash', 'hash']);
    const kept = Object.entries(event.metadata).filter(([key]) => !own.has(key));
    const metadata = Object.fromEntries(kept);
    // Golden metadata without its link is what is chained; it was parsed when it was recorded.
    const link = chainLink({ ...event, metadata: metadata }, salt, prevHash);
    prevHash = link.hash;
    return { ...event, metadata: { ...metadata, ...link } };
  });
}
