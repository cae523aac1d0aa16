import { PaymentOrderError } from '../errors.ts';
import type { Json, JsonObject, RecordedEvent } from './event-store.ts';
import { checkFromRevision, checkPrefix, checkStream, positionNumber } from './inputs.ts';
import type { EventText } from './prepared.ts';

/** An event as it lies in a store of ours. */
export type EventRow = EventText & {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
};

/** A bounded piece of the log; `reached` is the last position looked at, matching or not. */
export type Page = { readonly events: readonly EventRow[]; readonly reached: number };

/** A bounded piece of a stream; `isLast` when nothing was left behind it. */
export type StreamPage = { readonly events: readonly EventRow[]; readonly isLast: boolean };

export const pageEventsMax = 256;

/** What reading needs of a store: pages, each taken without waiting. */
export type Log = {
  /** The position of the newest event; 0 where there is none. */
  headPosition(): number;
  /** Events with `after` < position ≤ `upTo`. */
  page(after: number, upTo: number, prefix: string): Page;
  /** The next events of a stream after a revision, as many as fit into a page. */
  streamPage(stream: string, after: number): StreamPage;
  isClosed(): boolean;
  /** Resolves when there may be more to read, when the store closes, or when `signal` aborts. */
  changed(signal: AbortSignal): Promise<void>;
};

export async function* readStream(
  log: Log,
  stream: string,
  fromRevision: number,
): AsyncGenerator<RecordedEvent, void, undefined> {
  checkStream(stream);
  checkFromRevision(fromRevision);
  let reached = fromRevision - 1;
  for (;;) {
    const { events, isLast } = log.streamPage(stream, reached);
    for (const event of events) {
      if (event.revision !== reached + 1) throw gap(stream, reached + 1, event.revision);
      yield recorded(event);
      reached = event.revision;
    }
    if (isLast) return;
    await nextTurn();
  }
}

export async function* readLog(
  log: Log,
  afterPosition: string | null,
  prefix: string,
): AsyncGenerator<RecordedEvent, void, undefined> {
  checkPrefix(prefix);
  let reached = positionNumber(afterPosition);
  const upTo = log.headPosition();
  while (reached < upTo) {
    const page = log.page(reached, upTo, prefix);
    for (const event of page.events) yield recorded(event);
    reached = page.reached;
    if (reached < upTo) await nextTurn();
  }
}

/** `readLog` without an end: what is new is looked for before every wait, so none is missed. */
export async function* followLog(
  log: Log,
  after: number,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent, void, undefined> {
  const ended = (): boolean => signal.aborted || log.isClosed();
  let reached = after;
  while (!ended()) {
    const upTo = log.headPosition();
    if (upTo <= reached) {
      await log.changed(signal);
      continue;
    }
    const page = log.page(reached, upTo, prefix);
    for (const event of page.events) {
      if (ended()) return;
      yield recorded(event);
    }
    reached = page.reached;
    await nextTurn();
  }
}

/** A stored row as an event again, or `store-corrupt` where its text is no JSON object. */
export function recorded(event: EventRow): RecordedEvent {
  const { stream, revision, id, type } = event;
  return {
    stream,
    revision,
    id,
    type,
    data: parsed(event, 'data'),
    metadata: parsed(event, 'metadata'),
    position: String(event.position),
  };
}

/** Lets everything else that is due in this process run first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function parsed(event: EventRow, field: 'data' | 'metadata'): JsonObject {
  const { stream, revision } = event;
  try {
    // JSON.parse gives JSON and nothing else.
    const value = JSON.parse(event[field]) as Json;
    if (isObject(value)) return value;
  } catch {
    // Told below, without a cause: a syntax error quotes the text.
  }
  const message = `The stored ${field} of ${place(stream, revision)} is not a JSON object.`;
  const position = String(event.position);
  throw new PaymentOrderError('store-corrupt', message, { stream, revision, position });
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function gap(stream: string, revision: number, found: number): PaymentOrderError {
  const message = `${place(stream, revision)} is missing; the next one stored is ${found}.`;
  return new PaymentOrderError('not-contiguous', message, { stream, revision, found });
}

function place(stream: string, revision: number): string {
  return `Revision ${revision} of stream ${JSON.stringify(stream)}`;
}
