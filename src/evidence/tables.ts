import { attemptsOf } from '../timeline/attempts.ts';
import type { FoundEvent } from '../history/event.ts';
import { textIn } from '../history/event.ts';
import { timelineOf } from '../timeline/timeline.ts';
import { csv } from './csv.ts';

/** Every event, in words of both languages, oldest first. */
export function timelineCsv(events: readonly FoundEvent[]): string {
  const header = [
    ...['revision', 'type', 'recorded_at', 'occurred_at', 'gap_ms', 'late_ms', 'from', 'to'],
    ...['actor', 'source', 'what_en', 'what_zh', 'withheld', 'event_id', 'hash'],
  ];
  const rows = [...timelineOf(events)].map((entry, index) => {
    const { revision, type, recordedAt, occurredAt, gapMs, lateMs, from, to } = entry;
    const { actor, source, sentence } = entry;
    const event = events[index];
    return [
      ...[revision, type, recordedAt, occurredAt, gapMs, lateMs, from, to],
      ...[actor, source, sentence.en, sentence['zh-CN'], event?.withheld?.join(' ') ?? null],
      ...[event?.id ?? null, textIn(event?.metadata ?? {}, 'hash')],
    ];
  });
  return csv([header, ...rows]);
}

/** Every call to the gateway. */
export function attemptsCsv(events: readonly FoundEvent[]): string {
  const header = [
    ...['attempt', 'begun_by', 'begun_revision', 'begun_at', 'sent_at', 'duration_ms', 'outcome'],
    ...['rule', 'http_status', 'request_id', 'response_code', 'response_msg', 'nonce'],
    ...['request_sha256', 'answer_sha256', 'insecure_transport', 'outcome_revisions'],
    ...['in_doubt_from', 'in_doubt_until'],
  ];
  const rows = attemptsOf(events).map(({ attempt, begunBy, inFlight, outcome, ...rest }) => {
    const { evidence, outcomes, inDoubt } = rest;
    return [
      ...[attempt, begunBy, inFlight.from.revision, inFlight.from.at, evidence?.sentAt ?? null],
      ...[evidence?.durationMs ?? null, outcome, evidence?.rule ?? null],
      ...[evidence?.httpStatus ?? null, evidence?.requestId ?? null],
      ...[evidence?.responseCode ?? null, evidence?.responseMsg ?? null, evidence?.nonce ?? null],
      ...[evidence?.requestSha256 ?? null, evidence?.answerSha256 ?? null],
      ...[evidence?.insecureTransport ?? null, outcomes.join(' ')],
      ...[inDoubt?.from.at ?? null, inDoubt?.until?.at ?? null],
    ];
  });
  return csv([header, ...rows]);
}
