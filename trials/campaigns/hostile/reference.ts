import { crc32, inflateRawSync } from 'node:zlib';

/**
 * What the bytes of an answer say, read a second time by other means: a hand-written reader of
 * HTTP and of JSON, which shares no line with the code under test. Where HTTP leaves freedom it
 * takes the generous reading, for it answers 'may this be believed?', not 'is it beautiful?'.
 */
export type Verdict = 'confirmed' | 'refused' | 'failure-code' | 'nothing';

export type ReferenceReading = { readonly httpStatus: number | null; readonly verdict: Verdict };

const nothing = (httpStatus: number | null): ReferenceReading => ({
  httpStatus,
  verdict: 'nothing',
});

/** `ended`: the other side closed the connection after these bytes. */
export function readByReference(bytes: Buffer, ended: boolean): ReferenceReading {
  const { httpStatus, plain } = contentOf(bytes, ended);
  return plain === null ? nothing(httpStatus) : { httpStatus, verdict: verdictOf(plain) };
}

/** What the bytes say of this order where it was asked about. */
export function reportByReference(bytes: Buffer, ended: boolean, orderNo: string): string {
  const { httpStatus, plain } = contentOf(bytes, ended);
  const answer = plain === null ? null : answerIn(plain);
  if (answer === null || httpStatus === null || httpStatus >= 500) return 'nothing';
  const responseCode: unknown = answer.get('responseCode');
  if (['400002', '401002', '404001'].some((code) => code === responseCode)) return 'unavailable';
  const data: unknown = answer.get('data');
  if (responseCode !== '000' || httpStatus !== 200 || !(data instanceof Map)) return 'nothing';
  const isAbout: unknown = data.get('etc_order_no');
  const status: unknown = data.get('status');
  return isAbout === orderNo && typeof status === 'string' ? status : 'nothing';
}

type Content = { readonly httpStatus: number | null; readonly plain: Buffer | null };

function contentOf(bytes: Buffer, ended: boolean): Content {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return { httpStatus: null, plain: null };
  const [first = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const status = /^HTTP\/\d\.\d (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined) return { httpStatus: null, plain: null };
  const httpStatus = Number(status);
  const rest = bytes.subarray(headEnd + 4);
  // An interim answer: the answer proper follows.
  if (httpStatus < 200) return contentOf(rest, ended);
  const headers = headersIn(lines);
  const body = bodyIn(rest, headers, ended);
  return { httpStatus, plain: body === null ? null : plainIn(body, headers) };
}

function headersIn(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return headers;
}

/** Null where it is packed in a way that is not read here. */
function plainIn(body: Buffer, headers: ReadonlyMap<string, readonly string[]>): Buffer | null {
  const given = (headers.get('content-encoding') ?? []).map((coding) => coding.toLowerCase());
  const codings = given.filter((coding) => coding !== 'identity');
  if (codings.length === 0) return body;
  return codings.length === 1 && codings[0] === 'gzip' ? gunzipped(body) : null;
}

/** One member of gzip, its head and its sums read by hand (RFC 1952); of the flags only FTEXT. */
function gunzipped(body: Buffer): Buffer | null {
  if (body.length < 18 || (body.readUInt32BE(0) & ~1) !== 0x1f8b0800) return null;
  try {
    const plain = inflateRawSync(body.subarray(10, -8));
    const sums = [body.readUInt32LE(body.length - 8), body.readUInt32LE(body.length - 4)];
    return sums[0] === crc32(plain) && sums[1] === plain.length ? plain : null;
  } catch {
    return null;
  }
}

/** Null where the message is not whole. */
function bodyIn(
  rest: Buffer,
  headers: ReadonlyMap<string, readonly string[]>,
  ended: boolean,
): Buffer | null {
  const codings = headers.get('transfer-encoding');
  const lengths = headers.get('content-length');
  if (codings !== undefined) {
    // Verdict twice it is done once, as Node reads it too; each call has its own connection.
    return codings.every((v) => v.toLowerCase() === 'chunked') ? chunksIn(rest) : null;
  }
  if (lengths === undefined) return ended ? rest : null;
  const [length = ''] = lengths;
  if (lengths.length > 1 || !/^\d+$/.test(length) || Number(length) > rest.length) return null;
  return rest.subarray(0, Number(length));
}

function chunksIn(rest: Buffer): Buffer | null {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = rest.indexOf('\r\n', at);
    const size = /^([0-9a-f]+)(?:;.*)?$/i.exec(rest.subarray(at, lineEnd).toString('latin1'))?.[1];
    if (lineEnd === -1 || size === undefined) return null;
    const from = lineEnd + 2;
    const bytes = Number.parseInt(size, 16);
    if (bytes === 0) return rest.indexOf('\r\n', from) === -1 ? null : Buffer.concat(chunks);
    if (rest.subarray(from + bytes, from + bytes + 2).toString('latin1') !== '\r\n') return null;
    chunks.push(rest.subarray(from, from + bytes));
    at = from + bytes + 2;
  }
}

