/** The facts of payment orders: what happened to the money, told by whoever knows it. */

import { handleFact } from './order/handle.ts';
import type { HandlerDependencies } from './order/handle.ts';
import { parseFact } from './order/input.ts';
import type { FactInput, Receipt } from './order/types.ts';
import { PaymentOrderQueries } from './payment-order-queries.ts';

/** What is recorded of payment orders without a decision: money has moved, whatever the state is. */
export abstract class PaymentOrderFacts extends PaymentOrderQueries {
  /** @internal */
  protected abstract override open(): HandlerDependencies;

  /**
   * Records that money was received. Never rejected, and never undone by a later fact.
   * @example await orders.recordPaymentSucceeded('O1', { transactionNo: 'T1' });
   */
  async recordPaymentSucceeded(
    orderNo: string,
    fact: FactInput<'PaymentSucceeded'>,
  ): Promise<Receipt> {
    return handleFact(this.open(), parseFact(orderNo, 'PaymentSucceeded', fact));
  }

  /**
   * Records that the payment failed at the channel. Never rejected.
   * @example await orders.recordPaymentFailed('O1', { code: 'insufficient-funds' });
   */
  async recordPaymentFailed(
    orderNo: string,
    fact: FactInput<'PaymentFailed'> = {},
  ): Promise<Receipt> {
    return handleFact(this.open(), parseFact(orderNo, 'PaymentFailed', fact));
  }

  /**
   * Records that one attempt of the payer failed. The order stays payable. Never rejected.
   * @example await orders.recordPaymentDeclined('O1', { code: '余额不足' });
   */
  async recordPaymentDeclined(
    orderNo: string,
    fact: FactInput<'PaymentDeclined'> = {},
  ): Promise<Receipt> {
    return handleFact(this.open(), parseFact(orderNo, 'PaymentDeclined', fact));
  }

  /**
   * Records that money went back. Never rejected; the order stays where it is.
   * @example await orders.recordPaymentRefunded('O1', { refundNo: 'R1', amountMinor: 12800, currency: 'CNY' });
   */
  async recordPaymentRefunded(
    orderNo: string,
    fact: FactInput<'PaymentRefunded'>,
  ): Promise<Receipt> {
    return handleFact(this.open(), parseFact(orderNo, 'PaymentRefunded', fact));
  }

  /**
   * Records that the platform or the channel closed the order, and why (`cause`). Never rejected.
   * @example await orders.recordClosedAtGateway('O1', { cause: 'expired' });
   */
  async recordClosedAtGateway(
    orderNo: string,
    fact: FactInput<'ClosedAtGateway'> = {},
  ): Promise<Receipt> {
    return handleFact(this.open(), parseFact(orderNo, 'ClosedAtGateway', fact));
  }
}
