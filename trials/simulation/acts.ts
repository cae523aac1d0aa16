import type { Clients, Request } from './client.ts';
import { money } from './money.ts';
import type { Platform } from './platform.ts';
import { Facts } from './fact-requests.ts';
import { oldOrderNo } from './old-order.ts';
import { isRetractable, retractedIn } from './retractions.ts';
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
  readonly #facts: Facts;
  #ids = 0;

  constructor(sim: Sim, clients: Clients, platform: Platform) {
    this.#sim = sim;
    this.#clients = clients;
    this.#platform = platform;
    this.#facts = new Facts(sim, platform);
  }

  perform({ act, order }: Pick<Step, 'act' | 'order'>): void {
    const orderNo = orderNumber(order);
    if (act === 'ask') void this.#clients.ask(orderNo);
    for (const request of this.#requestsOf(act, orderNo)) void this.#clients.send(request);
  }

  #requestsOf(act: Act, orderNo: string): readonly Request[] {
    switch (act) {
      case 'pay':
      case 'refund':
      case 'mistake':
      case 'decline':
      case 'fail':
      case 'expire':
        return this.#facts.of(act, orderNo);
      case 'retract':
        return this.#retractions(orderNo, ['op-1']);
      case 'retract-both':
        return this.#retractions(orderNo, ['op-1', 'op-2']);
      case 'storm':
        count(this.#sim.seen, 'fault rivalStorm');
        return Array.from({ length: this.#sim.random(`storm ${orderNo}`).between(4, 10) }, () =>
          this.#command('start', orderNo, customer),
        );
      case 'cancel-anonymous':
        return [this.#command('cancel', orderNo, null)];
      case 'create':
      case 'start':
      case 'cancel-no-wait':
        return [this.#command(act, orderNo, customer)];
      case 'cancel': {
        // Callers of both merchants take an order that records no account for theirs.
        const isOfBoth = this.#sim.accounts.belonging(orderNo).kind !== 'account';
        const callers = isOfBoth ? [customer, customer] : [customer];
        return callers.map((caller) => this.#command('cancel', orderNo, caller));
      }
      case 'retry':
      case 'abandon':
      case 'resolve':
      case 'acknowledge':
        return [this.#command(act, orderNo, operator)];
      case 'ask':
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
    const named = this.#sim.accounts.nameGiven(orderNo);
    const run: Request['run'] = (orders) => {
      switch (name) {
        case 'create':
          return orders.create({
            orderNo,
            processBillNo: `F-${orderNo}`,
            ...money,
            ...named,
            ...by,
          });
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

  /** Operators take back what they find at this moment; two of them find the same. */
  #retractions(orderNo: string, operators: readonly string[]): readonly Request[] {
    const rows = this.#sim.log.stream(`paymentOrder-${orderNo}`);
    const random = this.#sim.random(`retractions of ${orderNo}`);
    const found = rows.filter(isRetractable).map(({ revision }) => revision);
    const mayBeUseless = this.#sim.plan.faults.includes('retraction');
    const isUseless = found.length === 0 || (mayBeUseless && random.chance(0.1));
    const revision = isUseless ? random.between(0, rows.length) : random.pick(found);
    const fault = operators.length > 1 ? 'retractionRace' : 'retraction';
    count(this.#sim.seen, `fault ${fault}`);
    return operators.map((by) => this.#retraction(orderNo, revision, by, 5));
  }

  #retraction(orderNo: string, revision: number, by: string, triesMax: number): Request {
    this.#ids += 1;
    const commandId = `c-${this.#ids}`;
    const actor = { kind: 'operator', id: by };
    return {
      orderNo,
      name: 'retract',
      commandId,
      triesMax,
      run: (orders) =>
        orders.retractFact(orderNo, { revision, evidence: 'bill', by, commandId, actor }),
    };
  }

  #orderNumbers(orders: number): readonly string[] {
    const numbers = Array.from({ length: orders }, (_, order) => orderNumber(order));
    const isOldThere = this.#sim.log.stream(`paymentOrder-${oldOrderNo}`).length > 0;
    return isOldThere ? [...numbers, oldOrderNo] : numbers;
  }

  /** The channel's bill: the truth about every order, sent until it is recorded. */
  bill(orders: number): void {
    for (const orderNo of this.#orderNumbers(orders)) {
      for (const fact of this.#facts.billOf(orderNo)) void this.#clients.send(fact);
    }
  }

  /**
   * Operators hold the record against the bill: what is not on it is taken back, and what was taken
   * back though it is true is given back. Returns how much there was to mend.
   */
  mend(orders: number): number {
    let mended = 0;
    for (const orderNo of this.#orderNumbers(orders)) {
      for (const revision of this.#mistakesIn(orderNo)) {
        void this.#clients.send(this.#retraction(orderNo, revision, 'op-3', 400));
        mended += 1;
      }
    }
    return mended;
  }

  /** The revisions to take back: payments that nobody made, and retractions of what is true. */
  #mistakesIn(orderNo: string): readonly number[] {
    const rows = this.#sim.log.stream(`paymentOrder-${orderNo}`);
    const retracted = retractedIn(rows);
    return rows.flatMap(({ type, data, revision }) => {
      if (retracted.has(revision)) return [];
      if (type === 'FactRetracted') {
        const of = rows[Number(data['revision'])];
        return of !== undefined && this.#facts.isTrue(orderNo, of) ? [revision] : [];
      }
      const isMistake = type === 'PaymentSucceeded' && !this.#facts.isTrue(orderNo, { type, data });
      return isMistake ? [revision] : [];
    });
  }

  /** What a retraction left to a person is decided by the bill. */
  decide(orders: number): void {
    for (const orderNo of this.#orderNumbers(orders)) {
      const last = this.#sim.log.stream(`paymentOrder-${orderNo}`).at(-1);
      const isLeft = last?.metadata['to'] === 'cancelling.needsReview';
      if (!isLeft || this.#platform.order(orderNo).state === 'open') continue;
      void this.#clients.send({ ...this.#command('resolve', orderNo, operator), triesMax: 400 });
    }
  }
}
