import { PaymentOrderError } from 'payment-order-machine';
import type { PaymentOrders } from 'payment-order-machine';
import type { KeptFact, KeptFacts } from './kept-facts.ts';
import { record } from './payment-facts.ts';
import type { PaymentFact } from './payment-facts.ts';

export type FactDesk = {
  /** Takes a fact in: durable when this resolves, in its order's history if there is one. */
  take(fact: PaymentFact): Promise<'recorded' | 'kept'>;
  /** Brings what was kept for an order; true where something was recorded. */
  bringFor(orderNo: string): Promise<boolean>;
  /** Brings all that was kept: at start, and now and then. */
  bringAll(): Promise<void>;
};

export type Trouble = (error: unknown, orderNo: string) => void;

/**
 * A provider may know of a payment before we know of the order, and it tells us once. So a fact is
 * kept first and recorded then: whichever of the order and its fact comes second finds the other.
 */
export function openFactDesk(orders: PaymentOrders, kept: KeptFacts, trouble: Trouble): FactDesk {
  /** Recording a fact twice does no harm, so a crash between these two lines does none either. */
  const bring = async (keptFact: KeptFact): Promise<void> => {
    await record(orders, keptFact.fact);
    kept.forget(keptFact);
  };
  const tryToBring = async (keptFact: KeptFact): Promise<boolean> => {
    try {
      await bring(keptFact);
      return true;
    } catch (error) {
      if (!has(error, 'order-not-found')) trouble(error, keptFact.fact.orderNo);
      return false;
    }
  };
  return {
    async take(fact) {
      const keptFact = kept.keep(fact);
      try {
        await bring(keptFact);
        return 'recorded';
      } catch (error) {
        if (has(error, 'invalid-input')) {
          kept.forget(keptFact);
          throw error;
        }
        // Whatever else it is, the fact is safe: the provider need not bring it again.
        if (!has(error, 'order-not-found')) trouble(error, fact.orderNo);
        return 'kept';
      }
    },
    async bringFor(orderNo) {
      let isBrought = false;
      for (const keptFact of kept.ofOrder(orderNo)) {
        if (await tryToBring(keptFact)) isBrought = true;
      }
      return isBrought;
    },
    async bringAll() {
      for (const keptFact of kept.all()) await tryToBring(keptFact);
    },
  };
}

function has(error: unknown, code: PaymentOrderError['code']): boolean {
  return error instanceof PaymentOrderError && error.code === code;
}
