import type { PaymentOrders } from '../../src/payment-orders.ts';
import type { AskReceipt, Receipt } from '../../src/order/types.ts';
import { PaymentOrderError } from '../../src/errors.ts';
import type { Incarnation } from './process.ts';
import { judgeRefusal, ordersFor, serversOf } from './routing.ts';
import type { Sim } from './sim.ts';
import { count } from './seen.ts';

/** A command or fact that a caller sends until it is answered. */
export type Request = {
  readonly orderNo: string;
  /** Such as `cancel`. */
  readonly name: string;
  /** Identifies it in the stream: the command id, or the fact's key. */
  readonly commandId?: string;
  readonly factId?: string;
  /** A fact is sent until it is recorded; a command is given up after some tries. */
  readonly triesMax: number;
  run(orders: PaymentOrders): Promise<Receipt>;
};

/** What a caller got for a request. */
export type RequestLog = {
  readonly request: Request;
  /** The answer, and those to the same command id later. */
  readonly receipts: Receipt[];
  /** `died`: the process died before it answered. */
  readonly errors: string[];
};

/** The first answer to a command id: what it was, who gave it, and when. */
type FirstAnswer = { readonly kind: Receipt['kind']; readonly by: string; readonly atMs: number };

/** A repeat that comes so much later is counted as a late one, ms. */
const lateMs = 60_000;

const operator = { kind: 'operator', id: 'op-1' };

/** Codes that a caller may get from a correct service. */
const expected = new Set([
  'store-unavailable',
  'append-outcome-unknown',
  'too-much-contention',
  'order-not-found',
  'store-closed',
  'no-gateway',
]);

/** The callers: they outlive the processes and remember what they got. */
export class Clients {
  readonly requestLogs: RequestLog[] = [];
  readonly #sim: Sim;
  readonly #alive: () => readonly Incarnation[];
  /** The highest revision that was acknowledged, by order. */
  readonly #acknowledged = new Map<string, number>();
  readonly #firstAnswers = new Map<string, FirstAnswer>();
  #pending = 0;

  constructor(sim: Sim, alive: () => readonly Incarnation[]) {
    this.#sim = sim;
    this.#alive = alive;
  }

  get pending(): number {
    return this.#pending;
  }

  /** Never rejects. */
  async send(request: Request): Promise<void> {
    this.#pending += 1;
    const log: RequestLog = { request, receipts: [], errors: [] };
    await this.#sendUntilAnswered(log);
    this.requestLogs.push(log);
    const { commandId, orderNo, name } = request;
    if (commandId !== undefined && this.#sim.strikes('repeatedCommands', 0.12)) {
      const draws = this.#sim.random(`repeats of ${orderNo}`);
      const waitMs = draws.between(0, draws.pick([50, 5_000, 100_000]));
      await this.#sim.kernel.after(waitMs, `${name} of ${orderNo} once more`);
      await this.#sendUntilAnswered(log);
    }
    this.#pending -= 1;
  }

  /** Sends every command that was answered once more, long after; in some runs. */
  repeatAnswered(): void {
    const { plan, random } = this.#sim;
    const isDrawn = random('repeats at the end').chance(0.1);
    if (!isDrawn || !plan.faults.includes('repeatedCommands')) return;
    for (const log of this.requestLogs) {
      if (log.request.commandId === undefined || log.receipts.length === 0) continue;
      this.#pending += 1;
      void this.#sendUntilAnswered(log).then(() => (this.#pending -= 1));
    }
  }

