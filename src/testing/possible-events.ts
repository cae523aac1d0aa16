import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { eventRoles, hasRole, reportedStatuses } from '../../machines/payment-order.events.ts';
import { isOpen } from '../../machines/payment-order.facts.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';

const by = 'operator-1';

/** One or more events of every type that could come next, taken or not. */
export function possibleEvents(known: OrderFacts): readonly PaymentOrderEvent[] {
  return [
    ...possibleFacts(known),
    ...possibleReports(known),
    ...possibleCommands(known),
    ...possibleOutcomes(known),
  ];
}

export function possibleFacts({ amountMinor, currency }: OrderFacts): readonly PaymentOrderEvent[] {
  const isGiven = amountMinor !== undefined && currency !== undefined;
  const money = isGiven ? { amountMinor, currency } : {};
  const occurredAt = '2021-02-22T07:15:30.000Z';
  return [
    { type: 'PaymentSucceeded', factId: 'T9', transactionNo: 'T9', ...money },
    { type: 'PaymentSucceeded', factId: 'unnumbered', ...money },
    { type: 'PaymentFailed', factId: 'F9' },
    { type: 'PaymentFailed', factId: 'F8', occurredAt },
    { type: 'PaymentDeclined', factId: 'D9' },
    { type: 'PaymentRefunded', factId: 'R9', refundNo: 'R9', amountMinor: 1, currency: 'CNY' },
    { type: 'ClosedAtGateway', factId: 'C9' },
  ];
}

/** Answers to a question asked now, and to one asked before the newest event. */
export function possibleReports({ answers, revision }: OrderFacts): readonly PaymentOrderEvent[] {
  return [0, 1].flatMap((back) =>
    reportedStatuses.flatMap((status) =>
      [true, false].flatMap((conclusive) =>
        [1_000, null].map((retryInMs): PaymentOrderEvent => {
          const headRevision = Math.max(0, revision - back);
          const attempts = Math.max(0, answers.length - back);
          const report = { status, conclusive, attempts, headRevision, retryInMs };
          return { type: 'StatusReported', rule: 'possible', ...report };
        }),
      ),
    ),
  );
}

/** The revisions of what may be taken back: facts, resolutions and retractions that count. */
export function retractableIn({ history }: OrderFacts): readonly number[] {
  const retracted = new Set<number>();
  // The last one counts for certain, and what it takes back does not.
  for (const entry of history.toReversed()) {
    const counts = entry.type === 'FactRetracted' && !retracted.has(entry.revision);
    if (counts) retracted.add(entry.retracts);
  }
  return history
    .filter(({ revision }) => !retracted.has(revision))
    .filter((entry) => {
      const { type } = entry;
      if (entry.type === 'StatusReported') {
        return ['succeeded', 'failed', 'canceled'].includes(entry.status);
      }
      return hasRole(type, 'fact') || type === 'CancelResolved' || type === 'FactRetracted';
    })
    .map(({ revision }) => revision);
}

/** The events of commands. */
export function possibleCommands(known: OrderFacts): readonly PaymentOrderEvent[] {
  const { anomalies } = known;
  const open = anomalies.find(isOpen);
  const retractable = [...new Set([...retractableIn(known).slice(-3), known.revision, 0])];
  return [
    { type: 'PaymentStarted' },
    { type: 'CancelRequested' },
    { type: 'CancelRetryRequested' },
    { type: 'CancelAbandoned' },
    { type: 'CancelResolved', resolution: 'cancelled', evidence: 'bill', by },
    { type: 'CancelResolved', resolution: 'paid', evidence: 'bill', by },
    { type: 'CancelResolved', resolution: 'failed', evidence: 'bill', by },
    { type: 'CancelResolved', resolution: 'open', evidence: 'bill', by },
    { type: 'AnomalyAcknowledged', number: open?.number ?? anomalies.length + 1, by },
    ...retractable.map((revision): PaymentOrderEvent => {
      return { type: 'FactRetracted', revision, evidence: 'bill', by };
    }),
  ];
}

/** Outcomes of each attempt and of one never made, the timer, and a rejection. */
export function possibleOutcomes({ answers }: OrderFacts): readonly PaymentOrderEvent[] {
  const newest = answers.length;
  const attempts = [...new Set([newest, newest + 1, 1, newest - 1])].filter((n) => n >= 1);
  return [
    ...attempts.flatMap((attempt) =>
      eventRoles.outcome.flatMap((type): PaymentOrderEvent[] => {
        const outcome = { attempt, rule: 'possible' };
        if (type === 'CancelConfirmed' || type === 'CancelBlocked') return [{ type, ...outcome }];
        return [1_000, null].map((retryInMs) => ({ type, ...outcome, retryInMs }));
      }),
    ),
    { type: 'CancelRetryDue' },
    { type: 'CommandRejected', command: 'StartPayment', code: 'already-paid' },
  ];
}
