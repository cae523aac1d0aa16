import type { FoundEvent } from '../../history/event.ts';
import type { AttemptRecord } from '../../timeline/attempts.ts';
import { isReport, isResolution, msIn, recordedMsOf, statedMsOf } from './events-told.ts';
import { counting, paymentsIn } from './money.ts';
import type { CallAndMoney, MoneyAndCall } from './types.ts';

type Source = Pick<MoneyAndCall, 'revision' | 'source'> & {
  readonly statedMs: number | null;
  readonly recordedMs: number | null;
};

type Call = {
  /** The revision of the event that began it. */
  readonly begunAt: number;
  readonly sentMs: number | null;
  readonly durationMs: number;
};

/** Was each call made before or after the money moved? */
export function callsIn(
  events: readonly FoundEvent[],
  attempts: readonly AttemptRecord[],
): readonly CallAndMoney[] {
  const sources = sourcesIn(events);
  const byRevision = new Map(events.map((event) => [event.revision, event]));
  return attempts.map((record) => {
    const { attempt, outcomes, inFlight } = record;
    const begunAt = inFlight.from.revision;
    const call = { begunAt, ...sendingIn(outcomes.flatMap((each) => byRevision.get(each) ?? [])) };
    const { sentMs } = call;
    return {
      ...{ attempt, revision: outcomes[0] ?? begunAt, sentMs },
      sending: sentMs === null ? sendingOf(record) : 'sent',
      money: sources.map((source) => moneyAndCall(source, call)),
    };
  });
}

function sendingOf({ outcome }: AttemptRecord): CallAndMoney['sending'] {
  if (outcome === 'withheld') return 'withheld';
  return outcome === 'not-executed' || outcome === 'blocked' ? 'unsent' : 'unknown';
}

function sendingIn(outcomes: readonly FoundEvent[]): Pick<Call, 'sentMs' | 'durationMs'> {
  const told = outcomes.find(({ data }) => msIn(data, 'sentAt') !== null);
  if (told === undefined) return { sentMs: null, durationMs: 0 };
  const { durationMs } = told.data;
  return {
    sentMs: msIn(told.data, 'sentAt'),
    durationMs: typeof durationMs === 'number' ? Math.max(0, durationMs) : 0,
  };
}

/** A status and a finding say that money moved only where no payment does. */
function sourcesIn(events: readonly FoundEvent[]): readonly Source[] {
  const payments = paymentsIn(events);
  if (payments.length > 0) {
    return inOrder(
      payments.map(({ toldBy }) => ({
        ...sourceOf(toldBy[0], 'payment'),
        statedMs: toldBy.map(statedMsOf).find((ms) => ms !== null) ?? null,
      })),
    );
  }
  const report = counting(events, 'StatusReported').find((each) => isReport(each, 'succeeded'));
  const finding = counting(events, 'CancelResolved').find((each) => isResolution(each, 'paid'));
  return inOrder([
    ...(report === undefined ? [] : [sourceOf(report, 'reported')]),
    ...(finding === undefined ? [] : [sourceOf(finding, 'resolved')]),
  ]);
}

function sourceOf(event: FoundEvent, source: Source['source']): Source {
  const { revision } = event;
  return { revision, source, statedMs: null, recordedMs: recordedMsOf(event) };
}

function inOrder(sources: readonly Source[]): readonly Source[] {
  return sources.toSorted((one, other) => one.revision - other.revision);
}

function moneyAndCall(
  { revision, source, statedMs, recordedMs }: Source,
  { begunAt, sentMs, durationMs }: Call,
): MoneyAndCall {
  const unclear = { revision, source, moved: 'unclear', by: null, apartMs: null } as const;
  if (sentMs === null) return { ...unclear, learnedMs: null };
  const learnedMs = recordedMs === null ? null : recordedMs - sentMs;
  const wasRecorded = revision < begunAt;
  // What was recorded before the call began cannot have moved after that, whatever a clock says.
  if (statedMs !== null && (!wasRecorded || statedMs < sentMs)) {
    const isOver = statedMs > sentMs + durationMs;
    const moved = statedMs < sentMs ? 'before' : isOver ? 'after' : 'during';
    const apartMs = Math.abs(statedMs - sentMs);
    return { revision, source, moved, by: 'stated', apartMs, learnedMs };
  }
  if (!wasRecorded) return { ...unclear, learnedMs };
  const apartMs = learnedMs === null || learnedMs > 0 ? null : Math.abs(learnedMs);
  return { revision, source, moved: 'before', by: 'recorded', apartMs, learnedMs };
}
