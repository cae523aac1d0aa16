import { eventRoles } from '../../../machines/payment-order.events.ts';
import type { EventType } from '../../../machines/payment-order.events.ts';
import type { FoundEvent } from '../../history/event.ts';
import { isReport, isResolution, recordedMsOf, statedMsOf } from './events-told.ts';
import { counting, paymentsIn, refundsIn } from './money.ts';
import type { Clause, ClauseKind } from './types.ts';

type Found = readonly [kind: ClauseKind, events: readonly FoundEvent[]];

/** What decides how an order ended, in the order in which it happened. */
export function clausesIn(events: readonly FoundEvent[]): readonly Clause[] {
  const found = [...moneyIn(events), ...cancelIn(events), ...endsIn(events)].filter(
    ([, [first]]) => first !== undefined,
  );
  const created: Found = ['created', first(counting(events, 'PaymentOrderCreated'))];
  const whenOf = whenIn(events);
  return (found.length > 0 ? found : [created])
    .map(([kind, told]) => ({ kind, revisions: told.map(({ revision }) => revision) }))
    .filter(({ revisions }) => revisions.length > 0)
    .map((clause) => ({ clause, when: clause.revisions.map(whenOf).toSorted(byTime)[0] }))
    .toSorted((one, other) => byTime(one.when, other.when))
    .map(({ clause }) => ({ ...clause, revisions: clause.revisions.toSorted((a, b) => a - b) }));
}

function moneyIn(events: readonly FoundEvent[]): readonly Found[] {
  const payments = paymentsIn(events);
  const isPaid = payments.length > 0;
  const reports = counting(events, 'StatusReported');
  const findings = counting(events, 'CancelResolved');
  return [
    ['paid', payments.map(({ toldBy }) => toldBy[0])],
    ['paid-by-report', isPaid ? [] : first(reports, (event) => isReport(event, 'succeeded'))],
    ['paid-by-operator', isPaid ? [] : first(findings, (event) => isResolution(event, 'paid'))],
    ['refunded', refundsIn(events).map(({ toldBy }) => toldBy[0])],
  ];
}

function cancelIn(events: readonly FoundEvent[]): readonly Found[] {
  const [confirmed, closed] = [first(counting(events, 'CancelConfirmed')), closedIn(events)];
  const isClosedFirst = (closed[0]?.revision ?? Infinity) < (confirmed[0]?.revision ?? Infinity);
  const isRefused = confirmed.length === 0 && closed.length === 0;
  const requested = first(counting(events, 'CancelRequested'));
  const rejected = counting(events, 'CommandRejected').filter(
    ({ data }) => data['command'] === 'RequestCancel',
  );
  const outcomes = eventRoles.outcome.flatMap((type) => counting(events, type));
  const last = outcomes.toSorted((one, other) => one.revision - other.revision).slice(-1);
  return [
    ['requested', requested],
    ['not-accepted', requested.length > 0 ? [] : first(rejected)],
    ['confirmed', confirmed],
    ['closed', isClosedFirst ? closed : []],
    ['refused', isRefused ? counting(events, 'CancelRefused') : []],
    ['blocked', last.filter(({ type }) => type === 'CancelBlocked')],
    ['abandoned', counting(events, 'CancelAbandoned').slice(-1)],
  ];
}

function closedIn(events: readonly FoundEvent[]): readonly FoundEvent[] {
  return firstOf(events, ['ClosedAtGateway', 'canceled', 'cancelled']);
}

function endsIn(events: readonly FoundEvent[]): readonly Found[] {
  return [['failed', firstOf(events, ['PaymentFailed', 'failed', 'failed'])]];
}

/** The first fact, status or finding of one meaning. */
function firstOf(
  events: readonly FoundEvent[],
  [type, status, resolution]: readonly [EventType, 'canceled' | 'failed', string],
): readonly FoundEvent[] {
  const told = [
    ...first(counting(events, type)),
    ...first(counting(events, 'StatusReported'), (event) => isReport(event, status)),
    ...first(counting(events, 'CancelResolved'), (event) => isResolution(event, resolution)),
  ];
  return first(told.toSorted((one, other) => one.revision - other.revision));
}

function first(
  events: readonly FoundEvent[],
  isWanted: (event: FoundEvent) => boolean = () => true,
): readonly FoundEvent[] {
  return events.filter(isWanted).slice(0, 1);
}

type When = readonly [ms: number, revision: number];

function byTime(one: When = [0, 0], other: When = [0, 0]): number {
  const [ms, revision] = one;
  const [otherMs, otherRevision] = other;
  return ms === otherMs ? revision - otherRevision : ms < otherMs ? -1 : 1;
}

/** When each event happened; one whose time cannot be read stands where the one before was recorded. */
function whenIn(events: readonly FoundEvent[]): (revision: number) => When {
  const when = new Map<number, number>();
  let lastMs = -Infinity;
  for (const event of events) {
    lastMs = recordedMsOf(event) ?? lastMs;
    when.set(event.revision, statedMsOf(event) ?? lastMs);
  }
  return (revision) => [when.get(revision) ?? -Infinity, revision];
}
