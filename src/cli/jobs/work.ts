/** What is done to every order of a store, by one thread as by many. */

import { paymentOrderMachine } from '../../../machines/payment-order.machine.ts';
import type { HistoryCheck, PaymentOrders, Replay, Verification } from '../../index.ts';
import { compareHistories } from '../../history/compare.ts';

/** What each kind of work gives for an order. */
export type Results = {
  readonly verify: Verification;
  readonly replay: Replay;
  readonly gate: GatedHistory;
};

export type Work = keyof Results;

/** One history, replayed through a machine that is about to be released. */
export type GatedHistory = {
  /** How many there are, those after a divergence included. */
  readonly events: number;
  readonly check: HistoryCheck;
  /** Where the order is open in a state that the machine does not have. */
  readonly stranded: { readonly stream: string; readonly state: string } | null;
};

/** The orders' results, in the order of their creation. */
export const works: {
  readonly [W in Work]: (orders: PaymentOrders, machine?: object) => AsyncIterable<Results[W]>;
} = {
  verify: (orders) => orders.verifyAll(),
  replay: (orders) => orders.replayAll(),
  gate: throughMachine,
};

async function* throughMachine(
  orders: PaymentOrders,
  machine: object = paymentOrderMachine,
): AsyncGenerator<GatedHistory> {
  // What is not a machine is refused also where there is no history.
  await compareHistories(machine, []);
  for await (const orderNo of orders.orderNumbers()) {
    const history = await orders.recordedEvents(orderNo);
    const { histories, stranded } = await compareHistories(machine, [history]);
    for (const check of histories) {
      yield { events: history.length, check, stranded: stranded[0] ?? null };
    }
  }
}

/** The sentences of the store's own check. */
export async function* storeFaults(orders: PaymentOrders): AsyncGenerator<string> {
  yield* await orders.checkStore();
}
