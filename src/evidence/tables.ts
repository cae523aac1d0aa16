import type { FoundEvent } from '../history/event.ts';
import { textIn } from '../history/event.ts';
import { escapeForTerminal } from '../text.ts';
import { attemptsOf } from '../timeline/attempts.ts';
import type { AttemptRecord } from '../timeline/attempts.ts';
import { timelineOf } from '../timeline/timeline.ts';
import type { TimelineEntry } from '../timeline/timeline.ts';
import type { Columns } from './csv.ts';
import { csv } from './csv.ts';

type TimelineRow = { readonly entry: TimelineEntry; readonly event: FoundEvent | undefined };

const timelineColumns: Columns<TimelineRow> = {
  revision: ({ entry }) => entry.revision,
  type: ({ entry }) => entry.type,
  recorded_at: ({ entry }) => entry.recordedAt,
  occurred_at: ({ entry }) => entry.occurredAt,
  gap_ms: ({ entry }) => entry.gapMs,
  late_ms: ({ entry }) => entry.lateMs,
  from: ({ entry }) => entry.from,
  to: ({ entry }) => entry.to,
  actor: ({ entry }) => entry.actor,
  source: ({ entry }) => entry.source,
  notice_id: ({ entry }) => entry.noticeId,
  vouched_by: ({ entry }) => entry.vouchedBy,
  retracted_by_revision: ({ entry }) => entry.retraction?.revision ?? null,
  what_en: ({ entry }) => entry.sentence.en,
  what_zh: ({ entry }) => entry.sentence['zh-CN'],
  withheld: ({ entry }) => (entry.withheld.length === 0 ? null : entry.withheld.join(' ')),
  event_id: ({ event }) => escapeForTerminal(event?.id ?? ''),
  hash: ({ event }) => escapeForTerminal(textIn(event?.metadata ?? {}, 'hash') ?? ''),
};

const attemptColumns: Columns<AttemptRecord> = {
  attempt: ({ attempt }) => attempt,
  begun_by: ({ begunBy }) => begunBy,
  begun_revision: ({ inFlight }) => inFlight.from.revision,
  begun_at: ({ inFlight }) => inFlight.from.at,
  gateway: ({ gateway }) => gateway,
  sent_at: ({ evidence }) => evidence?.sentAt ?? null,
  duration_ms: ({ evidence }) => evidence?.durationMs ?? null,
  outcome: ({ outcome }) => outcome,
  rule: ({ evidence }) => evidence?.rule ?? null,
  http_status: ({ evidence }) => evidence?.httpStatus ?? null,
  request_id: ({ evidence }) => evidence?.requestId ?? null,
  response_code: ({ evidence }) => evidence?.responseCode ?? null,
  response_msg: ({ evidence }) => evidence?.responseMsg ?? null,
  nonce: ({ evidence }) => evidence?.nonce ?? null,
  request_sha256: ({ evidence }) => evidence?.requestSha256 ?? null,
  answer_sha256: ({ evidence }) => evidence?.answerSha256 ?? null,
  insecure_transport: ({ evidence }) => evidence?.insecureTransport ?? null,
  outcome_revisions: ({ outcomes }) => outcomes.join(' '),
  in_doubt_from: ({ inDoubt }) => inDoubt?.from.at ?? null,
  in_doubt_until: ({ inDoubt }) => inDoubt?.until?.at ?? null,
};

/** `timeline.csv`: every event in words, in both languages, oldest first. */
export function timelineCsv(events: readonly FoundEvent[]): string {
  const rows = Array.from(timelineOf(events), (entry, index) => ({ entry, event: events[index] }));
  return csv(timelineColumns, rows);
}

/** `attempts.csv`: every call to the gateway. */
export function attemptsCsv(events: readonly FoundEvent[]): string {
  return csv(attemptColumns, attemptsOf(events));
}
