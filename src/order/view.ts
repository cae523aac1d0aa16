import { inDoubt } from '../../machines/payment-order.facts.ts';
import type { OrderHistory } from '../history/order-history.ts';
import { instantOf } from '../runtime.ts';
import { allowedCommands, stateOf } from './decide.ts';
import type { CommandAnswer } from './decide.ts';
import type { OrderCancel, PaymentOrder, PendingWork, Receipt } from './types.ts';

/** The answer, with the order as it stands at the stream's head. */
export function receiptOf(answer: CommandAnswer, order: OrderHistory): Receipt {
  const view = viewOf(order);
  const { revision, hash, allowed } = view;
  return answer.kind === 'rejected'
    ? { kind: 'rejected', code: answer.code, order: view, allowed, revision, hash }
    : { kind: answer.kind, order: view, revision, hash };
}

/** The order as it is shown to callers. */
export function viewOf(order: OrderHistory): PaymentOrder {
  const { known, fold, witness } = order;
  const { orderNo, processBillNo, amountMinor, currency, payments, anomalies } = known;
  const attention = fold.snapshot.hasTag('attention');
  return {
    ...{ orderNo, processBillNo },
    ...(amountMinor === undefined ? {} : { amountMinor }),
    ...(currency === undefined ? {} : { currency }),
    state: stateOf(fold),
    stateDetail: fold.state,
    closed: fold.snapshot.hasTag('closed'),
    needsAttention: attention || anomalies.some(({ acknowledged }) => !acknowledged),
    cancel: cancelOf(order),
    payments,
    anomalies,
    pending: pendingOf(order),
    allowed: allowedCommands(order.compiled.interpreter, fold, known),
    ...witness,
  };
}

function cancelOf({ known }: OrderHistory): OrderCancel | null {
  if (known.cancel === null) return null;
  const { reason, firstAttempt } = known.cancel;
  return {
    ...(reason === undefined ? {} : { reason }),
    inDoubt: inDoubt(known),
    attempts: known.answers
      .map((answer, index) => ({ attempt: index + 1, answer }))
      .slice(firstAttempt - 1),
  };
}

function pendingOf(order: OrderHistory): readonly PendingWork[] {
  const { fold, known } = order;
  return [
    ...fold.pending.calls.map(({ cause }) => ({
      kind: 'call' as const,
      attempt: known.answers.length,
      since: instantOf(cause.recordedAtMs),
    })),
    ...fold.pending.timers.map((timer) => ({
      kind: 'timer' as const,
      event: order.raisedBy(timer).type,
      dueAt: instantOf(timer.dueAtMs),
    })),
  ];
}