/** Null where it is no JSON object. */
function answerIn(body: Buffer): ReadonlyMap<unknown, unknown> | null {
  try {
    const answer = new JsonReader(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
        .decode(body)
        .replace(/^\uFEFF/, ''),
    ).whole();
    return answer instanceof Map ? answer : null;
  } catch {
    return null;
  }
}

function verdictOf(body: Buffer): Verdict {
  const answer = answerIn(body);
  if (answer === null) return 'nothing';
  const responseCode: unknown = answer.get('responseCode');
  const data: unknown = answer.get('data');
  if (typeof responseCode !== 'string') return 'nothing';
  if (responseCode !== '000') return 'failure-code';
  const result: unknown = data instanceof Map ? data.get('cancel_result') : undefined;
  if (result === true) return 'confirmed';
  return result === false ? 'refused' : 'nothing';
}

/** Objects become Maps; a member named twice, or anything that is not JSON, throws. */
class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): unknown {
    const value = this.#value(0);
    this.#take(/[ \t\r\n]*/y);
    if (this.#at !== this.#text.length) throw new SyntaxError('more follows');
    return value;
  }

  #value(depth: number): unknown {
    if (depth > 100) throw new RangeError('too deep');
    this.#take(/[ \t\r\n]*/y);
    if (this.#take(/\{/y) !== null) return this.#members(depth);
    if (this.#take(/\[/y) !== null) return this.#items(depth);
    if (this.#text.charAt(this.#at) === '"') return this.#string();
    const word = this.#take(/true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
    if (word === null) throw new SyntaxError('no value');
    return Number(word);
  }

  #members(depth: number): ReadonlyMap<string, unknown> {
    const members = new Map<string, unknown>();
    if (this.#take(/[ \t\r\n]*\}/y) !== null) return members;
    do {
      this.#take(/[ \t\r\n]*/y);
      const name = this.#string();
      this.#must(/[ \t\r\n]*:/y);
      if (members.has(name)) throw new SyntaxError('a member twice');
      members.set(name, this.#value(depth + 1));
    } while (this.#take(/[ \t\r\n]*,/y) !== null);
    this.#must(/[ \t\r\n]*\}/y);
    return members;
  }

  #items(depth: number): readonly unknown[] {
    const items: unknown[] = [];
    if (this.#take(/[ \t\r\n]*\]/y) !== null) return items;
    do items.push(this.#value(depth + 1));
    while (this.#take(/[ \t\r\n]*,/y) !== null);
    this.#must(/[ \t\r\n]*\]/y);
    return items;
  }

  #string(): string {
    const quoted = this.#must(/"(?:[^"\\]|\\.)*"/sy);
    return String(JSON.parse(quoted));
  }

  #must(pattern: RegExp): string {
    const found = this.#take(pattern);
    if (found === null) throw new SyntaxError('not JSON');
    return found;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }
}
