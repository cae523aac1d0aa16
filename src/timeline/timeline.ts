import { hasRole } from '../../machines/payment-order.events.ts';
import type { EventType, ReportedStatus } from '../../machines/payment-order.events.ts';
import { millisecondsOf } from '../runtime.ts';
import { isInDoubt } from '../history/doubt.ts';
import type { FoundEvent } from '../history/event.ts';
import { textIn } from '../history/event.ts';
import { withheldNames } from '../history/withheld.ts';
import { closedAsRetracted, opened } from './anomalies.ts';
import {
  detailsOf,
  escapedIn,
  headlineOf,
  lineOf,
  reportedIn,
  retractionText,
} from './event-details.ts';
import type { Detail } from './event-details.ts';
import type { ReadStep } from './retractions.ts';
import { readAlong } from './retractions.ts';
import { escapeForTerminal } from '../text.ts';
import { en } from '../words/events/en.ts';
import type { EventWords } from '../words/events/en.ts';
import { zhCN } from '../words/events/zh-CN.ts';
import type { Language, Localized } from '../words/language.ts';

/** One stored event, as a reader of a dispute wants to see it. Texts are escaped, on one line. */
export type TimelineEntry = {
  readonly revision: number;
  readonly type: string;
  /** When this module recorded it (UTC), as stored. */
  readonly recordedAt: string;
  /** When it happened according to its source (UTC), as stored; null if the source gave no time. */
  readonly occurredAt: string | null;
  /** Milliseconds since the event before it; negative if the clock was set back. */
  readonly gapMs: number | null;
  /** Milliseconds from when it occurred to when it was recorded; null if not positive or unknown. */
  readonly lateMs: number | null;
  /**
   * Milliseconds from when it was recorded to the later time at which it occurred by its source, so
   * that one of the clocks is wrong; null if not positive or unknown.
   */
  readonly earlyMs: number | null;
  readonly from: string | null;
  readonly to: string | null;
  /** Who did it, as `kind:id`; null if no actor was recorded. */
  readonly actor: string | null;
  /**
   * Where it came from: `command`, `fact`, `notice`, `gateway`, `query`, `timer`, or a name given by
   * the caller.
   */
  readonly source: string | null;
  /** What the platform answered to a question; null for any other event. */
  readonly reported: ReportedStatus | null;
  /** SHA-256 of the body of the notice that it came by; null if it came by none. */
  readonly noticeId: string | null;
  /** What vouched for that notice; null if nothing is recorded. */
  readonly vouchedBy: string | null;
  /** The names of what is withheld, such as `data.reason`; `data` alone for all of it. */
  readonly withheld: readonly string[];
  /** Numbers of the anomalies that it opened. */
  readonly opened: readonly number[];
  /** Numbers of the anomalies that it closed, as a retraction: nothing contradicts any more. */
  readonly closedAsRetracted: readonly number[];
  /** Who took it back; null while it counts. Show it with the sentence, which says what happened. */
  readonly retraction: Retraction | null;
  /**
   * Whether something went wrong: a rejected command, an outcome other than a confirmed cancel, a
   * declined or failed payment, a question that taught nothing, or a new anomaly.
   */
  readonly isFailure: boolean;
  /** Whether, after it, an attempt may or may not have run, as `OrderCancel.inDoubt` says. */
  readonly isInDoubt: boolean;
  /** What happened, in words, with its details. */
  readonly sentence: Localized;
};

/** An operator's decision that an event does not count: it was recorded by mistake. */
export type Retraction = {
  /** Of the event that retracts. */
  readonly revision: number;
  /** When it was recorded (UTC), as stored. */
  readonly recordedAt: string;
  readonly by: string | null;
  readonly evidence: string | null;
  /** Who took it back and why, in words. */
  readonly sentence: Localized;
};

export const eventWords: Readonly<Record<Language, EventWords>> = { en, 'zh-CN': zhCN };

/**
 * Describes a history event by event, oldest first. An event of unknown type is named as such.
 *
 * @param events - As `PaymentOrders.history()` returns them: oldest first.
 * @example
 * for (const { recordedAt, actor, sentence } of timelineOf(await orders.history('O1'))) {
 *   console.log(recordedAt, actor, sentence.en);
 * }
 */
export function* timelineOf(events: Iterable<FoundEvent>): Generator<TimelineEntry> {
  for (const entry of describedAlong(readAlong(events))) yield timelineEntry(entry);
}

