/**
 * The chain of a history, checked as 'The format' in docs/evidence.md describes it. The report's page
 * and the verifier share this; it shares nothing with the module, whose verdicts tests compare with it.
 */

/** @import { ChainCheck, ChainedEvent, ChainFault, Fields, Opening, PartCheck } from './chain-types.ts' */

/** @type {readonly ('data' | 'metadata')[]} */
const partNames = ['data', 'metadata'];
const linkNames = ['format', 'salt', 'salts', 'dataHash', 'metadataHash', 'prevHash', 'hash'];

/** All that is wrong with the events of one stream. @type {ChainCheck} */
export async function* chainFaults(events) {
  let [at, expected, stream] = [0, 0, ''];
  /** @type {unknown} */
  let prevHash = '0'.repeat(64);
  for (const event of events) {
    const { revision, metadata } = event;
    if (at === 0) stream = event.stream;
    /** @type {ChainFault[]} */
    const faults = [];
    if (revision !== expected) faults.push('not-contiguous');
    if (event.stream !== stream) faults.push('other-stream');
    if (metadata['prevHash'] !== prevHash) faults.push('chain-broken');
    try {
      faults.push(...(await eventFaults(event)));
    } catch {
      // Half a surrogate pair has no canonical form; too many levels have none here.
      faults.push('unreadable');
    }
    for (const code of faults) yield { code, at, revision, expected };
    [at, expected, prevHash] = [at + 1, revision + 1, metadata['hash']];
  }
}

/** @param {ChainedEvent} event @returns {Promise<ChainFault[]>} */
async function eventFaults({ stream, revision, id, type, data, metadata, withheld = {} }) {
  // Packages once had a list of parts here, whose values were shown and not proven.
  if (Array.isArray(withheld)) return ['shown-unproven'];
  const { format, salts, dataHash, metadataHash, prevHash, hash } = metadata;
  const isOther = (/** @type {[string, unknown]} */ [name]) => !linkNames.includes(name);
  const others = Object.fromEntries(Object.entries(metadata).filter(isOther));
  if (!isFields(withheld) || !hasOnly(withheld, partNames)) return ['unreadable'];
  if (format === undefined ? salts !== undefined : format !== 2) return ['unreadable'];
  const check = format === 2 ? partFault2 : partFault1;
  /** @type {ChainFault[]} */
  const faults = [];
  for (const part of partNames) {
    const fault = await check(part, part === 'data' ? data : others, metadata, withheld[part]);
    if (fault !== null) faults.push(fault);
  }
  const linked = { dataHash, id, metadataHash, prevHash, revision, stream, type };
  const isLinked = hash === (await digest(format === 2 ? { ...linked, format } : linked));
  return isLinked ? faults : [...faults, 'link-altered'];
}

/** Every sealed value enters its part by its own seal, shown or withheld. @type {PartCheck} */
async function partFault2(part, fields, { salt, salts, ...link }, withheld = {}) {
  const own = isFields(salts) && hasOnly(salts, partNames) ? (salts[part] ?? {}) : null;
  if (!isFields(own) || !isFields(withheld)) return `${part}-altered`;
  const hidden = Object.entries(withheld);
  const areSeals = hidden.every(([, seal]) => /^[0-9a-f]{64}$/.test(String(seal)));
  /** @type {[string, unknown][]} */
  const shown = [];
  const open = withoutSealed(fields, '', { ...own, ...withheld }, shown);
  if (shown.some(([name]) => Object.hasOwn(withheld, name))) return 'shown-unproven';
  const seals = new Map(hidden);
  for (const [name, value] of shown) seals.set(name, await digest({ salt: own[name], value }));
  // Each salt has a value, and each value has one place.
  const isEachOnce = seals.size === hidden.length + shown.length;
  const isWhole = isEachOnce && shown.length === Object.keys(own).length;
  const found = await digest({ [part]: open, salt, sealed: Object.fromEntries(seals) });
  return isWhole && areSeals && found === link[`${part}Hash`] ? null : `${part}-altered`;
}

/** A part is shown whole, or withheld whole; then its digest stands for it. @type {PartCheck} */
async function partFault1(part, fields, { salt, ...link }, withheld) {
  const hashed = part === 'data' ? { data: fields, salt } : fields;
  const found = withheld ?? (await digest(hashed));
  if (found !== link[`${part}Hash`]) return `${part}-altered`;
  const isShown = Object.keys(fields).length > 0 || (part === 'data' && salt !== undefined);
  return withheld !== undefined && isShown ? 'shown-unproven' : null;
}

/** A dot in a name leads into an object, so no field has one that is sealed. @type {Opening} */
function withoutSealed(fields, path, sealed, shown) {
  /** @type {[string, unknown][]} */
  const open = [];
  for (const [key, value] of Object.entries(fields)) {
    const [name, isDotted] = [path + key, key.includes('.')];
    if (!isDotted && Object.hasOwn(sealed, name)) shown.push([name, value]);
    else if (isDotted || !isFields(value)) open.push([key, value]);
    else open.push([key, withoutSealed(value, `${name}.`, sealed, shown)]);
  }
  // Unlike an assignment, this keeps a field with the name __proto__.
  return Object.fromEntries(open);
}

/** @param {unknown} value @returns {value is Fields} */
export function isFields(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @type {(fields: Fields, names: readonly string[]) => boolean} */
export function hasOnly(fields, names) {
  return Object.keys(fields).every((name) => names.includes(name));
}

/** @type {(value: unknown) => Promise<string>} */
const digest = (value) => sha256(canonicalJson(value));

/** RFC 8785: names sorted by UTF-16 code units, no white space. @type {(value: unknown) => string} */
export function canonicalJson(value) {
  if (typeof value === 'string' && !value.isWellFormed()) throw new TypeError('half a character');
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isFields(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${canonicalJson(name)}:${canonicalJson(value[name])}`).join(',')}}`;
}

/** @type {(content: string | Uint8Array<ArrayBuffer>) => Promise<string>} */
export async function sha256(content) {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const digested = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digested, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
