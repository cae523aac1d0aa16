/**
 * Sentences that keep their moments apart from their words: a page writes each in its reader's time
 * zone, and words cannot.
 */

import type { Language } from './language.ts';

/** A moment in a sentence. A reader sees seconds. */
export type MomentPiece = {
  /** As stored (UTC); text that is not an instant is shown as it is, escaped. */
  readonly at: string;
  /** Milliseconds are shown: they decide. */
  readonly isExact?: true;
};

export type Prose = readonly (string | MomentPiece)[];

export type LocalizedProse = Readonly<Record<Language, Prose>>;

/**
 * A sentence of words, numbers, moments and other sentences.
 *
 * @example
 * prose`Call ${1} was sent at ${{ at: '2026-11-23T02:02:06.100Z' }}.`;
 */
export function prose(
  texts: TemplateStringsArray,
  ...parts: readonly (string | number | MomentPiece | Prose)[]
): Prose {
  const pieces: (string | MomentPiece)[] = [];
  const add = (piece: string | MomentPiece) => {
    const last = pieces.at(-1);
    if (piece === '') return;
    if (typeof piece === 'string' && typeof last === 'string')
      pieces[pieces.length - 1] = last + piece;
    else pieces.push(piece);
  };
  for (const [index, text] of texts.entries()) {
    add(text);
    const part = parts[index];
    if (part === undefined) continue;
    if (typeof part === 'number') add(String(part));
    else if (isProse(part)) for (const piece of part) add(piece);
    else add(part);
  }
  return pieces;
}

function isProse(part: string | MomentPiece | Prose): part is Prose {
  return Array.isArray(part);
}

/** The same sentence, as European languages begin it. */
export function begunWithCapital([first, ...others]: Prose): Prose {
  if (first === undefined) return [];
  if (typeof first !== 'string') return [first, ...others];
  return [first.charAt(0).toUpperCase() + first.slice(1), ...others];
}
