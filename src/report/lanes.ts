import type { AttemptRecord } from '../timeline/attempts.ts';
import type { TimelineEntry } from '../timeline/timeline.ts';
import type { LaneMark } from './report-data.ts';

/** What the lanes of a report show: calls, doubts, questions, money, notices and people. */
export function lanesOf(
  _timeline: readonly TimelineEntry[],
  _attempts: readonly AttemptRecord[],
): readonly LaneMark[] {
  return [];
}
