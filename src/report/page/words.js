/**
 * Fills the `{…}` of a text. `{events:one event|# events}` chooses by the number.
 *
 * @param {string} template
 * @param {Readonly<Record<string, string | number>>} values
 * @returns {string}
 */
export function filled(template, values) {
  return template.replace(
    /\{(\w+)(?::([^|{}]*)\|([^|{}]*))?\}/g,
    (whole, /** @type {string} */ name, /** @type {string | undefined} */ one, many = '') => {
      const value = String(values[name] ?? whole);
      if (one === undefined) return value;
      return value === '1' ? one : String(many).replace('#', value);
    },
  );
}

/**
 * The words for a code that comes from outside and may be `constructor`.
 *
 * @param {Readonly<Record<string, string>>} names
 * @param {string | null} code
 * @returns {string | null} null if there are none
 */
export function wordsFor(names, code) {
  return code !== null && Object.hasOwn(names, code) ? (names[code] ?? null) : null;
}

/** Control, format and invisible characters, and more combining marks than any letter has. */
const active =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?<=\p{M}{4})\p{M}/gu;

/**
 * Indented JSON in which every character that could hide or reorder text is escaped.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function shownJson(value) {
  const text = value === undefined ? '–' : JSON.stringify(value, null, 2);
  return text
    .replace(
      /\[\s+((?:"[^"\\\n]*"|-?[\d.]+|true|false|null)(?:,\s+(?:"[^"\\\n]*"|-?[\d.]+))*)\s+\]/g,
      (_, items) => `[${String(items).replace(/,\s+/g, ', ')}]`,
    )
    .replace(active, (character) => (character === '\n' ? character : escaped(character)));
}

/**
 * A text from a file, in which every character that could hide or reorder text is escaped.
 *
 * @param {string} text
 * @returns {string}
 */
export function inert(text) {
  return text.replace(active, escaped);
}

/**
 * @param {string} character
 * @returns {string}
 */
function escaped(character) {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index).toString(16).padStart(4, '0');
    return `\\u${unit}`;
  }).join('');
}
