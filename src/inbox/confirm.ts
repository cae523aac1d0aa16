/**
 * Why the platform is asked about a notice: nothing vouches for its sender, and the platform itself
 * can say whether it is true. Its answer is recorded in the order, as the answer to any question. Of
 * the notice no more is applied than that answer says: whoever knows the address can make up the rest,
 * and could fill the order with one fact for each time and code that comes to mind.
 */

import type { FactType, ReportedStatus } from '../../machines/payment-order.events.ts';
import { compact } from '../compact.ts';
import { loadOrder } from '../history/load.ts';
import { ask, isAskable } from '../order/question.ts';
import type { OrderDependencies } from '../order/transact.ts';
import { millisecondsOf } from '../runtime.ts';
import type { Translated } from './events.ts';
import type { NoticeState } from './notice.ts';

/** Lets one question after the other through; null where nothing new is to be begun. */
export type AskingPace = { take<T>(work: () => Promise<T>): Promise<T | null> };

/** `not-yet`: the platform may say so later. */
export type Confirmation =
  | { readonly kind: 'confirmed' | 'not-yet' }
  | { readonly kind: 'not-confirmed'; readonly problem: string };

/** A notice that the platform does not confirm for so long is held, ms. */
const askedForMs = 3_600_000;

/** What the platform reports of an order where the fact is true. A status says nothing of the others. */
const statusOf: Readonly<Partial<Record<FactType, ReportedStatus>>> = {
  PaymentSucceeded: 'succeeded',
  PaymentFailed: 'failed',
  ClosedAtGateway: 'canceled',
};

/** Whether some gateway of this process can say whether the fact is true. */
export function canConfirm(
  { gateways }: Pick<OrderDependencies, 'gateways'>,
  { type }: Translated,
): boolean {
  return gateways.all.some(isAskable) && statusOf[type] !== undefined;
}

/** Whether its order holds the fact: whoever recorded it may have died before the mark. */
export async function wasConfirmed(
  { store, compiled }: OrderDependencies,
  { noticeId }: NoticeState,
  { orderNo, type }: Translated,
): Promise<boolean> {
  if (statusOf[type] === undefined) return false;
  const order = await loadOrder(store, compiled, orderNo);
  return order?.deduplication.notice(noticeId) !== undefined;
}

/** Asks the platform whether the fact is true. */
export async function confirmation(
  dependencies: OrderDependencies,
  { receivedId, receivedAt }: NoticeState,
  { orderNo, type, fact }: Translated,
): Promise<Confirmation> {
  const { store, compiled, runtime, gateways } = dependencies;
  const isEarly = runtime.now() - millisecondsOf(receivedAt) < askedForMs;
  const order = await loadOrder(store, compiled, orderNo);
  // It may be created in a moment.
  if (order === null)
    return isEarly ? { kind: 'not-yet' } : notConfirmed('its order does not exist');
  const $correlationId = runtime.newId();
  const context = { $correlationId, $causationId: receivedId };
  const gateway = await gateways.of(order.known);
  // A process that has the order's gateway asks.
  if (typeof gateway === 'string') return { kind: 'not-yet' };
  if (!isAskable(gateway)) return notConfirmed("its order's gateway cannot be asked");
  const { answer } = await ask(dependencies, gateway, order, { context, isWaitedFor: false });
  const { status, amountMinor, currency } = answer;
  const isOpen = status === 'pending' || status === 'unknown';
  if (isOpen && isEarly) return { kind: 'not-yet' };
  if (status !== statusOf[type]) return notConfirmed(`the platform reports ${status}`);
  const isOtherAmount = fact['amountMinor'] !== amountMinor || fact['currency'] !== currency;
  if (fact['amountMinor'] !== undefined && isOtherAmount) {
    return notConfirmed('the platform does not report its amount');
  }
  const { transactionNo = orderNo } = fact;
  if (transactionNo !== orderNo) {
    return notConfirmed('the platform does not report transaction numbers');
  }
  return { kind: 'confirmed' };
}

/** As much of a fact as a status can say; the whole of it stays in the notice. */
export function confirmedPart({ orderNo, type, fact }: Translated): Translated {
  const { amountMinor, currency } = fact;
  return { orderNo, type, fact: compact({ amountMinor, currency }) };
}

function notConfirmed(why: string): Confirmation {
  return { kind: 'not-confirmed', problem: `nothing vouches for its sender, and ${why}` };
}
