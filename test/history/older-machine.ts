import { defaultRetryPolicy } from '../../machines/payment-order.retry-policy.ts';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import type { PaymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { KeptOrders } from '../../src/order/kept.ts';
import { PaymentOrders } from '../../src/payment-orders.ts';
import { changedMachine } from '../../src/testing/index.ts';
import { onlyGateway } from '../../src/testing/scripted-gateway.ts';
import type { world } from '../payment-orders/world.ts';

/**
 * A machine as it may have been before: version 0, in which every answer that did not say 'paid'
 * sent the order to a person, for `weighing` knew of nothing else yet.
 */
export const olderMachine = changedMachine(paymentOrderMachine, (at) => {
  at()['version'] = '0';
  at('states.cancelling.states.weighing')['always'] = [
    { guard: 'isPaid', target: 'settling' },
    { target: 'needsReview' },
  ];
  // The types of an edited configuration are lost; its events and context are the same.
}) as unknown as PaymentOrderMachine;

/** Payment orders that decide by another machine, over the same store. */
export function ordersWith(
  machine: PaymentOrderMachine,
  { store, runtime, gateway, errors }: Awaited<ReturnType<typeof world>>,
): PaymentOrders {
  const bench = {
    ...{
      store,
      runtime,
      gateways: onlyGateway({ store, runtime }, gateway),
      compiled: compileMachine(machine),
      policy: defaultRetryPolicy,
    },
    ...{ attemptDeadlineMs: 30_000, conclusiveAfterMs: 120_000, askFirst: false },
    ...{ onError: (error: unknown) => errors.push(error), kept: new KeptOrders() },
  };
  return new PaymentOrders(bench, () => Promise.resolve());
}
