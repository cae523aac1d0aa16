import { inspect } from 'node:util';
import { passesLuhn } from './luhn.ts';

/** A piece of a key of this length is not an accident. */
export const pieceCharacters = 24;

export type Found = { readonly canary: string; readonly where: string; readonly form: string };

/**
 * Searches outputs for planted secrets: plain, in base64 and hexadecimal, percent- and JSON-escaped,
 * and with grouped digits. Of a long secret, it finds any piece of 24 characters.
 */
export class Watch {
  readonly #whole = new Map<string, { readonly canary: string; readonly form: string }>();
  readonly #pieces = new Map<string, { readonly canary: string; readonly form: string }>();
  readonly found: Found[] = [];
  looks = 0;
  characters = 0;

  /** Plants a short secret, which is searched for as a whole: a password, a card number. */
  plant(canary: string, text: string): void {
    for (const [form, written] of formsOf(Buffer.from(text))) {
      this.#whole.set(written, { canary, form });
    }
  }

  /** Plants a long secret, which is searched for in pieces: a key, a signature. */
  plantLong(canary: string, bytes: Buffer | string): void {
    for (const [form, written] of formsOf(Buffer.from(bytes))) {
      for (let at = 0; at + pieceCharacters <= written.length; at += 1) {
        this.#pieces.set(written.slice(at, at + pieceCharacters), { canary, form });
      }
    }
  }

  /** `except`: canaries that may be in this place. */
  look(where: string, output: string | Buffer, except: readonly string[] = []): void {
    this.looks += 1;
    const text = typeof output === 'string' ? output : output.toString('latin1');
    this.characters += text.length;
    const readings = new Set([text, joined(text), unescaped(text), digitsJoined(text)]);
    for (const reading of readings) {
      for (const [written, match] of this.#whole) {
        if (reading.includes(written)) this.#report(where, match, except);
      }
      for (let at = 0; at + pieceCharacters <= reading.length; at += 1) {
        const match = this.#pieces.get(reading.slice(at, at + pieceCharacters));
        if (match !== undefined) this.#report(where, match, except);
      }
    }
  }

  /** Searches everything that could be logged about a value: itself, hidden properties, causes. */
  lookInto(where: string, value: unknown, except: readonly string[] = []): void {
    const options = { depth: 10, maxStringLength: null, maxArrayLength: null } as const;
    const shown = inspect(value, { ...options, showHidden: true });
    this.look(`${where}, inspected`, shown, except);
    this.look(`${where}, as JSON`, asJson(value), except);
    for (let error = value, depth = 0; error instanceof Error && depth < 10; depth += 1) {
      this.look(`${where}, cause ${depth}`, `${error.message}\n${error.stack ?? ''}`, except);
      error = error.cause;
    }
  }

  #report(
    where: string,
    { canary, form }: { readonly canary: string; readonly form: string },
    except: readonly string[],
  ): void {
    if (except.includes(canary)) return;
    const isKnown = this.found.some((one) => one.canary === canary && one.where === where);
    if (!isKnown) this.found.push({ canary, where, form });
  }
}

function asJson(value: unknown): string {
  try {
    const shown = (_: string, part: unknown) => (typeof part === 'bigint' ? '' : part);
    // In an array, because JSON.stringify(undefined) is not a string.
    return JSON.stringify([value], shown);
  } catch {
    // A circular value cannot be logged as JSON.
    return '';
  }
}

/** The bytes in every notation; base64 in all three alignments, without the characters at the edges. */
function formsOf(bytes: Buffer): readonly (readonly [form: string, written: string])[] {
  const text = bytes.toString('latin1');
  const base64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return encoded.slice(shift === 0 ? 0 : 4).replace(/.{2}=*$/, '');
  });
  const joinedText = joined(text);
  const forms: readonly (readonly [form: string, written: string])[] = [
    ['plain', text],
    ['joined', joinedText],
    ['percent-escaped', encodeURIComponent(joinedText)],
    ['hexadecimal', bytes.toString('hex')],
    ['hexadecimal, upper case', bytes.toString('hex').toUpperCase()],
    ...base64.map((written) => ['base64', written] as const),
    ...base64.map(
      (written) => ['base64url', written.replaceAll('+', '-').replaceAll('/', '_')] as const,
    ),
  ];
  return forms.filter(([, written]) => written.length >= 8);
}

/** Joins lines, so that a PEM is found however its line breaks are written. */
function joined(text: string): string {
  return text.replaceAll(/(?:\\r|\\n|[\r\n"'+\s])+/g, '');
}

function unescaped(text: string): string {
  return text
    .replaceAll(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .replaceAll(/\\(["\\/])/g, '$1');
}

function digitsJoined(text: string): string {
  return text.replaceAll(/(?<=\d)[ -](?=\d)/g, '');
}

/** A different card number for each place, so that a find names the place. */
export function cardNumber(place: number): string {
  const body = `622202${String(place).padStart(9, '0')}`;
  const last = Array.from({ length: 10 }, (_, digit) => `${body}${digit}`).find(passesLuhn);
  return last ?? body;
}

export const grouped = (card: string, by: string) => card.replaceAll(/(?<=^(?:\d{4})+)/g, by);