  /** Asks once how an order stands, as an operator does. Never rejects. */
  async ask(orderNo: string): Promise<void> {
    const { random, checker, log, seen, kernel, canBeAsked } = this.#sim;
    const open = this.#alive().filter(({ orders }) => orders !== null);
    if (open.length === 0) return;
    const servers = serversOf(this.#sim, open, { name: 'ask', orderNo });
    const life = random(`who asks about ${orderNo}`).pick(servers);
    this.#pending += 1;
    const asked = life.orders?.ask(orderNo, { actor: operator }).catch((error: unknown) => error);
    const answer = await Promise.race([asked, life.died]);
    this.#pending -= 1;
    if (answer === 'died' || answer === undefined) return;
    life.acts();
    if (answer instanceof Error) {
      const code = answer instanceof PaymentOrderError ? answer.code : answer.message;
      if (code === 'no-gateway') judgeRefusal(this.#sim, life, 'ask', orderNo);
      const isExpected = canBeAsked ? expected.has(code) : code === 'gateway-cannot-be-asked';
      if (!isExpected) checker.violate('I17', `ask about ${orderNo} threw ${code}`);
      return;
    }
    // Neither an error nor a death: what the operator gets.
    const { kind, answer: told, revision, hash } = answer as AskReceipt;
    kernel.note(`ask about ${orderNo}: ${told.status} ${kind} @${revision}`);
    count(seen, `asked by an operator, ${kind}`);
    const rows = log.stream(`paymentOrder-${orderNo}`);
    const isStored = rows.some(({ data }) => data['requestId'] === told.requestId);
    const mayBe = told.requestId === undefined || isStored === (kind === 'recorded');
    if (mayBe && rows[revision]?.metadata['hash'] === hash) return;
    checker.violate('I1', `the answer about ${orderNo} is ${kind} @${revision}`);
  }

  async #sendUntilAnswered(log: RequestLog): Promise<void> {
    const { request, receipts, errors } = log;
    const { kernel, random } = this.#sim;
    for (let tries = 1; tries <= request.triesMax; tries += 1) {
      const answer = await this.#ask(request);
      if (typeof answer !== 'string') {
        const isRepeat = receipts.length === 0 && errors.length > 0;
        if (isRepeat && request.commandId !== undefined)
          count(this.#sim.seen, 'repeat after an error');
        receipts.push(answer);
        return;
      }
      errors.push(answer);
      // Who was sent away often comes back less often.
      const waitMs = random('clients').between(200, 4_000) * (tries > 10 ? 3 : 1);
      await kernel.after(waitMs, `${request.name} of ${request.orderNo} again`);
    }
  }

  /** Each order draws from a stream of its own, so that more requests do not change other orders. */
  #processFor(request: Request): Incarnation | undefined {
    const open = this.#alive().filter(({ orders }) => orders !== null);
    if (open.length === 0) return undefined;
    const servers = serversOf(this.#sim, open, request);
    if (servers.length === 0) return undefined;
    return this.#sim.random(`who serves ${request.orderNo}`).pick(servers);
  }

  async #ask(request: Request): Promise<Receipt | string> {
    const life = this.#processFor(request);
    const orders = life === undefined ? null : ordersFor(this.#sim, life, request);
    if (life === undefined || orders === null) return 'nobody';
    const { kernel, checker, seen, plan } = this.#sim;
    const { name, orderNo } = request;
    const atLeast = this.#acknowledged.get(orderNo) ?? -1;
    kernel.note(`${name} of ${orderNo} at ${life.name}`);
    const asked = request.run(orders).catch((error: unknown) => error);
    const answer = await Promise.race([asked, life.died]);
    if (answer === 'died') return answer;
    life.acts();
    if (answer instanceof Error) {
      const code = answer instanceof PaymentOrderError ? answer.code : answer.message;
      if (!expected.has(code)) checker.violate('I17', `${name} of ${orderNo} threw ${code}`);
      if (code === 'no-gateway') judgeRefusal(this.#sim, life, name, orderNo);
      count(seen, `error ${code}`);
      kernel.note(`${name} of ${orderNo}: ${code}`);
      return code;
    }
    // Neither an error nor a death: the command's receipt.
    const receipt = answer as Receipt;
    kernel.note(`${name} of ${orderNo}: ${receipt.kind} @${receipt.revision}`);
    count(seen, `receipt ${receipt.kind}`);
    if (receipt.revision < atLeast && !plan.faults.includes('staleRead')) {
      checker.violate('I11', `${name} of ${orderNo} saw @${receipt.revision} after @${atLeast}`);
    }
    this.#acknowledged.set(orderNo, Math.max(receipt.revision, atLeast));
    this.#countRepeat(request, receipt, life.name);
    return receipt;
  }

  #countRepeat({ commandId }: Request, { kind }: Receipt, by: string): void {
    if (commandId === undefined) return;
    const { seen, kernel } = this.#sim;
    const first = this.#firstAnswers.get(commandId);
    if (first === undefined) this.#firstAnswers.set(commandId, { kind, by, atMs: kernel.nowMs });
    else {
      count(seen, `repeat after ${first.kind}`);
      if (first.by !== by) count(seen, 'repeat at another process');
      if (kernel.nowMs - first.atMs >= lateMs) count(seen, 'repeat after a minute');
    }
  }
}
