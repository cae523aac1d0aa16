/** The queries of payment orders. None of them calls the gateway, fires a timer or writes. */

import type { EventType } from '../machines/payment-order.events.ts';
import type { RecordedEvent } from './event-store/event-store.ts';
import { feed } from './history/feed.ts';
import type { FeedOptions } from './history/feed.ts';
import type { HistoryEvent, Witness } from './history/event.ts';
import type { RecordedStep } from './history/recorded-steps.ts';
import type { Moment, Replay, Verification } from './history/results.ts';
import type { LazyIndex } from './order-index/lazy.ts';
import type {
  AttentionCount,
  AttentionCountOptions,
  FoundOrders,
  OrderSearch,
  UnsettledNotices,
  UnsettledNoticesOptions,
} from './order-index/types.ts';
import * as read from './order/read.ts';
import type { OrderDependencies } from './order/transact.ts';
import type { CommandType, PaymentOrder } from './order/types.ts';
import type {
  Explanation,
  OrderAsOf,
  OrderFilter,
  Preview,
  PreviewedType,
  PreviewPayload,
  PreviewStep,
  ReplayOptions,
} from './order/query-types.ts';
import type { RecoveryStatus } from './recovery/status.ts';
import type { TransparencyLog } from './tlog/log.ts';

/** What is asked of payment orders: each method reads the store, if anything, and nothing else. */
export abstract class PaymentOrderQueries {
  /**
   * What a query needs.
   * @internal
   */
  protected abstract open(): OrderDependencies;

  /** @internal */
  protected abstract readonly index: LazyIndex;

  /**
   * Aborts when the orders are closed.
   * @internal
   */
  protected abstract readonly closing: AbortSignal;

  /** @internal */
  protected abstract readonly log: TransparencyLog;

  /** @internal */
  protected abstract readonly status: () => RecoveryStatus;

  /**
   * What recovery of this process knows and does: whether it runs, how late it is, what waits, which
   * gateway is down. Reads nothing, and never throws.
   * @example const { phase, lagMs, due } = orders.recovery;
   */
  get recovery(): RecoveryStatus {
    return this.status();
  }

  /**
   * The order, folded from its whole history; null if it was never created.
   * @example const state = (await orders.get('O1'))?.state;
   */
  async get(orderNo: string): Promise<PaymentOrder | null> {
    return read.readOrder(this.open(), orderNo);
  }

  /**
   * The order as it stood at a revision or an instant; null if it was not created yet.
   * @throws {PaymentOrderError} `invalid-input` for a revision that the history does not have.
   * @example const then = await orders.getAsOf('O1', { recordedAt: '2026-11-23T10:00:00Z' });
   */
  async getAsOf(orderNo: string, moment: Moment): Promise<OrderAsOf | null> {
    return read.readOrderAsOf(this.open(), orderNo, moment);
  }

  /**
   * Whether a command would be accepted now, and why not; null if there is no such order.
   * @example const code = (await orders.explain('O1', 'RequestCancel'))?.code;
   */
  async explain(orderNo: string, command: CommandType): Promise<Explanation | null> {
    return read.explainCommand(this.open(), orderNo, command);
  }

  /**
   * What a command or a fact would record if it came now, made by what would record it; null if there
   * is no such order. Nothing is stored, and nobody is called.
   * @throws {PaymentOrderError} what the method of the command or the fact would throw
   * @example
   * const seen = await orders.preview('O1', 'RetryCancel', { note: 'the gateway is back' });
   * if (seen?.calls === true) await orders.retryCancel('O1', { ifRevision: seen.revision });
   */
  async preview<T extends PreviewedType>(
    orderNo: string,
    type: T,
    payload: PreviewPayload<T>,
  ): Promise<Preview | null> {
    const dependencies = this.open();
    const { previewAll } = await import('./order/preview.ts');
    return (await previewAll(dependencies, orderNo, [{ type, payload }]))?.[0] ?? null;
  }

  /**
   * As `preview`, of several that follow each other. One that would be rejected is the last.
   * @throws {PaymentOrderError} what the method of the command or the fact would throw
   * @example
   * const seen = await orders.previewAll('O1', [
   *   { type: 'ResolveCancel', payload: { resolution: 'paid', evidence: 'bill', by: 'li.wei' } },
   *   { type: 'PaymentSucceeded', payload: { transactionNo: 'T1' } },
   * ]);
   */
  async previewAll(
    orderNo: string,
    steps: readonly PreviewStep[],
  ): Promise<readonly Preview[] | null> {
    const dependencies = this.open();
    const { previewAll } = await import('./order/preview.ts');
    return previewAll(dependencies, orderNo, steps);
  }

  /**
   * The stored events, oldest first; empty if the order was never created.
   * @example for (const { type } of await orders.history('O1')) console.log(type);
   */
  async history(orderNo: string): Promise<readonly HistoryEvent[]> {
    return read.readHistory(this.open(), orderNo);
  }

  /**
   * The stored events unparsed, without those that the store cannot give: `verify` names them.
   * @example const html = renderReport(await orders.recordedEvents('O1'));
   */
  async recordedEvents(orderNo: string): Promise<readonly RecordedEvent[]> {
    return read.readRecordedEvents(this.open(), orderNo);
  }

