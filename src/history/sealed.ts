/** How the values of an event that may be withheld enter its hashes: each by a seal of its own. */

import { sha256 } from '../text.ts';
import { canonicalJson, namesInOrder, ordered, unsure } from './canonical-json.ts';
import type { ByName, Part } from './sealed-names.ts';
import { isFields, setField } from './sealed-names.ts';

type Fields = Readonly<Record<string, unknown>>;

/** SHA-256 of the RFC 8785 canonical JSON of `{salt, value}`. */
export function seal(salt: unknown, value: unknown): string {
  if (typeof salt !== 'string' || typeof value !== 'string' || !value.isWellFormed())
    return sha256(canonicalJson({ salt, value }));
  // The same text, in half of the time: every event has several.
  return sha256(`{"salt":${JSON.stringify(salt)},"value":${JSON.stringify(value)}}`);
}

/** How the values of a part are sealed. */
export type Seals = {
  /** Of the part. */
  readonly salt: unknown;
  /** Of the sealed values that are shown. */
  readonly salts: ByName<unknown>;
  /** The seals of those that are not. */
  readonly withheld: ByName<string>;
};

/** A part of an event as it enters the chain. */
export type SealedPart = {
  /** SHA-256 of the canonical JSON of the open fields, the salt and all seals. */
  readonly digest: string;
  /** Whether a value is shown that is said to be withheld. */
  readonly isShown: boolean;
  /** Whether each salt has a value, and no value has two places. */
  readonly isWhole: boolean;
};

/**
 * Hashes a part of which the fields named in `apart` do not belong to it.
 *
 * @throws {TypeError} for what is not JSON, such as a lone surrogate
 */
export function sealedPart(
  part: Part,
  fields: Fields,
  { salt, salts, withheld }: Seals,
  apart: ReadonlySet<string>,
): SealedPart {
  const usual = usualPart(part, fields, { salt, salts, withheld }, apart);
  if (usual !== null) return usual;
  const names = Object.keys(salts);
  const withheldNames = Object.keys(withheld);
  const [hasSalts, isRedacted] = [names.length > 0, withheldNames.length > 0];
  const isNested = hasNested(names) || hasNested(withheldNames);
  const seals: Record<string, string> = {};
  for (const name of withheldNames) seals[name] = withheld[name] ?? '';
  let isShown = false;
  // A name that would set the prototype of `seals` and vanish.
  let isWhole = !Object.hasOwn(salts, '__proto__') && !Object.hasOwn(withheld, '__proto__');
  let used = 0;
  const opened = (from: Fields, path: string): Fields => {
    const open: Record<string, unknown> = {};
    for (const key in from) {
      if (path === '' && apart.has(key)) continue;
      const [name, value] = [path + key, from[key]];
      // The dot of a name leads into an object: `a.b` is `b` in `a`, and never a field so called.
      if (isNested && key.includes('.')) open[key] = value;
      else if (hasSalts && Object.hasOwn(salts, name)) {
        if (Object.hasOwn(seals, name)) isWhole = false;
        seals[name] = seal(salts[name], value);
        used += 1;
      } else if (isRedacted && Object.hasOwn(withheld, name)) isShown = true;
      else {
        const inner = isNested && isFields(value) ? opened(value, `${name}.`) : value;
        if (key === '__proto__') setField(open, key, inner);
        else open[key] = inner;
      }
    }
    return open;
  };
  const isOpen = !hasSalts && !isRedacted && apart.size === 0;
  const open = isOpen ? fields : opened(fields, '');
  const hashed =
    part === 'data' ? { data: open, salt, sealed: seals } : { metadata: open, salt, sealed: seals };
  return {
    digest: sha256(canonicalJson(hashed)),
    isShown,
    isWhole: isWhole && used === names.length,
  };
}

/**
 * The same for a part of which nothing is withheld, and whose only name with a dot is that of an actor,
 * in seven eighths of the time: every event has two such parts. Null for any other part.
 */
function usualPart(
  part: Part,
  fields: Fields,
  { salt, salts, withheld }: Seals,
  apart: ReadonlySet<string>,
): SealedPart | null {
  if (Object.keys(withheld).length > 0) return null;
  let count = 0;
  let actorSalt: unknown = null;
  for (const name in salts) {
    count += 1;
    if (name === 'actor.id') actorSalt = salts[name];
    else if (name.includes('.') || name === '__proto__') return null;
  }
  const names = namesInOrder(Object.keys(fields));
  if (names === null || typeof salt !== 'string') return null;
  const open: Record<string, unknown> = {};
  const seals: Record<string, string> = {};
  let used = 0;
  for (const name of names) {
    if (apart.has(name)) continue;
    const value = fields[name];
    const own = salts[name];
    if (own !== undefined && Object.hasOwn(salts, name)) {
      if (name === 'actor.id') return null;
      seals[name] = seal(own, value);
      used += 1;
    } else if (actorSalt !== null && name === 'actor') {
      const kind = isFields(value) && Object.keys(value).length === 2 ? value['kind'] : null;
      if (!isFields(value) || typeof kind !== 'string' || !('id' in value)) return null;
      open[name] = { kind };
      seals['actor.id'] = seal(actorSalt, value['id']);
      used += 1;
    } else {
      const inOrder = ordered(value);
      if (inOrder === unsure) return null;
      open[name] = inOrder;
    }
  }
  const sealed = actorSalt === null ? seals : ordered(seals);
  const text = JSON.stringify(
    part === 'data' ? { data: open, salt, sealed } : { metadata: open, salt, sealed },
  );
  // A lone surrogate, which has no canonical form, or text that looks like one.
  if (text.includes('\\ud')) return null;
  return { digest: sha256(text), isShown: false, isWhole: used === count };
}

function hasNested(names: readonly string[]): boolean {
  for (const name of names) if (name.includes('.')) return true;
  return false;
}
