import type { Json, JsonObject, RecordedEvent } from '../../src/event-store/event-store.ts';
import { chainLink, chainStart } from '../../src/history/chain.ts';
import type { FoundEvent } from '../../src/history/event.ts';
import { metadataOfFormat1, withoutLink } from './format-1.ts';

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

/** Computes the whole chain again, each event in its own format, as an attacker who knows it would. */
export function rechained(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  let prevHash = chainStart;
  return renumbered(events).map((event) => {
    const metadata = relinked(event, prevHash);
    prevHash = String(metadata['hash']);
    // What was JSON is JSON with another link.
    return { ...event, metadata: metadata as JsonObject };
  });
}

/** The event's metadata with its link computed again, with salts that are drawn again in format 2. */
export function relinked(event: FoundEvent, prevHash: string): FoundEvent['metadata'] {
  if (event.metadata['format'] !== 2) return metadataOfFormat1(event, prevHash);
  const metadata = withoutLink(event.metadata);
  const salt = String(event.metadata['salt']);
  const drawn = (bytes: number) => salt.repeat(bytes / 16);
  return { ...metadata, ...chainLink({ ...event, metadata }, drawn, prevHash) };
}
