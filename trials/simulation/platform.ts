import type { Seen } from '../../src/gateway/classification.ts';
import { epochMs } from './clock.ts';
import { money } from './money.ts';
import type { Sim } from './sim.ts';
import { count } from './seen.ts';

/** What the platform says of an order where it is asked; `canceled` has one l there. */
export type Status = 'pending' | 'succeeded' | 'failed' | 'canceled';

/** An order at the platform and its channel: the truth about money. */
export type PlatformOrder = {
  state: 'open' | 'closed' | 'paid';
  /** How it stood since when, oldest first; before the first it was pending. */
  readonly statuses: { readonly status: Status; readonly sinceMs: number }[];
  /** Every payment that the channel took, also one against its own rules. */
  readonly transactions: Transaction[];
  readonly refunds: Refund[];
  /** Until then every call is answered with HTTP 500, ms. */
  failsUntilMs: number;
};

/** A payment that the channel took. */
export type Transaction = { readonly transactionNo: string; readonly occurredAt: string };

export type Refund = { readonly refundNo: string; readonly amountMinor: number };

/** The platform: it closes an order once, keeps money that came, and answers what it pleases. */
export class Platform {
  readonly orders = new Map<string, PlatformOrder>();
  readonly #sim: Sim;
  /** What a channel says to a cancel of what is closed already differs from channel to channel. */
  readonly #repeatAnswer: 'true' | 'false';

  constructor(sim: Sim) {
    this.#sim = sim;
    this.#repeatAnswer = sim.random('platform').pick(['true', 'false', 'false']);
  }

  order(orderNo: string): PlatformOrder {
    let order = this.orders.get(orderNo);
    if (order === undefined) {
      order = { state: 'open', statuses: [], transactions: [], refunds: [], failsUntilMs: 0 };
      this.orders.set(orderNo, order);
    }
    return order;
  }

  /** Money comes in, where the channel still takes it. */
  pay(orderNo: string): Transaction | null {
    const order = this.order(orderNo);
    if (order.state !== 'open' && !this.#sim.strikes('paidAfterClose', 0.5)) return null;
    this.#become(order, 'paid');
    const transaction = {
      transactionNo: `T${order.transactions.length + 1}-${orderNo}`,
      occurredAt: new Date(epochMs + Math.round(this.#sim.kernel.nowMs)).toISOString(),
    };
    order.transactions.push(transaction);
    return transaction;
  }

  /** A part of the money goes back, or all of it. */
  refund(orderNo: string): Refund | null {
    const { transactions, refunds } = this.order(orderNo);
    if (transactions.length <= refunds.length) return null;
    const amountMinor = this.#sim.random(`refunds of ${orderNo}`).pick([money.amountMinor, 100]);
    const refund = { refundNo: `R${refunds.length + 1}-${orderNo}`, amountMinor };
    refunds.push(refund);
    return refund;
  }

  /** The channel closes an unpaid order. */
  expire(orderNo: string): boolean {
    const order = this.order(orderNo);
    if (order.state !== 'open') return false;
    this.#become(order, 'closed');
    return true;
  }

  /** The payment of an open order fails; another one, or a cancel, may still end it. */
  fail(orderNo: string): void {
    const order = this.order(orderNo);
    if (order.state === 'open') this.#say(order, 'failed');
  }

  /** How the order stood so long ago, ms. Asking changes nothing. */
  status(orderNo: string, agoMs: number): Status {
    const atMs = this.#sim.kernel.nowMs - agoMs;
    const statuses = this.orders.get(orderNo)?.statuses ?? [];
    return statuses.findLast(({ sinceMs }) => sinceMs <= atMs)?.status ?? 'pending';
  }

  /** A request of `payment.order.cancel` is executed now; returns what the answer would be. */
  cancel(orderNo: string, attempt: number, nonce: string): Seen {
    const { random, checker, kernel, seen } = this.#sim;
    const order = this.order(orderNo);
    if (this.#sim.strikes('stickyError', 0.08)) {
      order.failsUntilMs = kernel.nowMs + random('stickyError').between(5_000, 60_000);
    }
    const fails = order.failsUntilMs > kernel.nowMs;
    if (fails && random('stickyError').chance(0.5)) return { ...answer('500', 'other') };
    if (checker.hasUnknownOutcome(orderNo, attempt)) count(seen, 'late execution after a timeout');
    const result = this.#execute(order);
    checker.executed(nonce, result);
    if (order.state === 'paid') count(seen, 'payment won the race');
    if (fails) return { phase: 'answered', httpStatus: 500, body: 'unreadable' };
    if (this.#sim.strikes('garbledReply', 0.05)) {
      return random('garbledReply').pick<Seen>([
        { phase: 'head', failure: 'lost', reusedConnection: false },
        { phase: 'answered', httpStatus: 200, body: 'unreadable' },
        answer('000', 'other'),
        { ...answer('000', result), httpStatus: 202 },
      ]);
    }
    return answer('000', result);
  }

  #execute(order: PlatformOrder): 'true' | 'false' {
    if (order.state === 'paid') return 'false';
    if (order.state === 'closed') return this.#repeatAnswer;
    if (this.#sim.strikes('refusesOpen', 0.2)) return 'false';
    this.#become(order, 'closed');
    return 'true';
  }

  #become(order: PlatformOrder, state: 'closed' | 'paid'): void {
    order.state = state;
    this.#say(order, state === 'paid' ? 'succeeded' : 'canceled');
  }

  #say(order: PlatformOrder, status: Status): void {
    order.statuses.push({ status, sinceMs: this.#sim.kernel.nowMs });
  }
}

type Envelope = Extract<Seen, { body: 'envelope' }>;

/** A call that is not executed until somebody fixes the configuration. */
export const blockedAnswer: Seen = answer('401002', 'other');

function answer(responseCode: string, cancelResult: Envelope['cancelResult']): Envelope {
  return {
    phase: 'answered',
    httpStatus: 200,
    body: 'envelope',
    responseCode,
    cancelResult,
    maybeSentTwice: false,
  };
}
