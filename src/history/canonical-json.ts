/**
 * RFC 8785 canonical JSON, the text that the hash chain covers. `JSON.stringify` writes texts and
 * numbers as the standard wants them, so what is left is the order of the names. That holds for the
 * plain values that are stored; any other value is left to the library, which also says why one has
 * no canonical form. Every event is hashed twice when it is written, and again by every check.
 */

import canonicalize from 'canonicalize';

/** @throws {TypeError} for what is not JSON, such as a lone surrogate */
export function canonicalJson(value: unknown): string {
  const inOrder = ordered(value);
  if (inOrder !== unsure) {
    const text = JSON.stringify(inOrder);
    // So a lone surrogate is escaped; text that only looks so is left to the library too.
    if (!text.includes('\\ud')) return text;
  }
  const canonical = canonicalize(value);
  if (canonical === undefined) throw new TypeError('only JSON values have a digest');
  return canonical;
}

export const unsure = Symbol('unsure');

/** The value with the names of its objects in order; `unsure` where the library has to be asked. */
export function ordered(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : unsure;
  if (Array.isArray(value)) return orderedArray(value);
  return isPlain(value) ? orderedObject(value) : unsure;
}

function orderedArray(values: readonly unknown[]): unknown {
  // A hole is read as undefined, which is not JSON.
  const all = Array.from(values, ordered);
  return all.includes(unsure) ? unsure : all;
}

type Fields = Readonly<Record<string, unknown>>;

function isPlain(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function orderedObject(fields: Fields): unknown {
  const names = namesInOrder(Object.keys(fields));
  if (names === null) return unsure;
  const inOrder: Record<string, unknown> = {};
  for (const name of names) {
    const field = ordered(fields[name]);
    if (field === unsure) return unsure;
    inOrder[name] = field;
  }
  return inOrder;
}

type Order = {
  readonly names: readonly string[];
  /** Null where an object would not keep the names in this order. */
  readonly sorted: readonly string[] | null;
};

/**
 * By the first name and the number of names, of the newest object: events of a type have the same
 * names, again and again.
 */
const orders = new Map<string, (Order | undefined)[]>();

/** More first names, and more names, than all events have. */
const ordersMax = 256;

/** By UTF-16 code units, as the standard says. */
export function namesInOrder(names: readonly string[]): Order['sorted'] {
  const [first = ''] = names;
  let ofFirst = orders.get(first);
  const known = ofFirst?.[names.length];
  if (known !== undefined && isSame(known.names, names)) return known.sorted;
  const sorted = names.every(isKeptInPlace) ? names.toSorted() : null;
  if (ofFirst === undefined && orders.size < ordersMax) orders.set(first, (ofFirst = []));
  if (ofFirst !== undefined && names.length < ordersMax) ofFirst[names.length] = { names, sorted };
  return sorted;
}

/** An object puts names of digits first; `__proto__` and `toJSON` are more than fields. */
function isKeptInPlace(name: string): boolean {
  return !/^\d|^__proto__$|^toJSON$/.test(name);
}

function isSame(names: readonly string[], others: readonly string[]): boolean {
  if (names.length !== others.length) return false;
  for (let at = 0; at < names.length; at += 1) if (names[at] !== others[at]) return false;
  return true;
}
