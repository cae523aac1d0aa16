import { instantOf } from '../runtime.ts';
import { escapeForTerminal } from '../text.ts';
import { timeOf, wordsOf } from '../timeline/timeline.ts';
import type { Times, Told } from './report-data.ts';

/** China has one time zone, and since 1991 no summer time. */
const shanghaiOffsetMs = 8 * 3_600_000;

/** A stored instant as two clocks show it; as it stands where it is none. */
export function timesOf(instant: string): Times {
  const ms = timeOf(instant);
  if (ms === null) return { utc: escapeForTerminal(instant), shanghai: '' };
  return { utc: shown(ms), shanghai: shown(ms + shanghaiOffsetMs) };
}

/** A stored instant in both times, in one line. */
export function timeTold(instant: string): string {
  const { utc, shanghai } = timesOf(instant);
  return shanghai === '' ? utc : `${utc} UTC / ${shanghai} Asia/Shanghai`;
}

function shown(ms: number): string {
  return instantOf(ms).replace('T', ' ').replace('Z', '');
}

export function durationTold(ms: number): Told {
  return { en: wordsOf.en.duration(ms), 'zh-CN': wordsOf['zh-CN'].duration(ms) };
}
