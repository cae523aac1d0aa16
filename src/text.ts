/**
 * What is done to text at the edges: made harmless for a terminal or a page, digested, looked
 * through for card numbers. One place, so that no edge does it a little differently.
 */

/**
 * Control characters (ANSI escapes begin with one), bidi and other format controls, line
 * separators, lone surrogates, and all that is drawn as nothing. The backslash too, so that what
 * is shown escaped cannot be confused with text that merely looks so.
 */
const active = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\\]/gu;

/** More marks on one letter than any language writes: they would paint over other lines. */
const pileOfMarks = /(?<=\p{M}{4})\p{M}/gu;

const shortForms: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
};

/** Text from outside, made harmless for a terminal: one line, nothing hidden, nothing obeyed. */
export function escapeForTerminal(text: string): string {
  return text.replace(active, escaped).replace(pileOfMarks, escaped);
}

/** JSON on one line that is harmless for a terminal too, and still the same JSON. */
export function inertJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => unit(character, index)).join(''),
  );
}

function escaped(character: string): string {
  const short = shortForms[character];
  if (short !== undefined) return short;
  const codePoint = character.codePointAt(0) ?? 0;
  return codePoint > 0xffff ? `\\u{${codePoint.toString(16)}}` : unit(character, 0);
}

function unit(character: string, index: number): string {
  return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Taken by the first who digests: it takes Node longer to load than all that the package imports. */
let hash: typeof import('node:crypto').hash | undefined;

/** SHA-256 as lower-case hexadecimal; text is digested as UTF-8. */
export function sha256(content: string | Uint8Array): string {
  hash ??= process.getBuiltinModule('node:crypto').hash;
  return hash('sha256', content, 'hex');
}

/** Luhn's check over decimal digits, which every card number passes, and one in ten other numbers. */
export function passesLuhn(digits: string): boolean {
  const sum = Array.from(digits, Number)
    .toReversed()
    .reduce((total, digit, index) => {
      const weighed = index % 2 === 1 ? 2 * digit : digit;
      return total + (weighed > 9 ? weighed - 9 : weighed);
    }, 0);
  return sum % 10 === 0;
}
