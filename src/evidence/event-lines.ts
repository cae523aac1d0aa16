import { z } from 'zod';
import { sha256Hex, textIn } from '../history/event.ts';
import type { FoundEvent } from '../history/event.ts';
import { isFields } from '../history/sealed-names.ts';
import type { ByName } from '../history/sealed-names.ts';
import { inertJson } from '../text.ts';

type Fields = Readonly<Record<string, unknown>>;

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

// As the parser gives it: a schema of records would leave `__proto__` out, unseen.
const fields = z.custom<Fields>(isFields);

const seals = z.custom<ByName<string>>(
  (given) => isFields(given) && Object.entries(given).every(isSeal),
);

function isSeal([name, seal]: readonly [string, unknown]): boolean {
  return /^(?!__proto__$)[$\w.]{1,64}$/.test(name) && sha256Hex.safeParse(seal).success;
}

const line = {
  stream: z.string().max(200),
  revision: z.int().min(0),
  id: z.string().max(200),
  type: z.string().max(200),
  data: fields,
  metadata: fields,
};

const withheldOfPart = z.union([sha256Hex, seals]).optional();

/** What a line may hold, by the file that it stands in. Whatever else it holds is covered by nothing. */
const lineSchemas = {
  package: z.strictObject({
    ...line,
    withheld: z.strictObject({ data: withheldOfPart, metadata: withheldOfPart }).optional(),
  }),
  /** A package of format version 1 shows, in place of a withheld part, a copy with marks. */
  'package-1': z.strictObject({
    ...line,
    withheld: z
      .array(z.enum(['data', 'metadata']))
      .min(1)
      .max(2)
      .optional(),
  }),
  /** As the store gives it. */
  originals: z.strictObject({ ...line, position: z.string().max(200).optional() }),
};

export type LineKind = keyof typeof lineSchemas;

/** Reads the lines of a file of events from its parts, with one line in memory at a time. */
export class EventLines {
  readonly #kind: LineKind;
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #line = 0;

  constructor(kind: LineKind) {
    this.#kind = kind;
  }

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

  /** The last line, if no line break ends it: a package has none such, a copied original may. */
  *end(): Generator<EventLine> {
    if (this.#bytes === 0) return;
    const last = this.#take();
    const isFit = this.#kind === 'originals';
    yield isFit ? last : invalid(`line ${this.#line} does not end with a line break`);
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
    if (bytes <= lineBytesMax) return eventLine(this.#kind, Buffer.concat(parts), this.#line);
    return invalid(`line ${this.#line} has more than ${lineBytesMax} bytes`);
  }
}

function eventLine(kind: LineKind, bytes: Uint8Array, number: number): EventLine {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return invalid(`line ${number} is not valid UTF-8`);
  }
  if (isDeeper(bytes)) return invalid(`line ${number} is nested deeper than ${depthMax} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return invalid(`line ${number} is not JSON`);
  }
  const parsed = lineSchemas[kind].safeParse(value);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
    return invalid(`line ${number} is not an event (field '${field.slice(0, 100)}')`);
  }
  // A name that stands twice, or a number in another form, would show what is not hashed.
  const isAsWritten = JSON.stringify(value) === text;
  // The command line writes what is invisible by its number.
  const isAsLogged = kind === 'originals' && inertJson(value) === text;
  if (!isAsWritten && !isAsLogged)
    return invalid(`line ${number} is not written as JSON.stringify writes it`);
  return { event: eventIn(parsed.data), problem: null };
}

function eventIn(found: z.infer<(typeof lineSchemas)[LineKind]>): FoundEvent {
  const { stream, revision, id, type, data, metadata } = found;
  const event = { stream, revision, id, type, data, metadata };
  const withheld = 'withheld' in found ? found.withheld : undefined;
  if (!Array.isArray(withheld)) return withheld === undefined ? event : { ...event, withheld };
  const digests = withheld.map((part) => [part, textIn(metadata, `${part}Hash`) ?? ''] as const);
  return { ...event, withheld: Object.fromEntries(digests) };
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
