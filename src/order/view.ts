import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { received, refunded } from '../../machines/payment-order.money.ts';
import { compact } from '../compact.ts';
import { isInDoubt } from '../history/doubt.ts';
import type { OrderHistory } from '../history/load.ts';
import { instantOf } from '../runtime.ts';
import { anomaliesOf, standing } from './attention.ts';
import { allowedCommands, stateOf } from './commands.ts';
import type { CommandAnswer, OrderCancel, PaymentOrder, PendingWork, Receipt } from './types.ts';

/** What a view is made of: a machine, what it folded to, and the head of what was folded. */
export type FoldedOrder = Pick<
  OrderHistory,
  'compiled' | 'fold' | 'known' | 'instants' | 'witness'
>;

/** The answer, with the order as it stands at the stream's head. */
export function receiptOf(answer: CommandAnswer, folded: OrderHistory): Receipt {
  const order = viewOf(folded);
  const { position } = folded.head;
  const { revision, hash, allowed } = order;
  return answer.kind === 'rejected'
    ? { ...answer, order, allowed, revision, hash, position }
    : { ...answer, order, revision, hash, position };
}

/** The order as callers and the report see it. What they do to it changes no order that is kept. */
export function viewOf(folded: FoldedOrder): PaymentOrder {
  const { compiled, known, fold, instants, witness } = folded;
  const { orderNo, processBillNo, amountMinor, currency, gateway, payments, refunds } = known;
  const { createdAt, since, doubtSince, dueAt, lastRule } = instants;
  const state = stateOf(fold);
  const anomalies = anomaliesOf(known, instants);
  const reasons = standing({ stateDetail: fold.state, since, lastRule, anomalies });
  return compact({
    orderNo,
    processBillNo,
    amountMinor,
    currency,
    gateway: gateway === null ? null : { ...gateway },
    state,
    stateDetail: fold.state,
    createdAt,
    since,
    closed: fold.tags.has('closed'),
    needsAttention: reasons.length === 0 ? null : reasons,
    doubtSince,
    dueAt,
    lastRule,
    cancel: cancelOf(known, fold.state),
    payments: payments.map((payment) => ({ ...payment })),
    received: received(known),
    refunds: refunds.map((refund) => ({ ...refund })),
    refunded: refunded(known),
    anomalies,
    pending: pendingOf(folded),
    allowed: allowedCommands(compiled.interpreter, fold, known),
    revision: witness.revision,
    hash: witness.hash,
  });
}

function cancelOf(known: OrderFacts, state: string): OrderCancel | null {
  if (known.cancel === null) return null;
  const { reason, firstAttempt } = known.cancel;
  const attempts = known.answers.map((answer, index) => ({ attempt: index + 1, answer }));
  return compact({
    reason,
    inDoubt: isInDoubt(known, state),
    attempts: attempts.slice(firstAttempt - 1),
  });
}

function pendingOf({ compiled, fold, known }: FoldedOrder): readonly PendingWork[] {
  const calls = fold.pending.calls.map(({ cause }) => ({
    kind: 'call' as const,
    attempt: known.answers.length,
    since: instantOf(cause.recordedAtMs),
  }));
  const timers = fold.pending.timers.map(({ id, dueAtMs }) => ({
    kind: 'timer' as const,
    event: compiled.interpreter.raisedBy(fold, id).type,
    dueAt: instantOf(dueAtMs),
  }));
  return [...calls, ...timers];
}
