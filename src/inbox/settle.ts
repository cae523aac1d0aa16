/**
 * Brings a notice as far as it goes: translated, vouched for, recorded as a fact in its order, and
 * marked as applied.
 *
 * Every step is an append, and every step can be the last one before a crash. Whoever comes next,
 * recovery or the sender's repeat, goes on from what is stored. Between the fact and the mark the
 * order itself remembers which notices it holds, so a fact is never recorded for a notice twice.
 *
 * An order that does not exist yet and a notice for it find each other, whichever comes first: the
 * notice is listed first and then looks for the order, while creating an order appends first and then
 * reads the list.
 */

import { PaymentOrderError, errorCodes } from '../errors.ts';
import { decideFact } from '../order/decide.ts';
import { eventContextOf } from '../order/input.ts';
import { queryCall } from '../order/question.ts';
import { transact } from '../order/transact.ts';
import type { OrderDependencies } from '../order/transact.ts';
import { meaningOfBillNotice } from './bill-notice.ts';
import type { NoticeEvent, Translated } from './events.ts';
import { confirmation, confirmedPart, wasConfirmed, canConfirm } from './confirm.ts';
import type { AskingPace } from './confirm.ts';
import { afterConflict, listNotice } from './list-of-order.ts';
import { appendToNotice, loadNotice, voucherOf } from './notice.ts';
import type { NoticeState } from './notice.ts';
import { factOf, meaningOf } from './translation.ts';
import type { Meaning } from './translation.ts';
import type { NoticeApplication, Translate } from './types.ts';

/**
 * The notice, brought as far as it goes now.
 *
 * @param translate - Null where this process has no translator: what is not translated stays.
 * @param pace - Of questions to the platform. Null where nobody is asked now: recovery asks.
 * @throws {PaymentOrderError} where the store fails; what was appended until then stays.
 */
export async function settle(
  dependencies: OrderDependencies,
  given: NoticeState,
  translate: Translate | null,
  pace: AskingPace | null = null,
): Promise<NoticeState> {
  const ways = { translate, pace };
  let state = given;
  /** Once the order holds the fact, the notice is applied, whatever else happens to it meanwhile. */
  let applied: NoticeEvent<'NoticeApplied'> | null = null;
  let conflicts = 0;
  while (state.standing !== 'applied') {
    const event: NoticeEvent | null = applied ?? (await nextEvent(dependencies, state, ways));
    if (event === null) return state;
    if (event.type === 'NoticeApplied') applied = event;
    const after = await appendToNotice(dependencies, state, event);
    if (after !== null && !isListedNext(event)) return after;
    if (after === null) await afterConflict(dependencies.runtime, state.stream, (conflicts += 1));
    state = after ?? (await reloaded(dependencies, state));
  }
  return state;
}

type Ways = { readonly translate: Translate | null; readonly pace: AskingPace | null };

/** A fact whose order does not exist: it is listed for it, and the order is looked for again. */
function isListedNext(event: NoticeEvent): boolean {
  return event.type === 'NoticeWaits' && event.translated !== undefined;
}

/** The next event of the notice. Only `received` and `waiting` go anywhere by themselves. */
async function nextEvent(
  dependencies: OrderDependencies,
  state: NoticeState,
  { translate, pace }: Ways,
): Promise<NoticeEvent | null> {
  if (state.standing !== 'received' && state.standing !== 'waiting') return null;
  const meaning = await known(dependencies, state, translate);
  if (meaning === null) return null;
  if (meaning.kind === 'fact') return nextOfFact(dependencies, state, meaning.translated, pace);
  const { kind, problem } = meaning;
  if (kind !== 'waits') return { type: 'NoticeHeld', code: kind, problem };
  return state.standing === 'waiting' ? null : { type: 'NoticeWaits', problem };
}

/** What it means: as stored, by its own words, or by the translator; null where none of them says. */
async function known(
  dependencies: OrderDependencies,
  state: NoticeState,
  translate: Translate | null,
): Promise<Meaning | null> {
  const { translated } = state;
  const isStored = translated !== null && (state.standing === 'waiting' || translate === null);
  if (isStored) return { kind: 'fact', translated: mapped(state, translated) };
  const own = meaningOfBillNotice(state);
  if (own !== null) return own;
  return translate === null ? null : meaningOf(dependencies, state, translate);
}

/** To the order that an operator named, if one did. */
function mapped({ operator }: NoticeState, translated: Translated): Translated {
  return operator.orderNo === undefined ? translated : { ...translated, orderNo: operator.orderNo };
}

