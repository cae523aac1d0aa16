import type { Clients, Request } from './client.ts';
import { money } from './money.ts';
import type { Platform } from './platform.ts';
import type { Sim } from './sim.ts';
import { count } from './seen.ts';
import type { Act, Step } from './workload.ts';

export const orderNumber = (order: number) => `O${order + 1}`;

const customer = { kind: 'customer', id: 'u-7' };
const operator = { kind: 'operator', id: 'op-1' };

/** Draws the requests of a step and sends them. */
export class Acts {
  readonly #sim: Sim;
  readonly #clients: Clients;
  readonly #platform: Platform;
  #ids = 0;

  constructor(sim: Sim, clients: Clients, platform: Platform) {
    this.#sim = sim;
    this.#clients = clients;
    this.#platform = platform;
  }

  perform({ act, order }: Pick<Step, 'act' | 'order'>): void {
    const orderNo = orderNumber(order);
    for (const request of this.#requestsOf(act, orderNo)) void this.#clients.send(request);
  }

  #requestsOf(act: Act, orderNo: string): readonly Request[] {
    switch (act) {
      case 'pay':
        return this.#payments(orderNo);
      case 'expire':
        if (!this.#platform.expire(orderNo)) return [];
        count(this.#sim.seen, 'fault expiry');
        return [closedFact(orderNo)];
      case 'fail':
        return [this.#failed(orderNo)];
      case 'storm':
        count(this.#sim.seen, 'fault rivalStorm');
        return Array.from({ length: this.#sim.random(`storm ${orderNo}`).between(4, 10) }, () =>
          this.#command('start', orderNo, customer),
        );
      case 'cancel-anonymous':
        return [this.#command('cancel', orderNo, null)];
      case 'create':
      case 'start':
      case 'cancel':
      case 'cancel-no-wait':
        return [this.#command(act, orderNo, customer)];
      case 'retry':
      case 'abandon':
      case 'resolve':
      case 'acknowledge':
        return [this.#command(act, orderNo, operator)];
      case 'read':
      case 'restart':
        return [];
    }
  }

  #command(
    name:
      | 'create'
      | 'start'
      | 'cancel'
      | 'cancel-no-wait'
      | 'retry'
      | 'abandon'
      | 'resolve'
      | 'acknowledge',
    orderNo: string,
    actor: { kind: string; id: string } | null,
  ): Request {
    this.#ids += 1;
    const commandId = `c-${this.#ids}`;
    const by = { commandId, ...(actor === null ? {} : { actor }) };
    const truth = this.#platform.order(orderNo).state;
    const resolution = ({ open: 'open', closed: 'cancelled', paid: 'paid' } as const)[truth];
    const run: Request['run'] = (orders) => {
      switch (name) {
        case 'create':
          return orders.create({ orderNo, processBillNo: `F-${orderNo}`, ...money, ...by });
        case 'start':
          return orders.startPayment(orderNo, by);
        case 'cancel':
          return orders.cancel(orderNo, { reason: `for ${commandId}`, ...by });
        case 'cancel-no-wait':
          return orders.cancel(orderNo, { reason: `for ${commandId}`, wait: false, ...by });
        case 'retry':
          return orders.retryCancel(orderNo, by);
        case 'abandon':
          return orders.abandonCancel(orderNo, by);
        case 'resolve':
          return orders.resolveCancel(orderNo, { resolution, evidence: 'bill', by: 'op-1', ...by });
        case 'acknowledge':
          return orders.acknowledgeAnomaly(orderNo, { number: 1, by: 'op-1', ...by });
      }
    };
    const triesMax = name === 'create' ? 400 : 5;
    return { orderNo, name, commandId, triesMax, run };
  }

  #payments(orderNo: string): readonly Request[] {
    const transactionNo = this.#platform.pay(orderNo);
    if (transactionNo === null) return [];
    count(this.#sim.seen, 'fault racingPayment');
    const copies = this.#sim.strikes('duplicateFacts', 0.5) ? 3 : 1;
    return Array.from({ length: copies }, () => paidFact(orderNo, transactionNo));
  }

  #failed(orderNo: string): Request {
    this.#ids += 1;
    const factId = `f-${this.#ids}`;
    return {
      orderNo,
      name: 'failed',
      factId,
      triesMax: 400,
      run: (orders) => orders.recordPaymentFailed(orderNo, { factId }),
    };
  }

  /** The channel's bill: the truth about every order, sent until it is recorded. */
  bill(orders: number): void {
    for (let order = 0; order < orders; order += 1) {
      const orderNo = orderNumber(order);
      const { state, transactions } = this.#platform.order(orderNo);
      for (const transactionNo of transactions) {
        void this.#clients.send(paidFact(orderNo, transactionNo));
      }
      if (state === 'closed') void this.#clients.send(closedFact(orderNo));
    }
  }
}

function paidFact(orderNo: string, transactionNo: string): Request {
  return {
    orderNo,
    name: 'paid',
    factId: transactionNo,
    triesMax: 400,
    run: (orders) => orders.recordPaymentSucceeded(orderNo, { transactionNo, ...money }),
  };
}

function closedFact(orderNo: string): Request {
  return {
    orderNo,
    name: 'closed',
    factId: `closed-${orderNo}`,
    triesMax: 400,
    run: (orders) => orders.recordClosedAtGateway(orderNo, { factId: `closed-${orderNo}` }),
  };
}
