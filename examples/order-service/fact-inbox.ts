import { PaymentOrderError } from 'payment-order-machine';
import type { PaymentOrders } from 'payment-order-machine';
import type { KeptFact, KeptFacts } from './kept-facts.ts';
import { record } from './payment-facts.ts';
import type { PaymentFact } from './payment-facts.ts';

/** Facts on their way from the provider into the histories of their orders. */
export type FactInbox = {
  /** Receives a fact. When this resolves, it is durable, and recorded if its order exists. */
  receive(fact: PaymentFact): Promise<'recorded' | 'kept'>;
  /** Records the facts that were kept for an order; true if there was any. */
  deliverTo(orderNo: string): Promise<boolean>;
  /** Records every kept fact whose order exists. */
  deliverAll(): Promise<void>;
};

export type OnFailure = (error: unknown, orderNo: string) => void;

/**
 * The provider reports a payment once, perhaps before the order exists here. So a fact is kept
 * first and recorded afterwards: whichever comes second, order or fact, finds the other.
 */
export function openFactInbox(
  orders: PaymentOrders,
  kept: KeptFacts,
  onFailure: OnFailure,
): FactInbox {
  /** A fact may be recorded twice without harm, so a crash between these lines is harmless. */
  const deliver = async (keptFact: KeptFact): Promise<void> => {
    await record(orders, keptFact.fact);
    kept.forget(keptFact);
  };
  const tryToDeliver = async (keptFact: KeptFact): Promise<boolean> => {
    try {
      await deliver(keptFact);
      return true;
    } catch (error) {
      if (!has(error, 'order-not-found')) onFailure(error, keptFact.fact.orderNo);
      return false;
    }
  };
  return {
    async receive(fact) {
      const keptFact = kept.keep(fact);
      try {
        await deliver(keptFact);
        return 'recorded';
      } catch (error) {
        if (has(error, 'invalid-input')) {
          kept.forget(keptFact);
          throw error;
        }
        // The fact is durable, so the provider need not send it again.
        if (!has(error, 'order-not-found')) onFailure(error, fact.orderNo);
        return 'kept';
      }
    },
    async deliverTo(orderNo) {
      let isRecorded = false;
      for (const keptFact of kept.ofOrder(orderNo)) {
        if (await tryToDeliver(keptFact)) isRecorded = true;
      }
      return isRecorded;
    },
    async deliverAll() {
      for (const keptFact of kept.all()) await tryToDeliver(keptFact);
    },
  };
}

function has(error: unknown, code: PaymentOrderError['code']): boolean {
  return error instanceof PaymentOrderError && error.code === code;
}