async function nextOfFact(
  dependencies: OrderDependencies,
  state: NoticeState,
  translated: Translated,
  pace: AskingPace | null,
): Promise<NoticeEvent | null> {
  const vouchedBy = voucherOf(state, translated.signed);
  if (vouchedBy === null && state.isForged) {
    const problem = 'its signature was found invalid, and this translator did not verify it';
    return { type: 'NoticeHeld', code: 'forged', problem };
  }
  if (vouchedBy !== null) return nextOfTrueFact(dependencies, state, translated, vouchedBy);
  if (await wasConfirmed(dependencies, state, translated)) {
    return nextOfTrueFact(dependencies, state, confirmedPart(translated), queryCall);
  }
  if (!canConfirm(dependencies, translated))
    return unvouched(translated, 'nothing vouches for its sender');
  const answer = await pace?.take(() => confirmation(dependencies, state, translated));
  switch (answer?.kind) {
    case 'confirmed':
      // It waited for the answer, and an operator may have decided about it since.
      if (!(await isAsRead(dependencies, state))) return null;
      return nextOfTrueFact(dependencies, state, confirmedPart(translated), queryCall);
    case 'not-confirmed':
      return unvouched(translated, answer.problem);
    case 'not-yet':
    case undefined: {
      const problem = 'nothing vouches for its sender, so recovery asks the platform';
      return state.standing === 'waiting' ? null : { type: 'NoticeWaits', problem, translated };
    }
  }
}

function unvouched(translated: Translated, problem: string): NoticeEvent {
  return { type: 'NoticeHeld', code: 'unvouched', problem, translated };
}

async function nextOfTrueFact(
  dependencies: OrderDependencies,
  state: NoticeState,
  translated: Translated,
  vouchedBy: string,
): Promise<NoticeEvent | null> {
  const { orderNo } = translated;
  const record = () => recorded(dependencies, state, translated, vouchedBy);
  let result = await record();
  if (result === null) {
    // Stored before it is listed: creating the order asks no translator.
    if (state.standing === 'received' || state.translated === null) {
      const problem = `order ${orderNo} does not exist yet`;
      return { type: 'NoticeWaits', problem, translated };
    }
    await listNotice(dependencies, orderNo, state.noticeId);
    // It may have been created since, by somebody who read the list before this.
    result = await record();
  }
  if (result === null) return null;
  if (result instanceof PaymentOrderError) {
    const problem = `order ${orderNo} cannot take the fact (${result.code})`;
    return { type: 'NoticeHeld', code: 'refused', problem, translated };
  }
  return { type: 'NoticeApplied', translated, vouchedBy, ...result };
}

type Recorded = Pick<NoticeApplication, 'kind' | 'revision' | 'hash'>;

/**
 * Records the fact, unless the order holds it. Null where there is no such order, and an error where
 * the order cannot take it. What the store cannot do is thrown: the sender or recovery tries again.
 */
async function recorded(
  dependencies: OrderDependencies,
  state: NoticeState,
  translated: Translated,
  vouchedBy: string,
): Promise<Recorded | PaymentOrderError | null> {
  const { noticeId, receivedId, delivery, actor } = state;
  try {
    const { orderNo, fact, occurredAt } = factOf(translated);
    const { source = 'notice' } = delivery;
    const options = { source, causationId: receivedId, actor };
    const context = {
      ...eventContextOf(options, 'fact', dependencies),
      ...{ occurredAt, noticeId, vouchedBy },
    };
    const { order } = await transact(dependencies, orderNo, (found) => ({
      decision:
        found?.deduplication.notice(noticeId) === undefined
          ? decideFact(found, orderNo, fact)
          : { kind: 'answer', answer: { kind: 'duplicate' } },
      context,
    }));
    const own = order.deduplication.notice(noticeId);
    return { kind: own === undefined ? 'duplicate' : 'accepted', ...(own ?? order.witness) };
  } catch (error) {
    if (!(error instanceof PaymentOrderError)) throw error;
    if (error.code === 'order-not-found') return null;
    const { code } = error;
    const isOrders = code === 'stream-full' || code === 'event-too-large';
    if (isOrders || errorCodes[code].lane !== 'store') return error;
    throw error;
  }
}

async function isAsRead(dependencies: OrderDependencies, state: NoticeState): Promise<boolean> {
  const { head } = await reloaded(dependencies, state);
  return head.revision === state.head.revision;
}

async function reloaded(
  { store }: OrderDependencies,
  { noticeId, stream }: NoticeState,
): Promise<NoticeState> {
  const state = await loadNotice(store, noticeId);
  if (state !== null) return state;
  const message = `stream ${stream}: the store does not show what it acknowledged; read again`;
  throw new PaymentOrderError('store-unavailable', message, { stream });
}
