import { eventWords, timeOf } from '../timeline/timeline.ts';
import type { Localized } from '../words/language.ts';

export function localizedDuration(ms: number): Localized {
  return { en: eventWords.en.duration(ms), 'zh-CN': eventWords['zh-CN'].duration(ms) };
}

/** From one stored time to another, ms; null where one of them is not a time. */
export function msBetween(from: string, to: string): number | null {
  const [fromMs, toMs] = [timeOf(from), timeOf(to)];
  return fromMs === null || toMs === null ? null : toMs - fromMs;
}

/**
 * How far apart two moments are, ms, as a reader sees it who sees both to the second. Below a second
 * the milliseconds decide.
 */
export function apartAsShown(oneMs: number, otherMs: number): number {
  const ms = Math.abs(otherMs - oneMs);
  if (ms < 1_000) return ms;
  return 1_000 * Math.abs(Math.floor(otherMs / 1_000) - Math.floor(oneMs / 1_000));
}
