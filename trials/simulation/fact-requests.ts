import type { Request } from './client.ts';
import { epochMs } from './clock.ts';
import type { Row } from './log.ts';
import { textOf } from './log.ts';
import { money } from './money.ts';
import type { Platform, Refund, Transaction } from './platform.ts';
import type { Sim } from './sim.ts';
import { count } from './seen.ts';
import type { Act } from './workload.ts';

type FactAct = Extract<Act, 'pay' | 'refund' | 'mistake' | 'decline' | 'fail' | 'expire'>;

/** What the channel says, and now and then of the wrong order: sent until it is recorded. */
export class Facts {
  readonly #sim: Sim;
  readonly #platform: Platform;
  #ids = 0;

  constructor(sim: Sim, platform: Platform) {
    this.#sim = sim;
    this.#platform = platform;
  }

  of(act: FactAct, orderNo: string): readonly Request[] {
    const { seen } = this.#sim;
    switch (act) {
      case 'pay':
        return this.#payments(orderNo);
      case 'refund': {
        const refund = this.#platform.refund(orderNo);
        if (refund === null) return [];
        count(seen, 'fault refund');
        return this.#copies(() => refunded(orderNo, refund));
      }
      case 'mistake': {
        count(seen, 'fault mistakenPayment');
        // Of another order: the platform knows no such payment of this one.
        const transaction = { transactionNo: `T1-X${orderNo}`, occurredAt: this.#now() };
        return [paid(orderNo, transaction)];
      }
      case 'expire':
        if (!this.#platform.expire(orderNo)) return [];
        count(seen, 'fault expiry');
        return [closed(orderNo)];
      case 'fail':
        this.#platform.fail(orderNo);
        return [this.#said('failed', orderNo)];
      case 'decline':
        return [this.#said('declined', orderNo)];
    }
  }

  billOf(orderNo: string): readonly Request[] {
    const { state, transactions, refunds } = this.#platform.order(orderNo);
    return [
      ...transactions.map((transaction) => paid(orderNo, transaction)),
      ...refunds.map((refund) => refunded(orderNo, refund)),
      ...(state === 'closed' ? [closed(orderNo)] : []),
    ];
  }

  /** Whether the platform knows of it. */
  isTrue(orderNo: string, { type, data }: Pick<Row, 'type' | 'data'>): boolean {
    const { transactions, refunds } = this.#platform.order(orderNo);
    switch (type) {
      case 'PaymentSucceeded':
        return transactions.some(({ transactionNo }) =>
          textOf(data['factId']).endsWith(transactionNo),
        );
      case 'PaymentRefunded':
        return refunds.some(({ refundNo }) => refundNo === data['refundNo']);
      default:
        return type === 'ClosedAtGateway';
    }
  }

  #payments(orderNo: string): readonly Request[] {
    const transaction = this.#platform.pay(orderNo);
    if (transaction === null) return [];
    count(this.#sim.seen, 'fault racingPayment');
    const numbered = this.#copies(() => paid(orderNo, transaction));
    if (!this.#sim.strikes('unnumberedPayment', 0.5)) return numbered;
    return [...numbered, unnumbered(orderNo, transaction)];
  }

  #copies(of: () => Request): readonly Request[] {
    const copies = this.#sim.strikes('duplicateFacts', 0.5) ? 3 : 1;
    return Array.from({ length: copies }, of);
  }

  /** What the channel says of an attempt or an order, with the time or without it. */
  #said(name: 'failed' | 'declined', orderNo: string): Request {
    this.#ids += 1;
    const factId = `f-${this.#ids}`;
    const isTimed = this.#sim.random(`times of ${orderNo}`).chance(0.5);
    const fact = { factId, ...(isTimed ? { occurredAt: this.#now() } : {}) };
    return {
      orderNo,
      name,
      factId,
      triesMax: 400,
      run: (orders) =>
        name === 'failed'
          ? orders.recordPaymentFailed(orderNo, fact)
          : orders.recordPaymentDeclined(orderNo, fact),
    };
  }

  #now(): string {
    return new Date(epochMs + Math.round(this.#sim.kernel.nowMs)).toISOString();
  }
}

function paid(orderNo: string, transaction: Transaction): Request {
  return {
    orderNo,
    name: 'paid',
    factId: transaction.transactionNo,
    triesMax: 400,
    run: (orders) => orders.recordPaymentSucceeded(orderNo, { ...transaction, ...money }),
  };
}

/** The platform's notice knows no number of the channel: the order's own stands for it. */
function unnumbered(orderNo: string, { transactionNo, occurredAt }: Transaction): Request {
  const factId = `u-${transactionNo}`;
  const fact = { factId, transactionNo: orderNo, occurredAt, ...money };
  return {
    orderNo,
    name: 'paid',
    factId,
    triesMax: 400,
    run: (orders) => orders.recordPaymentSucceeded(orderNo, fact),
  };
}

function refunded(orderNo: string, { refundNo, amountMinor }: Refund): Request {
  const fact = { refundNo, amountMinor, currency: money.currency };
  return {
    orderNo,
    name: 'refunded',
    factId: refundNo,
    triesMax: 400,
    run: (orders) => orders.recordPaymentRefunded(orderNo, fact),
  };
}

function closed(orderNo: string): Request {
  const factId = `closed-${orderNo}`;
  return {
    orderNo,
    name: 'closed',
    factId,
    triesMax: 400,
    run: (orders) => orders.recordClosedAtGateway(orderNo, { factId }),
  };
}
