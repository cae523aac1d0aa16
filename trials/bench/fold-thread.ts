/** One of the two folds, in a thread of its own: V8 would compile what they share for both at once. */

import { isDeepStrictEqual } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { initialTransition, transition } from 'xstate';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { createInterpreter } from '../../src/interpreter/interpreter.ts';
import type { Fold } from '../../src/interpreter/interpreter.ts';

const created = { orderNo: 'O1', processBillNo: 'F1', amountMinor: 12_800, currency: 'CNY' };
const history: readonly PaymentOrderEvent[] = [
  { type: 'PaymentStarted' },
  { type: 'CancelRequested', reason: '临时决定关单取消支付' },
  { type: 'CancelNotExecuted', attempt: 1, rule: 'connection-refused', retryInMs: 1_000 },
  { type: 'CancelRetryDue' },
  { type: 'CancelOutcomeUnknown', attempt: 2, rule: 'answer-timeout', retryInMs: 5_000 },
  { type: 'CommandRejected', command: 'RequestCancel', code: 'already-cancelling' },
  { type: 'CancelRetryDue' },
  { type: 'CancelRefused', attempt: 3, rule: 'refused', retryInMs: 15_000 },
  { type: 'PaymentSucceeded', transactionNo: 'T1', amountMinor: 12_800, currency: 'CNY' },
];
const cause = { recordedAtMs: 0, eventId: 'e', correlationId: 'c' };
const interpreter = createInterpreter(paymentOrderMachine);

function ours(): Fold {
  return history.reduce<Fold>(
    (fold, event) => {
      const next = interpreter.next(fold, event, cause);
      if (next === null) throw new Error(`${event.type} was not taken in ${fold.state}`);
      return next;
    },
    interpreter.start(created, cause),
  );
}

function xstate() {
  return history.reduce(
    (snapshot, event) => transition(paymentOrderMachine, snapshot, event)[0],
    initialTransition(paymentOrderMachine, created)[0],
  );
}

function assertEqual(): void {
  const [one, other] = [ours(), xstate()];
  if (one.state === other.value && isDeepStrictEqual(one.context, other.context)) return;
  throw new Error('the two folds differ');
}

assertEqual();
const fold = workerData === 'ours' ? ours : xstate;
parentPort?.on('message', (count: number) => {
  const startedMs = performance.now();
  for (let run = 0; run < count; run += 1) fold();
  parentPort?.postMessage((count / (performance.now() - startedMs)) * 1_000);
});
