import type { PaymentOrders } from '../../src/payment-orders.ts';
import type { Receipt } from '../../src/order/types.ts';
import { PaymentOrderError } from '../../src/errors.ts';
import type { Incarnation } from './process.ts';
import type { Sim } from './sim.ts';
import { count } from './seen.ts';

/** A wish or a fact that somebody brings, again and again until it is answered. */
export type Wish = {
  readonly orderNo: string;
  /** Such as `cancel`. */
  readonly name: string;
  /** What tells it apart in the stream: its command id, or the fact's key. */
  readonly commandId?: string;
  readonly factId?: string;
  readonly isNamed?: boolean;
  /** A fact is kept and brought until it is recorded; a wish is given up after some tries. */
  readonly triesMax: number;
  run(orders: PaymentOrders): Promise<Receipt>;
};

/** How a wish ended for the one who had it. */
export type Told = {
  readonly wish: Wish;
  readonly receipts: readonly Receipt[];
  /** `died`: the process was gone before it answered. */
  readonly errors: readonly string[];
};

/** Codes that a caller may get of a service that does as it says. */
const expected = new Set([
  'store-unavailable',
  'append-outcome-unknown',
  'too-much-contention',
  'order-not-found',
  'store-closed',
]);

/** Those who use the service: they outlive its processes and remember what they were told. */
export class Clients {
  readonly told: Told[] = [];
  readonly #sim: Sim;
  readonly #alive: () => readonly Incarnation[];
  /** The highest revision that was acknowledged, by order. */
  readonly #acknowledged = new Map<string, number>();
  #pending = 0;

  constructor(sim: Sim, alive: () => readonly Incarnation[]) {
    this.#sim = sim;
    this.#alive = alive;
  }

  get pending(): number {
    return this.#pending;
  }

  /** Never rejects. */
  async bring(wish: Wish): Promise<void> {
    this.#pending += 1;
    const receipts: Receipt[] = [];
    const errors: string[] = [];
    for (let tries = 1; tries <= wish.triesMax; tries += 1) {
      const answer = await this.#ask(wish);
      if (typeof answer !== 'string') {
        receipts.push(answer);
        break;
      }
      errors.push(answer);
      const waitMs = this.#sim.random('clients').between(200, 4_000);
      await this.#sim.kernel.after(waitMs, `${wish.name} of ${wish.orderNo} again`);
    }
    this.told.push({ wish, receipts, errors });
    this.#pending -= 1;
  }

  /** Each wish draws from a stream of its own, so that more of them change no other's. */
  #somebody(wish: Wish): Incarnation | undefined {
    const open = this.#alive().filter(({ orders }) => orders !== null);
    if (open.length === 0) return undefined;
    return this.#sim.random(`who serves ${wish.orderNo}`).pick(open);
  }

  async #ask(wish: Wish): Promise<Receipt | string> {
    const life = this.#somebody(wish);
    const orders = life?.orders ?? null;
    if (life === undefined || orders === null) return 'nobody';
    const { kernel, checker, seen, plan } = this.#sim;
    const { name, orderNo } = wish;
    const atLeast = this.#acknowledged.get(orderNo) ?? -1;
    kernel.note(`${name} of ${orderNo} at ${life.name}`);
    const asked = wish.run(orders).catch((error: unknown) => error);
    const answer = await Promise.race([asked, life.died]);
    if (answer === 'died') return answer;
    if (answer instanceof Error) {
      const code = answer instanceof PaymentOrderError ? answer.code : answer.message;
      if (!expected.has(code)) checker.violate('I17', `${name} of ${orderNo} threw ${code}`);
      count(seen, `error ${code}`);
      kernel.note(`${name} of ${orderNo}: ${code}`);
      return code;
    }
    // Neither an error nor a death: what the command resolves with.
    const receipt = answer as Receipt;
    kernel.note(`${name} of ${orderNo}: ${receipt.kind} @${receipt.revision}`);
    count(seen, `receipt ${receipt.kind}`);
    if (receipt.revision < atLeast && !plan.faults.includes('staleRead')) {
      checker.violate('I11', `${name} of ${orderNo} saw @${receipt.revision} after @${atLeast}`);
    }
    this.#acknowledged.set(orderNo, Math.max(receipt.revision, atLeast));
    return receipt;
  }
}
