import { durationText } from '../../listing/order-texts.ts';
import { millisecondsOf } from '../../runtime.ts';
import type { Words } from '../words.ts';

/** How long ago it was. */
export function ageText(words: Words, instant: string, nowMs: number): string {
  return durationText(words, nowMs - millisecondsOf(instant));
}
