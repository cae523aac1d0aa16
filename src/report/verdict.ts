import type { TimelineEntry } from '../timeline/timeline.ts';
import type { ReportHeader, ReportVerdict } from './report-data.ts';

/** How the order ended and what is open, in one or two sentences. */
export function verdictOf(
  { state }: ReportHeader,
  timeline: readonly TimelineEntry[],
): ReportVerdict {
  const text = { en: [state], 'zh-CN': [state] };
  return { tone: 'plain', sentences: [{ text, at: timeline.length - 1, more: null }] };
}
