import type { FoundEvent } from '../../history/event.ts';
import type { TimelineEntry } from '../../timeline/timeline.ts';
import { en } from '../../words/lanes/en.ts';
import type { LaneWords } from '../../words/lanes/en.ts';
import { zhCN } from '../../words/lanes/zh-CN.ts';
import type { Localized } from '../../words/language.ts';
import type { Lane, LaneMark } from '../report-data.ts';

/** An event, its place, and what the timeline shows of it. */
export type Placed = {
  readonly at: number;
  readonly event: FoundEvent;
  readonly entry: TimelineEntry;
  /** Null where the stored text is not a time. */
  readonly recordedMs: number | null;
};

export type PlaceOf = (revision: number) => Placed | undefined;

export type Span = { readonly fromMs: number; readonly untilMs: number };

export function pointAt(ms: number): Span {
  return { fromMs: ms, untilMs: ms };
}

export function marked(
  lane: Lane,
  at: number,
  span: Span,
  { opened, retraction }: TimelineEntry,
  usual: LaneMark['look'],
  labelIn: (words: LaneWords) => string,
): LaneMark {
  const look = retraction !== null ? 'retracted' : opened.length > 0 ? 'bad' : usual;
  const label = (words: LaneWords) =>
    retraction === null ? labelIn(words) : words.retracted(labelIn(words));
  return { lane, at, ...span, recordedMs: null, look, label: inBoth(label) };
}

export function inBoth(label: (words: LaneWords, language: keyof Localized) => string): Localized {
  return { en: label(en, 'en'), 'zh-CN': label(zhCN, 'zh-CN') };
}