  /**
   * The history step by step as it was recorded, whichever version of the machine wrote it.
   * @example for await (const { type, to } of orders.recordedSteps('O1')) console.log(type, to);
   */
  recordedSteps(orderNo: string): AsyncGenerator<RecordedStep> {
    return read.readSteps(() => this.open(), orderNo);
  }

  /**
   * Folds the history again, by the machine in use or another, and compares each step.
   * @example const { divergence } = await orders.replay('O1', { machine: olderMachine });
   */
  async replay(orderNo: string, options: ReplayOptions = {}): Promise<Replay> {
    return read.replayOrder(this.open(), orderNo, options);
  }

  /**
   * Replays all histories, in the order of their creation.
   * @example for await (const { stream, divergence } of orders.replayAll()) console.log(stream, divergence);
   */
  replayAll(options: ReplayOptions = {}): AsyncGenerator<Replay> {
    return read.replayOrders(() => this.open(), options);
  }

  /**
   * The numbers of all orders, in the order of their creation. No history is read.
   * @example const all = await Array.fromAsync(orders.orderNumbers());
   */
  orderNumbers(): AsyncGenerator<string> {
    return read.listOrderNumbers(() => this.open());
  }

  /**
   * All orders, in the order of their creation; one history is in memory at a time.
   * @example for await (const order of orders.list({ attention: true })) console.log(order.orderNo);
   */
  list(filter: OrderFilter = {}): AsyncGenerator<PaymentOrder> {
    return read.listOrders(() => this.open(), filter);
  }

  /**
   * The feed: the events of all orders, each once, in the order of the store, after any position that
   * was kept. What a question, a notice or recovery changed is in it as well. An event that cannot be
   * read ends it with an error, whose `position` tells where to go on.
   * @throws {PaymentOrderError} `invalid-input`, `invalid-event`, `unknown-event-type`,
   * `unknown-schema-version`, `store-corrupt` or `store-unavailable`, when the next one is asked for.
   * @example
   * for await (const found of orders.events({ types: ['PaymentSucceeded'] })) {
   *   console.log(found.position, found.orderNo, found.event.amountMinor);
   * }
   */
  events<T extends EventType = EventType>(
    options: FeedOptions<T> = {},
  ): AsyncGenerator<HistoryEvent<T>, void, undefined> {
    return feed(() => this.open(), this.closing, options);
  }

  /**
   * Finds orders by a number that somebody quotes, by state, age, amount, or by why they need a
   * person; a page at a time, from the order index. No history is read. The index first catches up
   * with the store, so it shows what was acknowledged before; the first time this reads every event.
   * @throws {PaymentOrderError} `invalid-input`
   * @example
   * const { orders: found, cursor } = await orders.search({ attention: true, sort: 'since' });
   * for (const { orderNo, why } of found) console.log(orderNo, why[0]?.why, why[0]?.since);
   */
  async search(search: OrderSearch = {}): Promise<FoundOrders> {
    this.open();
    return (await this.index.opened()).search(search);
  }

  /**
   * How many orders need a person, why, and since when: as many as `search` would find, counted in the
   * order index without reading one of them. The index first catches up, as for `search`.
   * @throws {PaymentOrderError} `invalid-input`
   * @example
   * const { needing, by } = await orders.countAttention();
   * console.log(needing, by.doubt.count, by.doubt.since);
   */
  async countAttention(options: AttentionCountOptions = {}): Promise<AttentionCount> {
    this.open();
    return (await this.index.opened()).countAttention(options);
  }

  /**
   * The notices that wait for an order, an answer or an operator, those that have stood so for the
   * longest first; a page at a time, from the order index. No notice is read.
   * @throws {PaymentOrderError} `invalid-input`
   * @example
   * const { notices, cursor } = await orders.unsettledNotices({ status: 'held' });
   * for (const { noticeId, since } of notices) console.log(noticeId, since);
   */
  async unsettledNotices(options: UnsettledNoticesOptions = {}): Promise<UnsettledNotices> {
    this.open();
    return (await this.index.opened()).unsettledNotices(options);
  }

  /**
   * Checks a history against its hashes, the machine, and a witness that was kept elsewhere.
   * @example const { ok, faults } = await orders.verify('O1', receipt);
   */
  async verify(orderNo: string, witness?: Witness): Promise<Verification> {
    return read.verifyHistory(this.open(), orderNo, witness);
  }

  /**
   * Checks all histories, in the order of their creation. A broken or misnamed one hides no other.
   * @example for await (const { ok, orderNo } of orders.verifyAll()) if (!ok) console.log(orderNo);
   */
  verifyAll(): AsyncGenerator<Verification> {
    return read.verifyAllHistories(() => this.open());
  }

  /**
   * The log over all orders: proofs, and checkpoints that others can keep and watch. Only its
   * `checkpoint` writes.
   * @example const { ok, faults } = await orders.transparencyLog().verify({ checkpoint });
   */
  transparencyLog(): TransparencyLog {
    return this.log;
  }

  /**
   * Checks the store's files, indexes and columns, and what recovery remembers; a sentence a fault.
   * @example for (const fault of await orders.checkStore()) console.error(fault);
   */
  async checkStore(): Promise<readonly string[]> {
    const { store } = this.open();
    const { checkStore } = await import('./recovery/checkpoint-check.ts');
    return checkStore(store);
  }
}
