import { inDoubt, isOpen } from '../../machines/payment-order.facts.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { received, refunded } from '../../machines/payment-order.money.ts';
import { compact } from '../compact.ts';
import type { OrderHistory } from '../history/load.ts';
import { instantOf } from '../runtime.ts';
import { allowedCommands, stateOf } from './commands.ts';
import type {
  CommandAnswer,
  OrderCancel,
  OrderState,
  PaymentOrder,
  PendingWork,
  Receipt,
} from './types.ts';

/** What a view is made of: a machine, what it folded to, and the head of what was folded. */
export type FoldedOrder = Pick<OrderHistory, 'compiled' | 'fold' | 'known' | 'witness'>;

/** The answer, with the order as it stands at the stream's head. */
export function receiptOf(answer: CommandAnswer, folded: FoldedOrder): Receipt {
  const order = viewOf(folded);
  const { revision, hash, allowed } = order;
  return answer.kind === 'rejected'
    ? { ...answer, order, allowed, revision, hash }
    : { ...answer, order, revision, hash };
}

/** The order as callers and the report see it. */
export function viewOf(folded: FoldedOrder): PaymentOrder {
  const { compiled, known, fold, witness } = folded;
  const { orderNo, processBillNo, amountMinor, currency, payments, refunds, anomalies } = known;
  const state = stateOf(fold);
  return compact({
    orderNo,
    processBillNo,
    amountMinor,
    currency,
    state,
    stateDetail: fold.state,
    closed: fold.snapshot.hasTag('closed'),
    needsAttention: fold.snapshot.hasTag('attention') || anomalies.some(isOpen),
    cancel: cancelOf(known, state),
    payments,
    received: received(known),
    refunds,
    refunded: refunded(known),
    anomalies,
    pending: pendingOf(folded),
    allowed: allowedCommands(compiled.interpreter, fold, known),
    revision: witness.revision,
    hash: witness.hash,
  });
}

function cancelOf(known: OrderFacts, state: OrderState): OrderCancel | null {
  if (known.cancel === null) return null;
  const { reason, firstAttempt } = known.cancel;
  const attempts = known.answers.map((answer, index) => ({ attempt: index + 1, answer }));
  return compact({
    reason,
    // A closing made the doubt moot: the order is cancelled, whichever attempt did it.
    inDoubt: state !== 'cancelled' && inDoubt(known),
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
