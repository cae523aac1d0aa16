import { PaymentOrderError } from 'payment-order-machine';
import type { PaymentOrders } from 'payment-order-machine';
import type { KeptFact, KeptFacts } from './kept-facts.ts';
import { factIn, record } from './payment-facts.ts';
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

/** Told of each failure; without a fact where the kept facts themselves cannot be read. */
export type OnFailure = (error: unknown, fact: Pick<KeptFact, 'key' | 'orderNo'> | null) => void;

/**
 * The provider reports a payment once, perhaps before the order exists here. So a fact is kept
 * first and recorded afterwards: whichever comes second, order or fact, finds the other. A fact
 * that cannot be read or recorded stays and is reported, and keeps no other from its order.
 */
export function openFactInbox(
  orders: PaymentOrders,
  kept: KeptFacts,
  onFailure: OnFailure,
): FactInbox {
  const reportFailure = (error: unknown, { key, orderNo }: KeptFact) => {
    if (!has(error, 'order-not-found')) onFailure(error, { key, orderNo });
  };
  /** A fact may be recorded twice without harm, so a crash between these lines is harmless. */
  const deliver = async (keptFact: KeptFact): Promise<void> => {
    await record(orders, factIn(keptFact.text));
    kept.forget(keptFact);
  };
  /** Records what can be recorded; the number of these facts. */
  const deliverEach = async (facts: () => Iterable<KeptFact>): Promise<number> => {
    let recorded = 0;
    try {
      for (const keptFact of facts()) {
        await deliver(keptFact).then(
          () => (recorded += 1),
          (error: unknown) => {
            reportFailure(error, keptFact);
          },
        );
      }
    } catch (error) {
      onFailure(error, null);
    }
    return recorded;
  };
  let delivery: Promise<unknown> | null = null;
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
        reportFailure(error, keptFact);
        return 'kept';
      }
    },
    async deliverTo(orderNo) {
      return (await deliverEach(() => kept.ofOrder(orderNo))) > 0;
    },
    async deliverAll() {
      // A slow store must not have two deliveries at once.
      delivery ??= deliverEach(() => kept.all());
      await delivery;
      delivery = null;
    },
  };
}

function has(error: unknown, code: PaymentOrderError['code']): boolean {
  return error instanceof PaymentOrderError && error.code === code;
}
