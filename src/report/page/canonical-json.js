/**
 * Canonical JSON (RFC 8785): names sorted by UTF-16 code units, no whitespace, numbers and strings
 * as ECMAScript writes them.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function canonicalJson(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  /** @type {readonly (readonly [string, unknown])[]} */
  const fields = Object.entries(value);
  const sorted = fields.toSorted(([one], [other]) => (one < other ? -1 : 1));
  const written = sorted.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`);
  return `{${written.join(',')}}`;
}

/**
 * @param {string} text
 * @returns {Promise<string>} lower-case hexadecimal
 */
export async function sha256(text) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
