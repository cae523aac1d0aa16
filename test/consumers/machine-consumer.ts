// The machine is typed by XState, whose declarations are not made for every strictness.
import { cancelPaymentWith, paymentOrderMachine } from 'payment-order-machine/machine';
import { createActor, waitFor } from 'xstate';

const machine = paymentOrderMachine.provide({
  actors: {
    cancelPayment: cancelPaymentWith(({ attempt }) =>
      Promise.resolve({ type: 'CancelConfirmed', attempt, rule: 'confirmed' }),
    ),
  },
});
const actor = createActor(machine, { input: { orderNo: 'O1', processBillNo: 'F1' } }).start();
actor.send({ type: 'CancelRequested', reason: 'no more' });
const { value, context } = await waitFor(actor, (snapshot) => snapshot.hasTag('closed'));
const answers: readonly string[] = context.answers;
console.log(value, answers);
