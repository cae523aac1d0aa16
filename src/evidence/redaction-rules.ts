import { digestNames } from '../history/sealed-names.ts';
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

const digit = '[0-9０-９]';
/** Digits in groups, as people write them. */
const groupedDigits = new RegExp(`${digit}+(?:[ -]${digit}+)*`, 'gu');
const phone = new RegExp(
  [
    `(?<!${digit})(?:[+＋]?(?:86|８６)[ -]?)?[1１][3-9３-９]${digit}[ -]?${digit}{4}[ -]?${digit}{4}`,
    `[+＋]${digit}(?:[ ()-]{0,2}${digit}){7,14}`,
  ]
    .map((pattern) => `${pattern}(?!${digit})`)
    .join('|'),
  'u',
);

/** Whether it covers other values, so that it would confirm a guess at what is withheld. */
export function isDigest(name: string, text: string): boolean {
  const isOwnFactId = name === 'factId' && /^sha256:[0-9a-f]{64}$/.test(text);
  return isOwnFactId || digestNames.has(name);
}

/** Whether it is a random UUID, as the module draws one. Digits in it identify nobody. */
export function isRandom(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text);
}

/** Whether a rule withholds the text that stands by a name, such as `actor.id`. */
export function isMatched(rules: ReadonlySet<RedactionRule>, name: string, text: string): boolean {
  if (rules.has('reason') && names.reason.has(name)) return true;
  if (rules.has('actor') && names.actor.has(name)) return true;
  if (exemptNames.has(name) || isDigest(name, text) || isRandom(text)) return false;
  return (rules.has('card') && holdsCard(text)) || (rules.has('phone') && phone.test(text));
}

/** Other digits may stand around the number, in groups of their own. */
function holdsCard(text: string): boolean {
  return Array.from(text.matchAll(groupedDigits), ([found]) => found.split(/[ -]/)).some((groups) =>
    groups.some((_, from) => beginsWithCard(groups.slice(from, from + cardDigitsMax))),
  );
}

const [cardDigitsMin, cardDigitsMax] = [13, 19];

function beginsWithCard(groups: readonly string[]): boolean {
  let digits = '';
  for (const group of groups) {
    // Full-width digits become those of ASCII.
    digits += group.normalize('NFKC');
    if (digits.length > cardDigitsMax) return false;
    if (digits.length >= cardDigitsMin && passesLuhn(digits)) return true;
  }
  return false;
}
