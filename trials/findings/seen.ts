import type { FoundEvent } from '../../src/history/event.ts';
import type { AttemptRecord } from '../../src/timeline/attempts.ts';
import type {
  Answers,
  CallAndMoney,
  ClauseKind,
  Doubt,
  Knowledge,
  MoneyAndCall,
} from '../../src/report/answers/types.ts';

/** How often each thing was seen that random histories must come across. */
export type Seen = Map<string, number>;

/** As records, so that what is added must be added here. */
const clauses: Record<ClauseKind, 0> = {
  ...{ 'not-accepted': 0 },
  ...{ created: 0, requested: 0, paid: 0, 'paid-by-report': 0, 'paid-by-operator': 0, failed: 0 },
  ...{ confirmed: 0, closed: 0, refused: 0, blocked: 0, abandoned: 0, refunded: 0 },
};
const outcomes: Record<AttemptRecord['outcome'], 0> = {
  ...{ 'in-flight': 0, confirmed: 0, refused: 0, 'not-executed': 0, blocked: 0, unknown: 0 },
  ...{ resolved: 0, settled: 0, 'not-seen': 0, withheld: 0 },
};
const sendings: Record<CallAndMoney['sending'], 0> = {
  sent: 0,
  unsent: 0,
  unknown: 0,
  withheld: 0,
};
const sources: Record<MoneyAndCall['source'], 0> = { payment: 0, reported: 0, resolved: 0 };
const ways: Record<Knowledge['by'], 0> = { fact: 0, answer: 0, report: 0, resolution: 0 };

const circumstances = {
  'moved before, as stated': 0,
  'moved before, as recorded': 0,
  'moved during, as stated': 0,
  'moved after, as stated': 0,
  'moved unclear': 0,
  'two payments and one call': 0,
  'money known before the call': 0,
  'money learned after the call': 0,
  late: 0,
  early: 0,
  'without two times': 0,
  'a doubt that lasts': 0,
  'a doubt that lasts though the order is paid': 0,
  'a doubt that ended': 0,
  'a doubt with a retraction in it': 0,
  'an open anomaly': 0,
  'an acknowledged anomaly': 0,
  'not certain': 0,
  'a rejected request': 0,
  'a retracted decision': 0,
  'a retracted report': 0,
  'a retracted cause of knowledge': 0,
  'clauses in another order than their revisions': 0,
  'an event of unknown type': 0,
  'a clock set back': 0,
};

export const nothingSeen = (): Seen => {
  const groups = { clause: clauses, outcome: outcomes, sending: sendings, source: sources };
  const all = Object.entries({ ...groups, 'known by': ways, 'doubt ended by': doubtEnds }).flatMap(
    ([name, group]) => Object.keys(group).map((each) => `${name} ${each}`),
  );
  return new Map([...all, ...Object.keys(circumstances)].map((what) => [what, 0]));
};

/** The types of the events that can end a doubt. */
const doubtEnds = {
  ...{ CancelConfirmed: 0, CancelRefused: 0, CancelNotExecuted: 0, CancelBlocked: 0 },
  ...{ CancelResolved: 0, StatusReported: 0, ClosedAtGateway: 0, AnomalyAcknowledged: 0 },
  ...{ FactRetracted: 0 },
};

type Circumstance = keyof typeof circumstances;

export function countInto(seen: Seen, events: readonly FoundEvent[], answers: Answers): void {
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  const countIf = (isSeen: boolean, what: Circumstance) => isSeen && count(what);
  for (const { kind } of answers.verdict.clauses) count(`clause ${kind}`);
  for (const { outcome } of answers.replies) count(`outcome ${outcome}`);
  for (const call of answers.calls) {
    count(`sending ${call.sending}`);
    countIf(call.sending === 'sent' && call.money.length > 1, 'two payments and one call');
    for (const money of call.money) {
      count(`source ${money.source}`);
      count(money.by === null ? 'moved unclear' : `moved ${money.moved}, as ${money.by}`);
      const { learnedMs } = money;
      if (learnedMs === null) continue;
      countIf(learnedMs < 0, 'money known before the call');
      countIf(learnedMs > 0, 'money learned after the call');
    }
  }
  for (const { by, lateMs, retractedBy } of answers.knowledge) {
    count(`known by ${by}`);
    count(lateMs === null ? 'without two times' : lateMs < 0 ? 'early' : 'late');
    countIf(retractedBy !== null, 'a retracted cause of knowledge');
  }
  const { verdict, requests, overrides, reports } = answers;
  countIf(verdict.open.length > 0, 'an open anomaly');
  countIf(verdict.acknowledged.length > 0, 'an acknowledged anomaly');
  countIf(!verdict.isCertain, 'not certain');
  countIf(
    requests.some(({ isRejected }) => isRejected),
    'a rejected request',
  );
  const isTaken = ({ retractedBy }: { readonly retractedBy: number | null }) =>
    retractedBy !== null;
  countIf(overrides.some(isTaken), 'a retracted decision');
  countIf(reports.some(isTaken), 'a retracted report');
  const firsts = verdict.clauses.map(({ revisions }) => revisions[0] ?? 0);
  const isMoved = firsts.some((revision, index) => revision < (firsts[index - 1] ?? 0));
  countIf(isMoved, 'clauses in another order than their revisions');
  for (const doubt of answers.doubts) countDoubt(seen, events, doubt);
  countIf(
    events.some(({ type }) => type === 'SomethingElse'),
    'an event of unknown type',
  );
  const times = events.map(({ metadata }) => Date.parse(String(metadata['recordedAt'])));
  countIf(
    times.some((ms, index) => ms < (times[index - 1] ?? 0)),
    'a clock set back',
  );
}

function countDoubt(seen: Seen, events: readonly FoundEvent[], { until, from }: Doubt): void {
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  const isPaid = events.at(-1)?.metadata['to'] === 'paid';
  count(until === null ? 'a doubt that lasts' : 'a doubt that ended');
  if (until === null && isPaid) count('a doubt that lasts though the order is paid');
  if (until !== null) count(`doubt ended by ${events[until]?.type ?? ''}`);
  const later = events.slice(from + 1, until ?? undefined);
  if (later.some(({ type }) => type === 'FactRetracted')) count('a doubt with a retraction in it');
}
