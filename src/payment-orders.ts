import type { EventData, FactType } from '../machines/payment-order.events.ts';
import { PaymentOrderError } from './errors.ts';
import { streamPrefix } from './history/event.ts';
import { runAttempt } from './order/attempt.ts';
import { decideCommand, decideFact } from './order/decide.ts';
import { eventContextOf, orderNoIn, parseCommand, parseFact, parseOrderNo } from './order/input.ts';
import { OrderReader } from './order/order-reader.ts';
import type { CommandOptions, CommandPayload, CommandType, Receipt } from './order/types.ts';
import { receiptOf } from './order/view.ts';
import { waitFor } from './order/wait-for.ts';
import type { Transacted, OrderDependencies } from './order/transact.ts';
import { transact } from './order/transact.ts';
import { checkpointFaults } from './recovery/checkpoint-check.ts';
import { checkpointStream } from './recovery/scan.ts';
import { recoverOnce, requireGateway } from './recovery/due.ts';
import { RecoveryWorker } from './recovery/worker.ts';

type Wait = {
  /** False: answer when the request is recorded; the call goes on in this process. Default true. */
  readonly wait?: boolean | undefined;
};

type Fact<T extends FactType> = EventData<T> &
  CommandOptions & {
    /** When it happened, as its source says: ISO 8601 with an offset. */
    readonly occurredAt?: string | undefined;
  };

/**
 * Payment orders over one event store: every method reads the order's stream, decides by the
 * machine, appends, and only then runs what became pending. Made by `openPaymentOrders`.
 *
 * Commands and facts answer with a `Receipt`. They throw `PaymentOrderError`: `invalid-input`,
 * `order-not-found`, `command-id-reused`, `stream-full`, `too-much-contention`,
 * `replay-divergence`, `store-unavailable`, `append-outcome-unknown` (it may be recorded: repeat it
 * with the same command id), `store-closed` after `close`.
 */
export class PaymentOrders extends OrderReader {
  readonly #bench: OrderDependencies;
  readonly #release: () => Promise<void>;
  /** What was begun and must end before the store is given back. */
  readonly #running = new Set<Promise<unknown>>();
  #worker: RecoveryWorker | null = null;
  #started: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  /** @internal */
  constructor(dependencies: OrderDependencies, release: () => Promise<void>) {
    super(dependencies.store, dependencies.compiled, () => {
      this.#assertOpen();
    });
    this.#bench = dependencies;
    this.#release = release;
  }

  /** Creates an order. The same order again is a duplicate; another under its number is rejected. */
  async create(input: CommandPayload<'CreatePaymentOrder'> & CommandOptions): Promise<Receipt> {
    return this.#command(orderNoIn(input), 'CreatePaymentOrder', input);
  }

  /** The payer was sent to pay. */
  async startPayment(orderNo: string, options: CommandOptions = {}): Promise<Receipt> {
    return this.#command(orderNo, 'StartPayment', options);
  }

  /**
   * Cancels at the gateway (`payment.order.cancel`). Resolves when the first attempt's outcome is
   * recorded: look at `order.state` for what came of it. `reason`: at most 512 characters, stored
   * and sent as it is: keep card numbers and other data of the payer out of it.
   *
   * @throws PaymentOrderError `gateway-not-configured` before anything is stored.
   */
  async cancel(
    orderNo: string,
    input: CommandPayload<'RequestCancel'> & CommandOptions & Wait = {},
  ): Promise<Receipt> {
    return this.#command(orderNo, 'RequestCancel', input);
  }

  /** Operator: makes another attempt now, with a fresh budget. */
  async retryCancel(
    orderNo: string,
    input: CommandPayload<'RetryCancel'> & CommandOptions & Wait = {},
  ): Promise<Receipt> {
    return this.#command(orderNo, 'RetryCancel', input);
  }

  /** Operator: gives the cancel up; the order goes back to where it was. Never while in doubt. */
  async abandonCancel(
    orderNo: string,
    input: CommandPayload<'AbandonCancel'> & CommandOptions = {},
  ): Promise<Receipt> {
    return this.#command(orderNo, 'AbandonCancel', input);
  }

  /** Operator: ends a doubt about the attempts made so far, by evidence such as a bill. */
  async resolveCancel(
    orderNo: string,
    input: CommandPayload<'ResolveCancel'> & CommandOptions,
  ): Promise<Receipt> {
    return this.#command(orderNo, 'ResolveCancel', input);
  }

  /** Operator: closes an anomaly by its number. */
  async acknowledgeAnomaly(
    orderNo: string,
    input: CommandPayload<'AcknowledgeAnomaly'> & CommandOptions,
  ): Promise<Receipt> {
    return this.#command(orderNo, 'AcknowledgeAnomaly', input);
  }

