import { hasRole } from '../../machines/payment-order.events.ts';
import type { Clause, ClauseKind, Doubt, Verdict } from '../../src/report/answers/types.ts';
import { believedMs } from './oracle-calls.ts';
import type { History } from './oracle.ts';
import { paymentsOf, refundsOf } from './oracle-money.ts';
import type { Read } from './reading.ts';

export function verdictOn(history: History, doubts: readonly Doubt[]): Verdict {
  const certain = history.reads.findLast(({ isCertain }) => isCertain)?.known.anomalies ?? [];
  const acknowledged = certain.filter((anomaly) => anomaly.acknowledged);
  const open = certain.filter((anomaly) => !anomaly.acknowledged && !anomaly.retracted);
  return {
    clauses: inOrder(clausesOf(history), history.reads),
    open: open.map(({ number }) => number),
    acknowledged: acknowledged.map(({ number }) => number),
    inDoubt: doubts.filter(({ until }) => until === null).map(({ attempt }) => attempt),
    isCertain: history.reads.every(({ isCertain }) => isCertain),
  };
}

type Found = readonly [ClauseKind, readonly (Read | undefined)[]];

function clausesOf(history: History): readonly Clause[] {
  const { counting } = history;
  const all = (type: string, field?: string, value?: string) =>
    counting.filter(
      ({ event }) => event.type === type && (field === undefined || event.data[field] === value),
    );
  const reported = (status: string) => all('StatusReported', 'status', status);
  const resolved = (resolution: string) => all('CancelResolved', 'resolution', resolution);
  const firstOf = (...lists: (readonly Read[])[]) =>
    lists.flat().toSorted((one, other) => one.revision - other.revision)[0];
  const payments = paymentsOf(history).map(([first]) => first);
  const isUnpaid = payments.length === 0;
  const confirmed = all('CancelConfirmed')[0];
  const closing = firstOf(all('ClosedAtGateway'), reported('canceled'), resolved('cancelled'));
  const isClosing = closing && (!confirmed || closing.revision < confirmed.revision);
  const lastOutcome = counting.findLast(({ event }) => hasRole(event.type, 'outcome'));
  const asked = all('CancelRequested')[0];
  const found: readonly Found[] = [
    ['requested', [asked]],
    ['not-accepted', [asked ? undefined : all('CommandRejected', 'command', 'RequestCancel')[0]]],
    ['paid', payments],
    ['paid-by-report', [isUnpaid ? reported('succeeded')[0] : undefined]],
    ['paid-by-operator', [isUnpaid ? resolved('paid')[0] : undefined]],
    ['failed', [firstOf(all('PaymentFailed'), reported('failed'), resolved('failed'))]],
    ['confirmed', [confirmed]],
    ['closed', [isClosing ? closing : undefined]],
    ['refused', confirmed || isClosing ? [] : all('CancelRefused')],
    ['blocked', [lastOutcome?.event.type === 'CancelBlocked' ? lastOutcome : undefined]],
    ['abandoned', [all('CancelAbandoned').at(-1)]],
    ['refunded', refundsOf(history).map(([first]) => first)],
  ];
  const clauses = found.flatMap((one) => clauseOf(...one));
  return clauses.length > 0 ? clauses : clauseOf('created', [all('PaymentOrderCreated')[0]]);
}

function clauseOf(kind: ClauseKind, reads: readonly (Read | undefined)[]): readonly Clause[] {
  const revisions = reads.flatMap((read) => read?.revision ?? []);
  if (revisions.length === 0) return [];
  return [{ kind, revisions: revisions.toSorted((one, other) => one - other) }];
}

type Place = readonly [ms: number, revision: number];

/** In the order in which it happened, as far as that is known. */
function inOrder(clauses: readonly Clause[], reads: readonly Read[]): readonly Clause[] {
  const places = new Map<number, Place>();
  let recordedMs = -Infinity;
  for (const read of reads) {
    recordedMs = read.recordedMs ?? recordedMs;
    places.set(read.revision, [believedMs(read) ?? recordedMs, read.revision]);
  }
  const placeOf = (revision: number): Place => places.get(revision) ?? [-Infinity, revision];
  const earliest = ({ revisions }: Clause): Place =>
    revisions.map(placeOf).toSorted(compared)[0] ?? placeOf(0);
  return clauses.toSorted((one, other) => compared(earliest(one), earliest(other)));
}

function compared([oneMs, one]: Place, [otherMs, other]: Place): number {
  return oneMs === otherMs ? one - other : oneMs < otherMs ? -1 : 1;
}
