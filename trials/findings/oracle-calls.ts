import { hasRole } from '../../machines/payment-order.events.ts';
import type { CallAndMoney, Doubt, MoneyAndCall, Reply } from '../../src/report/answers/types.ts';
import type { History } from './oracle.ts';
import { paymentsOf } from './oracle-money.ts';
import { msIn, textOf } from './reading.ts';
import type { Read } from './reading.ts';

/** A call, by the events that begin and answer it. */
export type Call = {
  readonly attempt: number;
  readonly begun: Read;
  readonly outcomes: readonly Read[];
};

type Draft = Call & { readonly outcomes: Read[] };

export function callsOf({ reads }: History): readonly Call[] {
  const calls: Draft[] = [];
  for (const read of reads) {
    const { event, known } = read;
    while (calls.length < known.answers.length) {
      calls.push({ attempt: calls.length + 1, begun: read, outcomes: [] });
    }
    if (!hasRole(event.type, 'outcome')) continue;
    const { attempt } = event.data;
    const answered =
      typeof attempt === 'number'
        ? calls[attempt - 1]
        : read.isWithheld
          ? newestOut(calls, read)
          : null;
    answered?.outcomes.push(read);
  }
  return calls;
}

/** One call is out at a time, so it is that one which was answered. */
function newestOut(calls: readonly Draft[], { known }: Read): Draft | undefined {
  return calls.findLast(
    ({ attempt, outcomes }) =>
      known.answers[attempt - 1] === 'in-flight' && !outcomes.some(({ isWithheld }) => isWithheld),
  );
}

export function replyTo(call: Call, history: History, doubts: readonly Doubt[]): Reply {
  const { attempt, outcomes, begun } = call;
  const definite = outcomes.filter(({ event }) => event.type !== 'CancelOutcomeUnknown');
  const telling = definite.at(-1) ?? outcomes[0];
  return {
    attempt,
    revision: (outcomes.at(-1) ?? begun).revision,
    outcome: outcomeOf(call, history),
    rule: textOf(telling?.event.data['rule']),
    isOpen: doubts.some((doubt) => doubt.attempt === attempt && doubt.until === null),
  };
}

function outcomeOf({ attempt, outcomes }: Call, { atEnd }: History): Reply['outcome'] {
  const answer = atEnd.answers[attempt - 1] ?? 'in-flight';
  const isWithheld = outcomes.some((outcome) => outcome.isWithheld);
  return answer === 'in-flight' && isWithheld ? 'withheld' : answer;
}

/** Sources of money, each with the events that tell of it. */
type Source = {
  readonly source: MoneyAndCall['source'];
  readonly told: readonly [Read, ...Read[]];
};

function sourcesOf(history: History): readonly Source[] {
  const payments = paymentsOf(history).map((told) => ({ source: 'payment' as const, told }));
  const first = (type: string, field: string, value: string) =>
    history.counting.find(({ event }) => event.type === type && event.data[field] === value);
  const reported = first('StatusReported', 'status', 'succeeded');
  const resolved = first('CancelResolved', 'resolution', 'paid');
  const others: Source[] = [];
  if (reported) others.push({ source: 'reported', told: [reported] });
  if (resolved) others.push({ source: 'resolved', told: [resolved] });
  const all: readonly Source[] = payments.length > 0 ? payments : others;
  return all.toSorted((one, other) => one.told[0].revision - other.told[0].revision);
}

export function callAndMoney(call: Call, history: History): CallAndMoney {
  const { attempt, outcomes, begun } = call;
  const sentBy = outcomes.find(({ event }) => msIn(event.data, 'sentAt') !== null);
  const sentMs = sentBy ? msIn(sentBy.event.data, 'sentAt') : null;
  const duration = sentBy?.event.data['durationMs'];
  const span =
    sentMs === null
      ? null
      : { sentMs, untilMs: sentMs + (typeof duration === 'number' ? duration : 0) };
  return {
    attempt,
    revision: (outcomes[0] ?? begun).revision,
    sending: sentMs === null ? withoutTime(outcomeOf(call, history)) : 'sent',
    sentMs,
    money: sourcesOf(history).map((source) => ({
      revision: source.told[0].revision,
      source: source.source,
      ...(span === null ? unclear : movedBy(source, span, begun)),
      learnedMs: difference(source.told[0].recordedMs, sentMs),
    })),
  };
}

function withoutTime(outcome: Reply['outcome']): CallAndMoney['sending'] {
  if (outcome === 'withheld') return 'withheld';
  return outcome === 'not-executed' || outcome === 'blocked' ? 'unsent' : 'unknown';
}

type Span = { readonly sentMs: number; readonly untilMs: number };

const unclear = { moved: 'unclear', by: null, apartMs: null } as const;

function movedBy(
  { source, told }: Source,
  { sentMs, untilMs }: Span,
  begun: Read,
): Pick<MoneyAndCall, 'moved' | 'by' | 'apartMs'> {
  const statedMs = source === 'payment' ? firstTime(told) : null;
  const wasKnown = told[0].revision < begun.revision;
  if (statedMs !== null && (statedMs < sentMs || !wasKnown)) {
    const moved = statedMs < sentMs ? 'before' : statedMs <= untilMs ? 'during' : 'after';
    return { moved, by: 'stated', apartMs: Math.abs(statedMs - sentMs) };
  }
  if (!wasKnown) return unclear;
  const apartMs = difference(sentMs, told[0].recordedMs);
  return {
    moved: 'before',
    by: 'recorded',
    apartMs: apartMs === null || apartMs < 0 ? null : apartMs,
  };
}

function firstTime(told: readonly Read[]): number | null {
  return told.map(believedMs).find((ms) => ms !== null) ?? null;
}

/** When it occurred by its source; null where that gave no time, or none that is before the recording. */
export function believedMs({ occurredMs, recordedMs }: Read): number | null {
  if (occurredMs === null || recordedMs === null) return null;
  return occurredMs > recordedMs ? null : occurredMs;
}

export function difference(later: number | null, earlier: number | null): number | null {
  return later === null || earlier === null ? null : later - earlier;
}
