import { passesLuhn } from '../text.ts';

export const redactionRules = ['reason', 'actor', 'card', 'phone'] as const;

/**
 * What a package withholds.
 *
 * - `reason`: texts that people wrote (reasons, notes, evidence).
 * - `actor`: the ids of actors, and what vouched for a notice, which may name a person.
 * - `card`: possible payment card numbers (13 to 19 digits that pass Luhn's check), in any text.
 * - `phone`: Chinese mobile numbers, and numbers with + and a country code, in any text.
 */
export type RedactionRule = (typeof redactionRules)[number];

/** Written by people. All other fields are identifiers, codes or digests. */
const freeTexts: ReadonlySet<string> = new Set(['reason', 'note', 'evidence']);
/** Written by a channel or the gateway: a number in it is withheld, and the words around it are not. */
const looseTexts: ReadonlySet<string> = new Set([...freeTexts, 'responseMsg', 'message']);
const persons: ReadonlySet<string> = new Set(['by', 'vouchedBy']);
/** Generated, or known from the stream's name: digits in them identify nobody. */
const exempt: ReadonlySet<string> = new Set([
  'orderNo',
  'processBillNo',
  // The platform gave it to the merchant; it may have as many digits as a card.
  'appId',
  'requestSha256',
  'answerSha256',
  'noticeId',
  'nonce',
  'sentAt',
  'recordedAt',
  'occurredAt',
  'hash',
  'version',
  'rule',
  'command',
  'from',
  'to',
]);

/** As the module computes one from a fact's content. */
const ownFactId = /^sha256:[0-9a-f]{64}$/;

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

/** Withholds what the rules name from the texts of one package. */
export class TextRedactor {
  readonly rules: ReadonlySet<RedactionRule>;
  readonly #markers = new Map<string, string>();

  constructor(rules: ReadonlySet<RedactionRule>) {
    this.rules = rules;
  }

  /** The same text has the same marker throughout a package. A marker can be stored. */
  marker(text: string): string {
    const marker = this.#markers.get(text) ?? `withheld-${this.#markers.size + 1}`;
    this.#markers.set(text, marker);
    return marker;
  }

  /** Replaces the parts of a field's text that the rules withhold. */
  redacted(field: string, text: string): string {
    if (this.rules.has('reason') && freeTexts.has(field)) return `[${this.marker(text)}]`;
    if (this.rules.has('actor') && persons.has(field)) return this.marker(text);
    if (exempt.has(field) || ownFactId.test(text)) return text;
    const found: string[] = [];
    // Without a part of it, an identifier would be another one.
    const isLoose = looseTexts.has(field);
    const hide = (part: string) => {
      found.push(part);
      return isLoose ? `[${this.marker(part)}]` : part;
    };
    let shown = text;
    if (this.rules.has('card')) {
      shown = shown.replace(card, (part) => (passesLuhn(asciiDigits(part)) ? hide(part) : part));
    }
    if (this.rules.has('phone')) shown = shown.replace(phone, hide);
    if (found.length === 0 || isLoose) {
      // A marker may be longer than what it hides, and an event with too long a text is not read.
      return shown.length > charactersMaxOf(field) ? `[${this.marker(text)}]` : shown;
    }
    return this.marker(text);
  }
}

/** As the schemas of the events limit them. */
function charactersMaxOf(field: string): number {
  return field === 'note' || field === 'evidence' ? 2_048 : 512;
}

/** The digits alone, full-width ones as ASCII. */
function asciiDigits(text: string): string {
  return text.normalize('NFKC').replaceAll(/[^0-9]/g, '');
}
