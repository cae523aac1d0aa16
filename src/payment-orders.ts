/** The surface: the commands, beside the facts and the queries. Each method is one line of work. */

import type { BillDifference, ReconcileOptions } from './bill/types.ts';
import type { Backup, BackupOptions } from './history/results.ts';
import { deliverWaiting } from './inbox/deliver.ts';
import { Inbox } from './inbox/inbox.ts';
import { parseInboxOptions } from './inbox/input.ts';
import type { InboxOptions, Translate } from './inbox/types.ts';
import { RunningWork, handleCommand, handleQuestion } from './order/handle.ts';
import type { HandlerDependencies } from './order/handle.ts';
import { parseCommand, parseCreate, parseQuestion } from './order/input.ts';
import type { OrderDependencies } from './order/transact.ts';
import type {
  AskOptions,
  AskReceipt,
  CallInput,
  CommandInput,
  OrderCommandOptions,
  Receipt,
} from './order/types.ts';
import { LazyIndex } from './order-index/lazy.ts';
import type { IndexPlace } from './order-index/types.ts';
import { PaymentOrderFacts } from './payment-order-facts.ts';
import type { Recovered, RecoverOnceOptions, RecoveryOptions } from './recovery/options.ts';
import { LazyRecovery } from './recovery/lazy.ts';
import { TransparencyLog } from './tlog/log.ts';

/**
 * Payment orders over one event store, opened by `openPaymentOrders`.
 *
 * Commands and facts answer with a `Receipt`. Each of them may throw `PaymentOrderError` with the
 * code `invalid-input`, `order-not-found`, `command-id-reused`, `revision-moved` (by
 * `ifRevision`), `stream-full`, `too-much-contention`, `replay-divergence`, `store-unavailable`,
 * `append-outcome-unknown` (it may be recorded: repeat it with the same command id) or, after
 * `close`, `store-closed`. Methods that read never call the gateway, fire a timer or write.
 */
export class PaymentOrders extends PaymentOrderFacts {
  readonly #dependencies: HandlerDependencies;
  readonly #closing = new AbortController();
  /** @internal */
  protected override readonly closing = this.#closing.signal;
  readonly #release: () => Promise<void>;
  readonly #recovery: LazyRecovery;
  /** Of the inbox that was opened last: recovery asks it too. */
  #translate: Translate | null = null;

  /** @internal */
  constructor(
    dependencies: OrderDependencies,
    release: () => Promise<void>,
    index: IndexPlace | null = null,
    leavesFile: string | null = null,
  ) {
    super();
    this.#dependencies = { ...dependencies, running: new RunningWork() };
    this.index = new LazyIndex(dependencies, index, this.closing);
    this.#release = release;
    this.log = new TransparencyLog(() => ({ ...this.open(), leavesFile, closing: this.closing }));
    this.#recovery = new LazyRecovery(() => this.#translate, index?.path ?? null, this.log);
  }

  /**
   * Creates an order, and records the facts of the notices that waited for it. The same order again
   * is a duplicate; other content is rejected.
   * @example await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
   */
  async create(input: CommandInput<'CreatePaymentOrder'>): Promise<Receipt> {
    const dependencies = this.open();
    const parsed = parseCreate(input);
    return handleCommand(dependencies, parsed, (receipt) =>
      deliverWaiting(dependencies, parsed.orderNo, receipt),
    );
  }

  /**
   * Records that the payer was sent to pay.
   * @example await orders.startPayment('O1');
   */
  async startPayment(orderNo: string, options: OrderCommandOptions = {}): Promise<Receipt> {
    return handleCommand(this.open(), parseCommand(orderNo, 'StartPayment', options));
  }

  /**
   * Cancels the order at the gateway (`payment.order.cancel`).
   *
   * Resolves once the outcome of the first attempt is recorded; look at `receipt.order.state`.
   * @param input.reason - Stored and sent as is (at most 512 characters). Keep personal data out.
   * @throws {PaymentOrderError} `gateway-not-configured`, before anything is stored.
   * @example const { order } = await orders.cancel('O1', { reason: 'changed my mind' });
   */
  async cancel(orderNo: string, input: CallInput<'RequestCancel'> = {}): Promise<Receipt> {
    return handleCommand(this.open(), parseCommand(orderNo, 'RequestCancel', input));
  }

  /**
   * Makes another attempt now, with a new budget of attempts. For operators.
   * @throws {PaymentOrderError} `gateway-not-configured`, before anything is stored.
   * @example await orders.retryCancel('O1', { note: 'the gateway is back' });
   */
  async retryCancel(orderNo: string, input: CallInput<'RetryCancel'> = {}): Promise<Receipt> {
    return handleCommand(this.open(), parseCommand(orderNo, 'RetryCancel', input));
  }

  /**
   * Gives the cancel up; the order returns to its state before. Rejected while in doubt. For operators.
   * @example await orders.abandonCancel('O1', { note: 'the customer paid' });
   */
  async abandonCancel(
    orderNo: string,
    input: CommandInput<'AbandonCancel'> = {},
  ): Promise<Receipt> {
    return handleCommand(this.open(), parseCommand(orderNo, 'AbandonCancel', input));
  }

