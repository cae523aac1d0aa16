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
