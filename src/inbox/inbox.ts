/**
 * Why the inbox exists: a fact may not be rejected, and a notice may be anything. So it is kept first,
 * as it came, and acknowledged; what it means and where it belongs is found out afterwards.
 */

import type { HandlerDependencies } from '../order/handle.ts';
import { decodeNoticeEvent, noticeIdOf, noticeStreamOf } from './events.ts';
import {
  parseDiscard,
  parseNotice,
  parseNoticeFilter,
  parseNoticeId,
  parseNoticePrefix,
  parseRetry,
} from './input.ts';
import type { NoticeState } from './notice.ts';
import type {
  DiscardReceipt,
  NoticeDetail,
  NoticeDiscard,
  NoticeFilter,
  NoticeInput,
  NoticeReceipt,
  NoticeRetry,
  NoticeVerification,
  NoticeView,
  Translate,
} from './types.ts';

/**
 * The notices of one store, opened by `PaymentOrders.inbox`.
 *
 * Every method may throw `PaymentOrderError` with the code `invalid-input`, `store-unavailable`,
 * `append-outcome-unknown`, `too-much-contention`, `store-denied` or, after `close`,
 * `store-closed`.
 */
export class Inbox {
  readonly #open: () => HandlerDependencies;
  readonly #translate: Translate | null;

  /** @internal */
  constructor(open: () => HandlerDependencies, translate: Translate | null) {
    this.#open = open;
    this.#translate = translate;
  }

  /**
   * Keeps a notice, and records the fact that it reports. Once this resolves the notice is durable,
   * so acknowledge it whatever `status` says. Where it rejects, the sender must repeat it.
   *
   * The same body again is a `duplicate`. It changes how the notice stands only where it is vouched
   * for and the first one was not.
   * @throws {PaymentOrderError} of the store: it is full, closed or away.
   * @example await inbox.receive({ body, contentType, source: 'platform', vouchedBy: 'mTLS' });
   */
  async receive(input: NoticeInput): Promise<NoticeReceipt> {
    const dependencies = this.#open();
    const parsed = parseNotice(input);
    return dependencies.running.track(
      handling().then(({ receiveNotice }) => receiveNotice(dependencies, this.#translate, parsed)),
    );
  }

  /**
   * All notices, in the order of their coming; one is in memory at a time.
   * @example for await (const notice of inbox.list({ attention: true })) console.log(notice.problem);
   */
  async *list(filter: NoticeFilter = {}): AsyncGenerator<NoticeView> {
    const { status, attention, orderNo, onUnreadable } = parseNoticeFilter(filter);
    const { loadNotice } = await import('./notice.ts');
    const { viewOfNotice } = await import('./view.ts');
    for await (const id of this.noticeIds()) {
      const state = await loadNotice(this.#open().store, id).catch((error: unknown) => {
        if (onUnreadable === undefined) throw error;
        onUnreadable(id, error);
        return null;
      });
      if (state === null) continue;
      const view = viewOfNotice(state);
      const isListed =
        (status === undefined || view.status === status) &&
        (attention === undefined || view.needsAttention === attention) &&
        (orderNo === undefined || view.orderNo === orderNo);
      if (isListed) yield view;
    }
  }

  /**
   * The ids of all notices that begin with a prefix, in the order of their coming. No body is read.
   * @example const [id] = await Array.fromAsync(inbox.noticeIds('3fa9'));
   */
  async *noticeIds(prefix = ''): AsyncGenerator<string> {
    const parsed = parseNoticePrefix(prefix);
    for await (const stream of this.#open().store.streams(noticeStreamOf(parsed))) {
      yield noticeIdOf(stream);
    }
  }

  /**
   * A notice with its body, which names payers; null if it never came.
   * @example const body = (await inbox.get(noticeId))?.body;
   */
  async get(noticeId: string): Promise<NoticeDetail | null> {
    const { store } = this.#open();
    const id = parseNoticeId(noticeId);
    const { evolve } = await import('./notice.ts');
    const { detailOf } = await import('./view.ts');
    const events = await Array.fromAsync(store.read(noticeStreamOf(id)), decodeNoticeEvent);
    const state = events.reduce<NoticeState | null>(evolve, null);
    return state === null ? null : detailOf(state, events);
  }

  /**
   * Checks all notices: their bodies, their histories, and the facts that they became.
   * @example for await (const { ok, stream } of inbox.verifyAll()) if (!ok) console.log(stream);
   */
  async *verifyAll(): AsyncGenerator<NoticeVerification> {
    const { verifyNotices } = await import('./verify.ts');
    yield* verifyNotices(this.#open);
  }

  /**
   * Tries a notice again: it is translated again, vouched for by the operator, or led to another
   * order. An applied one stays, and is answered `duplicate`. For operators.
   * @throws {PaymentOrderError} `notice-not-found`, or `revision-moved` by `ifRevision`
   * @example await inbox.retry(noticeId, { by: 'li.wei', vouchedBy: 'bill of 2026-11-28' });
   */
  async retry(noticeId: string, retry: NoticeRetry): Promise<NoticeReceipt> {
    const dependencies = this.#open();
    const [id, parsed] = [parseNoticeId(noticeId), parseRetry(retry)];
    return dependencies.running.track(
      handling().then(({ retryNotice }) => retryNotice(dependencies, this.#translate, id, parsed)),
    );
  }

  /**
   * Sets a notice aside for good, with a reason. The same body again does not bring it back, unless
   * it is vouched for and this one was not. For operators.
   * @throws {PaymentOrderError} `notice-not-found`, or `revision-moved` by `ifRevision`
   * @example await inbox.discard(noticeId, { by: 'li.wei', reason: 'of another service' });
   */
  async discard(noticeId: string, discard: NoticeDiscard): Promise<DiscardReceipt> {
    const dependencies = this.#open();
    const [id, parsed] = [parseNoticeId(noticeId), parseDiscard(discard)];
    return dependencies.running.track(
      handling().then(({ discardNotice }) =>
        discardNotice(dependencies, this.#translate, id, parsed),
      ),
    );
  }
}

/** What changes a notice, and the orders that it leads to. */
const handling = () => import('./receive.ts');
