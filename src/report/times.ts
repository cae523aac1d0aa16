import { instantOf } from '../runtime.ts';
import { escapeForTerminal } from '../text.ts';
import { eventWords, timeOf } from '../timeline/timeline.ts';
import type { Localized } from '../words/language.ts';

/** China has one time zone, and no daylight saving time since 1991. */
const shanghaiOffsetMs = 8 * 3_600_000;

type Times = { readonly utc: string; readonly shanghai: string };

/** A stored instant in both time zones; text that is not an instant is shown as stored. */
export function timesOf(instant: string): Times {
  const ms = timeOf(instant);
  if (ms === null) return { utc: escapeForTerminal(instant), shanghai: '' };
  return { utc: shown(ms), shanghai: shown(ms + shanghaiOffsetMs) };
}

/** A stored instant in both time zones, on one line. */
export function timeLine(instant: string): string {
  // Withheld with its event's metadata.
  if (instant === '') return '–';
  const { utc, shanghai } = timesOf(instant);
  return shanghai === '' ? utc : `${utc} UTC / ${shanghai} Asia/Shanghai`;
}

function shown(ms: number): string {
  return instantOf(ms).replace('T', ' ').replace('Z', '');
}

export function localizedDuration(ms: number): Localized {
  return { en: eventWords.en.duration(ms), 'zh-CN': eventWords['zh-CN'].duration(ms) };
}