/** The same for a page, which sets apart what happened and its details. */
export type DescribedEntry = Omit<TimelineEntry, 'sentence'> & {
  readonly headline: Localized;
  readonly details: Readonly<Record<Language, readonly Detail[]>>;
};

export function timelineEntry({ headline, details, ...entry }: DescribedEntry): TimelineEntry {
  const sentence = (language: Language) => {
    const line = lineOf(eventWords[language], details[language]);
    return line === '' ? headline[language] : `${headline[language]} · ${line}`;
  };
  return { ...entry, sentence: { en: sentence('en'), 'zh-CN': sentence('zh-CN') } };
}

export function* describedAlong(steps: Iterable<ReadStep>): Generator<DescribedEntry> {
  let previousMs: number | null = null;
  for (const step of steps) {
    const { event, known } = step;
    const { metadata } = event;
    const recordedAt = textIn(metadata, 'recordedAt') ?? '';
    const occurredAt = textIn(metadata, 'occurredAt');
    const recordedMs = timeOf(recordedAt);
    const occurredMs = occurredAt === null ? null : timeOf(occurredAt);
    const opens = opened(step).map(({ number }) => number);
    yield {
      revision: event.revision,
      type: escapeForTerminal(event.type),
      recordedAt: escapeForTerminal(recordedAt),
      occurredAt: escapedIn(metadata, 'occurredAt'),
      gapMs: differenceMs(recordedMs, previousMs),
      lateMs: positive(differenceMs(recordedMs, occurredMs)),
      earlyMs: positive(differenceMs(occurredMs, recordedMs)),
      from: escapedIn(metadata, 'from'),
      to: escapedIn(metadata, 'to'),
      actor: actorOf(metadata['actor']),
      source: escapedIn(metadata, 'source'),
      reported: reportedIn(event),
      noticeId: escapedIn(metadata, 'noticeId'),
      vouchedBy: escapedIn(metadata, 'vouchedBy'),
      withheld: withheldNames(event).map(escapeForTerminal),
      opened: opens,
      closedAsRetracted: closedAsRetracted(step).map(({ number }) => number),
      retraction: retractionOf(step),
      isFailure: isFailure(event) || opens.length > 0,
      isInDoubt: isInDoubt(known, textIn(metadata, 'to') ?? ''),
      headline: { en: headlineOf(en, event), 'zh-CN': headlineOf(zhCN, event) },
      details: { en: detailsOf(en, step), 'zh-CN': detailsOf(zhCN, step) },
    };
    previousMs = recordedMs;
  }
}

const failures: ReadonlySet<string> = new Set([
  'CommandRejected',
  'PaymentFailed',
  'PaymentDeclined',
] satisfies EventType[]);

function isFailure(event: FoundEvent): boolean {
  const { type } = event;
  const reported = reportedIn(event);
  if (reported === 'unknown' || reported === 'unavailable') return true;
  return hasRole(type, 'outcome') ? type !== 'CancelConfirmed' : failures.has(type);
}

function retractionOf({ retractedBy }: ReadStep): Retraction | null {
  if (retractedBy === null) return null;
  const { revision, data, metadata } = retractedBy;
  return {
    revision,
    recordedAt: escapedIn(metadata, 'recordedAt') ?? '',
    by: escapedIn(data, 'by'),
    evidence: escapedIn(data, 'evidence'),
    sentence: { en: retractionText(en, retractedBy), 'zh-CN': retractionText(zhCN, retractedBy) },
  };
}

function positive(ms: number | null): number | null {
  return ms !== null && ms > 0 ? ms : null;
}

function differenceMs(laterMs: number | null, earlierMs: number | null): number | null {
  return laterMs === null || earlierMs === null ? null : laterMs - earlierMs;
}

/** What else the platform parses as a date is none, or is one in the zone of this machine. */
const instantPattern = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/;

/** Milliseconds since the epoch; null if the text is not an instant of ISO 8601. */
export function timeOf(instant: string): number | null {
  const ms = instantPattern.test(instant) ? millisecondsOf(instant) : NaN;
  return Number.isFinite(ms) ? ms : null;
}

function actorOf(actor: unknown): string | null {
  if (actor === undefined || actor === null) return null;
  const isNamed = typeof actor === 'object' && 'kind' in actor && 'id' in actor;
  return escapeForTerminal(
    isNamed ? `${String(actor.kind)}:${String(actor.id)}` : JSON.stringify(actor),
  );
}
