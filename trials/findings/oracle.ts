import { hasRole } from '../../machines/payment-order.events.ts';
import type { FoundEvent } from '../../src/history/event.ts';
import type { Act, Answers, Knowledge, Report } from '../../src/report/answers/types.ts';
import type { DeclaredFacts } from '../../src/testing/declared-known.ts';
import { knownAtFirst } from '../../src/testing/declared-known.ts';
import { callAndMoney, callsOf, difference, replyTo } from './oracle-calls.ts';
import { doubtsOf } from './oracle-doubts.ts';
import { verdictOn } from './oracle-verdict.ts';
import { readAll, textOf } from './reading.ts';
import type { Read } from './reading.ts';

// Every answer of a report, derived a second time from the stored events alone, by what the types of
// the answers say in words. It shares those types, the schemas of the events and the kit's declared
// facts with the report, and no code.

export type History = {
  readonly orderNo: string;
  readonly reads: readonly Read[];
  /** Those that nobody took back. */
  readonly counting: readonly Read[];
  /** The event that takes a revision back. */
  readonly retractedBy: ReadonlyMap<number, number>;
  readonly atEnd: DeclaredFacts;
};

export function oracleAnswers(events: readonly FoundEvent[]): Answers {
  const history = historyOf(events);
  const { reads } = history;
  const doubts = doubtsOf(history);
  const calls = callsOf(history);
  return {
    verdict: verdictOn(history, doubts),
    requests: reads.filter(asksToCancel).map((read) => act(read, history)),
    calls: calls.map((call) => callAndMoney(call, history)),
    replies: calls.map((call) => replyTo(call, history, doubts)),
    reports: reads.flatMap((read) => reportOf(read, history)),
    knowledge: reads.flatMap((read) => knowledgeOf(read, history)),
    doubts,
    overrides: reads.filter(isByOperator).map((read) => act(read, history)),
  };
}

function historyOf(events: readonly FoundEvent[]): History {
  const reads = readAll(events);
  const retractedBy = retractionsAmong(reads);
  const atEnd = reads.at(-1)?.known ?? knownAtFirst({ orderNo: '', processBillNo: '' });
  return {
    orderNo:
      atEnd.orderNo === ''
        ? (events[0]?.stream ?? '').replace(/^paymentOrder-/, '')
        : atEnd.orderNo,
    reads,
    counting: reads.filter(({ revision }) => !retractedBy.has(revision)),
    retractedBy,
    atEnd,
  };
}

/** Only what may be wrong is taken back, after it was recorded, and once. */
function retractionsAmong(reads: readonly Read[]): ReadonlyMap<number, number> {
  let taken: readonly (readonly [by: number, target: number])[] = [];
  let retractedBy = new Map<number, number>();
  for (const [index, { event, revision }] of reads.entries()) {
    const target = event.data['revision'];
    if (event.type !== 'FactRetracted' || typeof target !== 'number') continue;
    const named = reads.slice(0, index).find((read) => read.revision === target);
    if (named === undefined || !mayBeWrong(named) || retractedBy.has(target)) continue;
    taken = [[revision, target], ...taken];
    retractedBy = new Map();
    // The last one counts for certain, and says which of the others do.
    for (const [by, of] of taken) if (!retractedBy.has(by)) retractedBy.set(of, by);
  }
  return retractedBy;
}

function mayBeWrong({ event: { type, data } }: Read): boolean {
  const { status } = data;
  const isEnd = status !== 'pending' && status !== 'unknown' && status !== 'unavailable';
  if (type === 'StatusReported') return isEnd;
  return hasRole(type, 'fact') || type === 'CancelResolved' || type === 'FactRetracted';
}

function act({ event, revision }: Read, { retractedBy }: History): Act {
  const isRejected = event.type === 'CommandRejected';
  return { revision, isRejected, retractedBy: retractedBy.get(revision) ?? null };
}

function asksToCancel({ event: { type, data } }: Read): boolean {
  if (type === 'CommandRejected') {
    return data['command'] === 'RequestCancel' || data['command'] === 'RetryCancel';
  }
  return type === 'CancelRequested' || type === 'CancelRetryRequested';
}

function isByOperator({ event: { type, metadata } }: Read): boolean {
  if (hasRole(type, 'decidedByOperator')) return true;
  const { actor } = metadata;
  const isOperator =
    typeof actor === 'object' && actor !== null && 'kind' in actor && actor.kind === 'operator';
  return isOperator && (hasRole(type, 'fact') || hasRole(type, 'report'));
}

const statuses: ReadonlySet<unknown> = new Set([
  ...['pending', 'succeeded', 'failed', 'canceled', 'unknown', 'unavailable'],
]);
const ends: ReadonlySet<unknown> = new Set(['succeeded', 'failed', 'canceled']);

function reportOf({ event, revision }: Read, { retractedBy }: History): readonly Report[] {
  const status = textOf(event.data['status']);
  if (event.type !== 'StatusReported' || !statuses.has(status)) return [];
  // It is one of those that stand above.
  const told = status as Report['status'];
  return [{ revision, status: told, retractedBy: retractedBy.get(revision) ?? null }];
}

function knowledgeOf(read: Read, { retractedBy }: History): readonly Knowledge[] {
  const { revision, recordedMs, occurredMs } = read;
  const by = tellsBy(read);
  if (by === null) return [];
  const lateMs = difference(recordedMs, occurredMs);
  return [{ revision, by, lateMs, retractedBy: retractedBy.get(revision) ?? null }];
}

function tellsBy({ event: { type, data } }: Read): Knowledge['by'] | null {
  if (hasRole(type, 'fact')) return 'fact';
  if (type === 'CancelConfirmed') return 'answer';
  if (type === 'StatusReported' && ends.has(data['status'])) return 'report';
  if (type === 'CancelResolved' && data['resolution'] !== 'open') return 'resolution';
  return null;
}
