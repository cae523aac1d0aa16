import { z } from 'zod';
import type { FoundEvent } from '../history/event.ts';

/** A line of `events.ndjson`: its event, or the reason why it holds none. */
export type EventLine =
  | { readonly event: FoundEvent; readonly problem: null }
  | { readonly event: null; readonly problem: string };

/** A stream holds no more. */
export const linesMax = 10_000;
/** A store takes events of up to 256 KiB, without the names of their fields. */
const lineBytesMax = 1024 * 1024;
/** A store takes 64 levels of data; three more are around it. */
const depthMax = 67;
const lineBreak = 0x0a;

// Any JSON, as the parser gives it.
const fields = z.record(z.string(), z.unknown());

const eventLineSchema = z.strictObject({
  stream: z.string().max(200),
  revision: z.int().min(0),
  position: z.string().max(200).optional(),
  id: z.string().max(200),
  type: z.string().max(200),
  data: fields,
  metadata: fields,
  withheld: z
    .array(z.enum(['data', 'metadata']))
    .min(1)
    .max(2)
    .optional(),
});

/**
 * Reads the lines of `events.ndjson` from its parts, with one line in memory at a time. Each event
 * loses its position, which differs from store to store.
 */
export class EventLines {
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #line = 0;

  /** The lines that end in this part of the file. */
  *read(part: Uint8Array): Generator<EventLine> {
    let from = 0;
    while (this.#line <= linesMax) {
      const end = part.indexOf(lineBreak, from);
      this.#keep(part.subarray(from, end === -1 ? part.length : end));
      if (end === -1) return;
      yield this.#take();
      from = end + 1;
    }
  }

  /** The last line, if no line break ends it. */
  *end(): Generator<EventLine> {
    if (this.#bytes > 0) yield this.#take();
  }

  #keep(part: Uint8Array): void {
    this.#bytes += part.length;
    if (this.#bytes > lineBytesMax) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  #take(): EventLine {
    const [parts, bytes] = [this.#parts, this.#bytes];
    this.#parts = [];
    this.#bytes = 0;
    this.#line += 1;
    if (this.#line > linesMax) return invalid(`the file has more than ${linesMax} lines`);
    if (bytes <= lineBytesMax) return eventLine(Buffer.concat(parts), this.#line);
    return invalid(`line ${this.#line} has more than ${lineBytesMax} bytes`);
  }
}

function eventLine(bytes: Uint8Array, number: number): EventLine {
  let line: string;
  try {
    line = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return invalid(`line ${number} is not valid UTF-8`);
  }
  if (isDeeper(bytes)) return invalid(`line ${number} is nested deeper than ${depthMax} levels`);
  try {
    const parsed = eventLineSchema.safeParse(JSON.parse(line));
    if (parsed.success) {
      const { stream, revision, id, type, data, metadata, withheld } = parsed.data;
      return { event: { stream, revision, id, type, data, metadata, withheld }, problem: null };
    }
    const field = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
    return invalid(`line ${number} is not an event (field '${field.slice(0, 100)}')`);
  } catch {
    return invalid(`line ${number} is not JSON`);
  }
}

const [quote, backslash] = [0x22, 0x5c];
const opening: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const closing: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** Whether JSON is deeper than any event, which parsers and schemas would follow to their end. */
function isDeeper(json: Uint8Array): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    if (isText && byte === backslash) at += 1;
    else if (byte === quote) isText = !isText;
    else if (isText) continue;
    else if (opening.has(byte)) depth += 1;
    else if (closing.has(byte)) depth -= 1;
    if (depth > depthMax) return true;
  }
  return false;
}

function invalid(problem: string): EventLine {
  return { event: null, problem };
}
