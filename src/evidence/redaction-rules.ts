import { digestNames, isRandom } from '../history/sealed-names.ts';
import { passesLuhn } from '../text.ts';

export const redactionRules = ['reason', 'actor', 'card', 'phone'] as const;

/**
 * What a package withholds. It withholds a text as a whole, and never a part of it.
 *
 * - `reason`: texts that people wrote (reasons, notes, evidence).
 * - `actor`: the ids of actors, and what vouched for a notice, which may name a person.
 * - `card`: texts with a possible payment card number (13 to 19 digits that pass Luhn's check).
 * - `phone`: texts with a Chinese mobile number, or a number with + and a country code.
 */
export type RedactionRule = (typeof redactionRules)[number];

const names: Readonly<Record<'reason' | 'actor', ReadonlySet<string>>> = {
  reason: new Set(['reason', 'note', 'evidence']),
  actor: new Set(['by', 'vouchedBy', 'actor.id']),
};

/** Generated, of a closed form, or known from the stream's name: digits in them identify nobody. */
export const exemptNames: ReadonlySet<string> = new Set([
  'orderNo',
  'currency',
  'gateway.name',
  // The platform gave it to the merchant; it may have as many digits as a card.
  'gateway.appId',
  'rule',
  'nonce',
  'sentAt',
  'status',
  'cause',
  'resolution',
  'command',
  'recordedAt',
  'occurredAt',
  'actor.kind',
  'traceparent',
  'from',
  'to',
  'machine.version',
  'machine.hash',
]);

/** What people write between groups of digits. */
const mark = String.raw`[\p{Z}\p{Pd}\p{Cf}\t._·/()]`;
const groupedDigits = new RegExp(`[0-9]+(?:${mark}{1,3}[0-9]+)*`, 'gu');
const marks = new RegExp(`${mark}+`, 'u');
const phone = new RegExp(
  [
    // With 0 or 86 before it, or neither; in groups of 3, 4 and 4 digits, or of 3, 3 and 5.
    `(?<![0-9])(?:(?:\\+|00)?86${mark}{0,3}|0)?1[3-9][0-9]${mark}{0,3}` +
      `(?:[0-9]{4}${mark}{0,3}[0-9]{4}|[0-9]{3}${mark}{1,3}[0-9]{5})`,
    `\\+[0-9](?:${mark}{0,3}[0-9]){7,14}`,
  ]
    .map((pattern) => `${pattern}(?![0-9])`)
    .join('|'),
  'u',
);

/** Whether it covers other values, so that it would confirm a guess at what is withheld. */
export function isDigest(name: string, text: string): boolean {
  const isOwnFactId = name === 'factId' && /^sha256:[0-9a-f]{64}$/.test(text);
  return isOwnFactId || digestNames.has(name);
}

/** Whether a rule withholds the text that stands by a name, such as `actor.id`. */
export function isMatched(rules: ReadonlySet<RedactionRule>, name: string, text: string): boolean {
  if (rules.has('reason') && names.reason.has(name)) return true;
  if (rules.has('actor') && names.actor.has(name)) return true;
  if (exemptNames.has(name) || isDigest(name, text) || isRandom(text)) return false;
  // Full-width digits and signs become those of ASCII.
  const plain = text.normalize('NFKC');
  return (rules.has('card') && holdsCard(plain)) || (rules.has('phone') && phone.test(plain));
}

/** Other digits may stand around the number, in groups of their own. */
function holdsCard(text: string): boolean {
  return Array.from(text.matchAll(groupedDigits), ([found]) => found.split(marks)).some((groups) =>
    groups.some((_, from) => beginsWithCard(groups.slice(from, from + cardDigitsMax))),
  );
}

const [cardDigitsMin, cardDigitsMax] = [13, 19];

function beginsWithCard(groups: readonly string[]): boolean {
  let digits = '';
  for (const group of groups) {
    digits += group;
    if (digits.length > cardDigitsMax) return false;
    if (digits.length >= cardDigitsMin && passesLuhn(digits)) return true;
  }
  return false;
}
