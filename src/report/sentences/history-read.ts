/** A history as the sentences of a report read it: by revisions, with people and money in words. */

import type { Anomaly } from '../../../machines/payment-order.facts.ts';
import type { FoundEvent } from '../../history/event.ts';
import { withPlaceholders } from '../../history/withheld.ts';
import type { AttemptRecord } from '../../timeline/attempts.ts';
import { escapedIn } from '../../timeline/event-details.ts';
import { eventWords } from '../../timeline/timeline.ts';
import type { TimelineEntry } from '../../timeline/timeline.ts';
import type { FindingWords } from '../../words/findings/en.ts';
import { en } from '../../words/findings/en.ts';
import { zhCN } from '../../words/findings/zh-CN.ts';
import type { Language } from '../../words/language.ts';
import { prose } from '../../words/prose.ts';
import type { LocalizedProse, MomentPiece, Prose } from '../../words/prose.ts';
import { paymentsIn } from '../answers/money.ts';
import type { MoneyTold } from '../answers/money.ts';
import type { Answers } from '../answers/types.ts';
import type { KnownAtEnd, Unread } from '../known-at-end.ts';
import { shortNumber, shownAmount } from '../money-words.ts';
import type { Statement } from '../report-data.ts';

export type HistoryRead = {
  readonly events: readonly FoundEvent[];
  readonly timeline: readonly TimelineEntry[];
  readonly attempts: readonly AttemptRecord[];
  readonly answers: Answers;
  /** From how many milliseconds on a fact is late. */
  readonly lateAfterMs: number;
  readonly payments: readonly MoneyTold[];
  /** The payment that an event tells of, by its revision. */
  readonly paymentOf: ReadonlyMap<number, MoneyTold>;
  readonly anomalies: readonly Anomaly[];
  /** The first revision of which something is withheld that decides; null if all is known. */
  readonly notKnownFrom: number | null;
  /** What of it cannot be read, though nothing is withheld; null if all can. */
  readonly unread: Unread | null;
  /** The place of a revision among the entries. */
  readonly at: (revision: number) => number;
};

/** A sentence, and whether it belongs to the answer rather than to the rest. */
export type Told = Statement & { readonly isDecisive: boolean };

/** What a sentence is made of, in one language. */
export type Sayer<Result> = (words: FindingWords, language: Language) => Result;

export function readHistory(
  events: readonly FoundEvent[],
  timeline: readonly TimelineEntry[],
  attempts: readonly AttemptRecord[],
  answers: Answers,
  { certain, notKnownFrom, unread }: KnownAtEnd,
  lateAfterMs: number,
): HistoryRead {
  const payments = paymentsIn(events);
  const places = new Map(timeline.map(({ revision }, place) => [revision, place]));
  return {
    ...{ timeline, attempts, answers, lateAfterMs, notKnownFrom, unread },
    events: events.map(withPlaceholders),
    anomalies: certain?.anomalies ?? [],
    payments,
    paymentOf: new Map(
      payments.flatMap((told) => told.toldBy.map(({ revision }) => [revision, told] as const)),
    ),
    at: (revision) => places.get(revision) ?? 0,
  };
}

export function eventAt({ events, at }: HistoryRead, revision: number): FoundEvent | undefined {
  return events[at(revision)];
}

export function entryAt(history: HistoryRead, revision: number): TimelineEntry | undefined {
  return history.timeline[history.at(revision)];
}

/** In every language. */
export function inEach<Result>(say: Sayer<Result>): Readonly<Record<Language, Result>> {
  return { en: say(en, 'en'), 'zh-CN': say(zhCN, 'zh-CN') };
}

/** A whole sentence in every language. */
export function sentenceOf(say: Sayer<string | Prose>): LocalizedProse {
  return inEach((words, language) => words.sentence(prose`${say(words, language)}`));
}

/** When an event was recorded; null where that is withheld. */
export function recordedAt(history: HistoryRead, revision: number): MomentPiece | null {
  const at = entryAt(history, revision)?.recordedAt ?? '';
  return at === '' ? null : { at };
}

/** Whether its metadata is withheld as a whole, and with it when it was recorded, and by whom. */
export function isUntimed(history: HistoryRead, revision: number): boolean {
  return entryAt(history, revision)?.withheld.includes('metadata') ?? false;
}

/** Who did it, in words. */
export function personOf(words: FindingWords, history: HistoryRead, revision: number): string {
  const actor = entryAt(history, revision)?.actor ?? null;
  if (actor !== null) return nameOf(words, actor);
  if (isUntimed(history, revision)) return words.somebodyWithheld;
  const by = escapedIn(eventAt(history, revision)?.data ?? {}, 'by');
  return by === null ? words.somebody : nameOf(words, `operator:${by}`);
}

function nameOf(words: FindingWords, actor: string): string {
  const [, kind = '', id = ''] = /^([a-z][a-z-]*):(.*)$/s.exec(actor) ?? [];
  if (kind === '') return words.unreadableActor(actor);
  const named = Object.hasOwn(words.actors, kind) ? words.actors[kind] : undefined;
  return named === undefined ? words.otherActor(kind, id) : named(id);
}

/** A payment by its amount, and by its number where there are several. */
export function moneyName(
  words: FindingWords,
  { payments }: HistoryRead,
  { number, amount }: Pick<MoneyTold, 'number' | 'amount'>,
): string {
  const text = shownAmount(amount);
  if (number === null || payments.length <= 1) return words.theMoney(text);
  return words.numbered(shortNumber(number, payments), text);
}

export function durationText(language: Language, ms: number): string {
  return eventWords[language].duration(Math.abs(ms));
}

/** Neighbours that have the same key, together; one without a key stands alone. */
export function neighboursAlike<T>(
  items: readonly T[],
  keyOf: (item: T) => string | null,
): readonly (readonly [T, ...T[]])[] {
  const runs: [T, ...T[]][] = [];
  let before: string | null = null;
  for (const item of items) {
    const key = keyOf(item);
    const last = runs.at(-1);
    if (last !== undefined && key !== null && key === before) last.push(item);
    else runs.push([item]);
    before = key;
  }
  return runs;
}
