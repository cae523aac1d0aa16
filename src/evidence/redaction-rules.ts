/**
 * What may be withheld from a package.
 *
 * - `reason`: what people wrote: reasons, notes, evidence.
 * - `actor`: who did it: the ids of actors.
 * - `card`: numbers that may be those of payment cards (13 to 19 digits, Luhn), in any text.
 * - `phone`: mobile numbers of China, and numbers that begin with + and a country, in any text.
 */
export type RedactionRule = 'reason' | 'actor' | 'card' | 'phone';

export const redactionRules: readonly RedactionRule[] = ['reason', 'actor', 'card', 'phone'];

/** Written by people; all else is an identifier, a code or a digest. */
const freeTexts: ReadonlySet<string> = new Set(['reason', 'note', 'evidence']);
const looseTexts: ReadonlySet<string> = new Set([...freeTexts, 'responseMsg']);
/** Drawn or computed by machines, or known from the stream's name: digits in them say nothing. */
const exempt: ReadonlySet<string> = new Set([
  ...['orderNo', 'processBillNo', 'requestSha256', 'answerSha256', 'nonce', 'sentAt'],
  ...['recordedAt', 'occurredAt', 'hash', 'version', 'rule', 'command', 'from', 'to'],
]);

const digit = '[0-9０-９]';
const card = new RegExp(`(?<!${digit})${digit}(?:[ -]?${digit}){12,18}(?!${digit})`, 'gu');
const phone = new RegExp(
  [
    `(?<!${digit})(?:[+＋]?(?:86|８６)[ -]?)?[1１][3-9３-９]${digit}[ -]?${digit}{4}[ -]?${digit}{4}`,
    `[+＋]${digit}(?:[ ()-]{0,2}${digit}){7,14}`,
  ]
    .map((pattern) => `${pattern}(?!${digit})`)
    .join('|'),
  'gu',
);

/** One marker for each text withheld: the same text has the same marker throughout a package. */
export class Markers {
  readonly #numbers = new Map<string, number>();

  /** Fits wherever an identifier does. */
  of(text: string): string {
    const number = this.#numbers.get(text) ?? this.#numbers.size + 1;
    this.#numbers.set(text, number);
    return `withheld-${number}`;
  }
}

/** The text of a field with what the rules name withheld; the same text where they name nothing. */
export function redactedText(
  field: string,
  text: string,
  rules: ReadonlySet<RedactionRule>,
  markers: Markers,
): string {
  if (rules.has('reason') && freeTexts.has(field)) return `[${markers.of(text)}]`;
  if (rules.has('actor') && field === 'by') return markers.of(text);
  if (exempt.has(field) || text.startsWith('sha256:')) return text;
  const found: string[] = [];
  // An identifier with a part of it gone would be none.
  const isLoose = looseTexts.has(field);
  const hide = (part: string) => {
    found.push(part);
    return isLoose ? `[${markers.of(part)}]` : part;
  };
  let shown = text;
  if (rules.has('card')) {
    shown = shown.replace(card, (part) => (isCardNumber(part) ? hide(part) : part));
  }
  if (rules.has('phone')) shown = shown.replace(phone, hide);
  return found.length > 0 && !isLoose ? markers.of(text) : shown;
}

/** Luhn's check, which one in ten numbers passes by chance. */
function isCardNumber(text: string): boolean {
  const digits = Array.from(text.normalize('NFKC').replaceAll(/[^0-9]/g, ''), Number).toReversed();
  const sum = digits.reduce((total, value, index) => {
    const doubled = index % 2 === 1 ? value * 2 : value;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}
