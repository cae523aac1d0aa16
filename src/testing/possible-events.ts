import { whyNotRetractable } from '../../machines/payment-order.remembered.ts';
import { isOpen } from '../../machines/payment-order.facts.ts';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { eventRoles } from '../../machines/payment-order.events.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';

const by = 'operator-1';

/** One or more events of every type that could come next, taken or not. */
export function possibleEvents(known: OrderFacts): readonly PaymentOrderEvent[] {
  return [...possibleFacts(known), ...possibleCommands(known), ...possibleOutcomes(known)];
}

export function possibleFacts({ amountMinor, currency }: OrderFacts): readonly PaymentOrderEvent[] {
  const isGiven = amountMinor !== undefined && currency !== undefined;
  const money = isGiven ? { amountMinor, currency } : {};
  return [
    { type: 'PaymentSucceeded', factId: 'T9', transactionNo: 'T9', ...money },
    { type: 'PaymentFailed', factId: 'F9' },
    { type: 'PaymentDeclined', factId: 'D9' },
    { type: 'PaymentRefunded', factId: 'R9', refundNo: 'R9', amountMinor: 1, currency: 'CNY' },
    { type: 'ClosedAtGateway', factId: 'C9' },
  ];
}

/** The events of commands. */
export function possibleCommands({ anomalies, history }: OrderFacts): readonly PaymentOrderEvent[] {
  const retractable = history.filter(
    ({ revision }) => whyNotRetractable(history, revision) === null,
  );
  const open = anomalies.find(isOpen);
  return [
    { type: 'PaymentStarted' },
    { type: 'CancelRequested' },
    { type: 'CancelRetryRequested' },
    { type: 'CancelAbandoned' },
    { type: 'CancelResolved', resolution: 'cancelled', evidence: 'bill', by },
    { type: 'CancelResolved', resolution: 'paid', evidence: 'bill', by },
    { type: 'CancelResolved', resolution: 'failed', evidence: 'bill', by },
    { type: 'CancelResolved', resolution: 'open', evidence: 'bill', by },
    ...[0, ...retractable.map(({ revision }) => revision)].map((revision) => ({
      ...{ type: 'FactRetracted' as const, revision, evidence: 'bill', by },
    })),
    { type: 'AnomalyAcknowledged', number: open?.number ?? anomalies.length + 1, by },
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
