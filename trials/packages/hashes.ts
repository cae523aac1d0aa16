/** The hashes as docs/evidence.md describes them, as a forger would compute them. */

import { createHash } from 'node:crypto';
import { canonicalJson } from '../../src/history/canonical-json.ts';
import type { Fields, Json } from './json.ts';
import { fieldsIn, isFields } from './json.ts';

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

const digest = (value: Json) => sha256(canonicalJson(value));

export const sealOf = (salt: Json, value: Json): string => digest({ salt, value });

export type PartName = 'data' | 'metadata';

const links: ReadonlySet<string> = new Set([
  ...['format', 'salt', 'salts', 'dataHash', 'metadataHash', 'prevHash', 'hash'],
]);

/** The fields that a part's digest covers. */
export function coveredFields(line: Fields, part: PartName): Fields {
  const fields = Object.entries(fieldsIn(line, part));
  return Object.fromEntries(part === 'data' ? fields : fields.filter(([name]) => !links.has(name)));
}

/** A name with a dot leads into an object. */
export function valueAt(fields: Fields, name: string): Json | undefined {
  if (Object.hasOwn(fields, name)) return fields[name];
  const dot = name.indexOf('.');
  const inner = dot === -1 ? undefined : fields[name.slice(0, dot)];
  return isFields(inner) ? valueAt(inner, name.slice(dot + 1)) : undefined;
}

/** The fields without the value by that name; the objects around it stay. */
export function without(fields: Fields, name: string): Fields {
  if (Object.hasOwn(fields, name)) {
    return Object.fromEntries(Object.entries(fields).filter(([own]) => own !== name));
  }
  const dot = name.indexOf('.');
  const [outer, inner] = [name.slice(0, dot), name.slice(dot + 1)];
  const object = dot === -1 ? undefined : fields[outer];
  return isFields(object) ? { ...fields, [outer]: without(object, inner) } : fields;
}

/** The fields with a value by that name, in an object where there is none yet. */
export function withValue(fields: Fields, name: string, value: Json): Fields {
  const dot = name.indexOf('.');
  if (dot === -1) return { ...fields, [name]: value };
  const outer = name.slice(0, dot);
  const object = fieldsIn(fields, outer);
  return { ...fields, [outer]: withValue(object, name.slice(dot + 1), value) };
}

function partHash(line: Fields, part: PartName): string {
  const metadata = fieldsIn(line, 'metadata');
  const withheld = fieldsIn(line, 'withheld')[part];
  const fields = coveredFields(line, part);
  const salt = metadata['salt'] ?? null;
  if (metadata['format'] !== 2) {
    if (typeof withheld === 'string') return withheld;
    return digest(part === 'data' ? { data: fields, salt } : fields);
  }
  const salts = fieldsIn(fieldsIn(metadata, 'salts'), part);
  const sealed: Fields = isFields(withheld) ? { ...withheld } : {};
  let open = fields;
  for (const [name, saltOfValue] of Object.entries(salts)) {
    sealed[name] = sealOf(saltOfValue, valueAt(fields, name) ?? null);
    open = without(open, name);
  }
  return digest({ [part]: open, salt, sealed });
}

/** Computes the whole chain again, each line as the format that it shows. */
export function rechain(lines: readonly Fields[]): void {
  let prevHash = '0'.repeat(64);
  for (const line of lines) {
    const metadata = fieldsIn(line, 'metadata');
    const [dataHash, metadataHash] = [partHash(line, 'data'), partHash(line, 'metadata')];
    const { stream = null, revision = null, id = null, type = null } = line;
    const format: Fields = metadata['format'] === 2 ? { format: 2 } : {};
    const hash = digest({
      ...{ stream, revision, id, type, prevHash, dataHash, metadataHash, ...format },
    });
    line['metadata'] = { ...metadata, dataHash, metadataHash, prevHash, hash };
    prevHash = hash;
  }
}