  /**
   * Ends a doubt about the attempts made so far, by evidence such as a bill. For operators.
   * @example await orders.resolveCancel('O1', { resolution: 'open', evidence: 'bill', by: 'li' });
   */
  async resolveCancel(orderNo: string, input: CommandInput<'ResolveCancel'>): Promise<Receipt> {
    return handleCommand(this.open(), parseCommand(orderNo, 'ResolveCancel', input));
  }

  /**
   * Takes back a fact, a resolution or a retraction that was recorded by mistake. Nothing is deleted
   * and nobody is called; the order goes where it would be without it. For operators.
   * @param input.revision - Of the event that is taken back, as `history` gives it.
   * @example await orders.retractFact('O1', { revision: 3, evidence: 'paid O2', by: 'li.wei' });
   */
  async retractFact(orderNo: string, input: CommandInput<'RetractFact'>): Promise<Receipt> {
    return handleCommand(this.open(), parseCommand(orderNo, 'RetractFact', input));
  }

  /**
   * Closes an anomaly by its number. For operators.
   * @example await orders.acknowledgeAnomaly('O1', { number: 1, by: 'li.wei' });
   */
  async acknowledgeAnomaly(
    orderNo: string,
    input: CommandInput<'AcknowledgeAnomaly'>,
  ): Promise<Receipt> {
    return handleCommand(this.open(), parseCommand(orderNo, 'AcknowledgeAnomaly', input));
  }

  /**
   * Asks the platform how the order stands, and records the answer. It changes nothing there, and an
   * order in any state may be asked about. Where the platform says how the order ended, that ends a
   * doubt. The answer may be that nothing was learned (`unknown`).
   * @throws {PaymentOrderError} `gateway-not-configured` or `gateway-cannot-be-asked`
   * @example const { answer, order } = await orders.ask('O1');
   */
  async ask(orderNo: string, options: AskOptions = {}): Promise<AskReceipt> {
    return handleQuestion(this.open(), parseQuestion(orderNo, options));
  }

  /**
   * The inbox: it keeps notices as they come, and makes them facts. One translator serves all notices
   * of a store.
   * @example const { status } = await orders.inbox({ translate }).receive({ body, vouchedBy });
   */
  inbox(options: InboxOptions = {}): Inbox {
    const { translate = null } = parseInboxOptions(options);
    this.#translate = translate ?? this.#translate;
    return new Inbox(() => this.open(), translate);
  }

  /**
   * Compares the platform's bill of some days with all orders, and gives each difference. What is
   * missing here, or contradicts us, is recorded with source `bill`, once: a fact for an order that
   * does not exist yet waits in the inbox. Splits are not compared.
   * @throws {PaymentOrderError} `invalid-input`, `gateway-not-configured` or
   * `gateway-cannot-be-asked`, when the first difference is asked for.
   * @example
   * for await (const { kind, recorded } of orders.reconcile({ from: '2021-02-02', to: '2021-02-02' })) {
   *   console.log(kind, recorded);
   * }
   */
  async *reconcile(options: ReconcileOptions): AsyncGenerator<BillDifference> {
    this.open();
    const { reconcile } = await import('./bill/reconcile.ts');
    yield* reconcile(() => this.open(), options);
  }

  /**
   * Copies a SQLite store that is in use into a new file, and checks the copy.
   * @throws {PaymentOrderError} `backup-unsupported`; `invalid-input` if the file exists.
   * @example const { ok, head } = await orders.backup('/backup/orders.db');
   */
  async backup(file: string, options: BackupOptions = {}): Promise<Backup> {
    const dependencies = this.open();
    const loading = import('./backup.ts');
    return dependencies.running.track(
      loading.then(({ backupStore }) => backupStore(dependencies, file, options)),
    );
  }

  /**
   * Fires the due timers of all orders from now on: retries, questions, and attempts that a crashed
   * process abandoned. Tries the notices that wait again; with `askAfterMs`, asks about orders that
   * stay open. Resolves when the store was read once. Repeating it changes nothing.
   * @throws {PaymentOrderError} `gateway-not-configured`, `gateway-cannot-be-asked` or `invalid-input`.
   * @example await orders.startRecovery({ onFired: ({ orderNo, answer }) => log(orderNo, answer) });
   */
  async startRecovery(options: RecoveryOptions = {}): Promise<void> {
    return this.#recovery.start(this.open(), options);
  }

  /**
   * Fires what is due now, tries the notices that wait, and with `askAfterMs` asks what is due now;
   * resolves when the outcomes are recorded.
   * @throws {PaymentOrderError} `gateway-not-configured`, `gateway-cannot-be-asked` or `invalid-input`.
   * @example const { waiting, fired } = await orders.recoverOnce({ signal });
   */
  async recoverOnce(options: RecoverOnceOptions = {}): Promise<Recovered> {
    return this.#dependencies.running.track(this.#recovery.once(this.open(), options));
  }

  /**
   * Begins nothing more, awaits the calls in flight and their outcomes, and closes the store.
   * @example await orders.close();
   */
  close(): Promise<void> {
    this.#closing.abort();
    const stop = () => Promise.all([this.#recovery.stop(), this.index.close(), this.log.close()]);
    return this.#dependencies.running.end(stop, this.#release);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal */
  protected override readonly status = () => this.#recovery.status(this.#dependencies);

  /** @internal */
  protected override readonly index: LazyIndex;

  /** @internal */
  protected override readonly log: TransparencyLog;

  /** @internal */
  protected override open(): HandlerDependencies {
    return this.#dependencies.running.ifOpen(this.#dependencies);
  }
}