  /** Fact: money came in. Never rejected, and never undone by a later fact. */
  async recordPaymentSucceeded(orderNo: string, fact: Fact<'PaymentSucceeded'>): Promise<Receipt> {
    return this.#fact(orderNo, 'PaymentSucceeded', fact);
  }

  /** Fact: the payment failed at the channel. */
  async recordPaymentFailed(orderNo: string, fact: Fact<'PaymentFailed'> = {}): Promise<Receipt> {
    return this.#fact(orderNo, 'PaymentFailed', fact);
  }

  /** Fact: the platform or the channel closed the order; `cause` says why, where that is known. */
  async recordClosedAtGateway(
    orderNo: string,
    fact: Fact<'ClosedAtGateway'> = {},
  ): Promise<Receipt> {
    return this.#fact(orderNo, 'ClosedAtGateway', fact);
  }

  /**
   * What is wrong beside the histories, a sentence each: the store's files, indexes and columns,
   * and what recovery remembers. `verify` looks at the histories.
   */
  async checkStore(): Promise<readonly string[]> {
    this.#assertOpen();
    const { store } = this.#bench;
    const prefixes = [streamPrefix, checkpointStream];
    const found = await store.check({ prefixes, batchEventsMax: 1 });
    return [...found, ...(await checkpointFaults(store))];
  }

  /**
   * From now on this process fires the due timers of all orders: retries, probes, and attempts
   * that a crashed process abandoned. Resolves when the store was looked through once.
   *
   * @throws PaymentOrderError `gateway-not-configured`.
   */
  startRecovery(): Promise<void> {
    return (this.#started ??= this.#startRecovery());
  }

  async #startRecovery(): Promise<void> {
    this.#assertOpen();
    const worker = new RecoveryWorker(requireGateway(this.#bench));
    try {
      this.#worker = worker;
      await worker.start();
    } catch (error) {
      this.#worker = null;
      this.#started = null;
      throw error;
    }
  }

  /** Fires what is due now, awaits the outcomes, and leaves the rest to whoever comes next. */
  async recoverOnce(): Promise<{ readonly waiting: number; readonly fired: number }> {
    this.#assertOpen();
    return this.#track(recoverOnce(requireGateway(this.#bench)));
  }

  /** Stops recovery, awaits the calls that are out and their records, and gives back the store. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.#worker?.stop();
    // What runs may begin another: an accepted cancel its attempt.
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    await this.#release();
  }

  async #command(orderNo: string, type: CommandType, input: object): Promise<Receipt> {
    this.#assertOpen();
    const checkedNo = parseOrderNo(orderNo);
    const { command, options } = parseCommand(type, input);
    const context = eventContextOf(options, 'command', this.#bench.runtime);
    const running = transact(this.#bench, checkedNo, (order, first) => ({
      decision: decideCommand(order, checkedNo, command, {
        ...options,
        attemptsSeen: first?.known.answers.length,
      }),
      context,
    })).then((transacted) => this.#run(checkedNo, transacted, options.wait !== false));
    return waitFor(this.#track(running), options.signal, this.#bench.onError);
  }

  async #fact(orderNo: string, type: FactType, input: object): Promise<Receipt> {
    this.#assertOpen();
    const checkedNo = parseOrderNo(orderNo);
    const { fact, options, occurredAt } = parseFact(type, input);
    const circumstances = {
      ...eventContextOf(options, 'fact', this.#bench.runtime),
      ...(occurredAt === undefined ? {} : { occurredAt }),
    };
    const running = transact(this.#bench, checkedNo, (order) => ({
      decision: decideFact(order, checkedNo, fact),
      context: circumstances,
    })).then(({ answer, order }) => receiptOf(answer, order));
    return waitFor(this.#track(running), options.signal, this.#bench.onError);
  }

  /** Runs the attempt that the append entered, if it entered one. */
  async #run(orderNo: string, transacted: Transacted, wait: boolean): Promise<Receipt> {
    const { answer, order, ticket } = transacted;
    const { gateway } = this.#bench;
    const before = receiptOf(answer, order);
    if (ticket === null || gateway === null) return before;
    const attempt = this.#track(runAttempt(this.#bench, gateway, orderNo, ticket));
    if (!wait) attempt.catch(this.#bench.onError);
    return wait ? receiptOf(answer, await attempt) : before;
  }

  #track<T>(running: Promise<T>): Promise<T> {
    this.#running.add(running);
    const forget = () => this.#running.delete(running);
    running.then(forget, forget);
    return running;
  }

  #assertOpen(): void {
    if (this.#closing === null) return;
    throw new PaymentOrderError('store-closed', 'these payment orders were closed; open them anew');
  }
}
