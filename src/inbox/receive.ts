/** What the methods of the inbox do: each begins from a notice as it is stored, and ends settled. */

import { PaymentOrderError } from '../errors.ts';
import { requireSeen } from '../order/refused.ts';
import type { OrderDependencies } from '../order/transact.ts';
import { sha256 } from '../text.ts';
import { bodyBytesMax, storedBody } from './body.ts';
import { noticeStreamOf } from './events.ts';
import type { Delivery, NoticeEvent } from './events.ts';
import type { ParsedNotice } from './input.ts';
import { afterConflict } from './list-of-order.ts';
import { appendToNotice, loadNotice, operatorNamed, voucherOf } from './notice.ts';
import type { NoticeState } from './notice.ts';
import { settle } from './settle.ts';
import { meaningOf } from './translation.ts';
import type {
  DiscardReceipt,
  NoticeDiscard,
  NoticeReceipt,
  NoticeRetry,
  Translate,
} from './types.ts';
import { standingOf } from './view.ts';

/** Keeps the notice before anything else happens. */
export async function receiveNotice(
  dependencies: OrderDependencies,
  translate: Translate | null,
  { bytes, delivery, actor }: ParsedNotice,
): Promise<NoticeReceipt> {
  const noticeId = sha256(bytes);
  const received: NoticeEvent = {
    type: 'NoticeReceived',
    body: storedBody(bytes.subarray(0, bodyBytesMax)),
    bytes: bytes.length,
    isCut: bytes.length > bodyBytesMax ? true : undefined,
    delivery,
  };
  const first = await appendToNotice(dependencies, noticeId, received, actor);
  const kept = first ?? (await keptBefore(dependencies, translate, noticeId, { delivery, actor }));
  const settled = await settle(dependencies, kept, translate);
  return { kind: first === null ? 'duplicate' : 'accepted', ...standingOf(settled) };
}

/** The notice as it was kept before, with this delivery where it is the one to count. */
function keptBefore(
  dependencies: OrderDependencies,
  translate: Translate | null,
  noticeId: string,
  { delivery, actor }: Pick<ParsedNotice, 'delivery' | 'actor'>,
): Promise<NoticeState> {
  return appendUnless(
    dependencies,
    noticeId,
    actor,
    async (state) => {
      const isBetter = await isVouchedAtLast(dependencies, translate, state, delivery);
      return isBetter ? { type: 'NoticeVouched', delivery } : null;
    },
    // Whoever received it first may not know yet that it is forged.
    (found) => settle(dependencies, found, translate),
  );
}

/**
 * Whether the same body comes vouched for where nothing vouched for it before. A stranger who
 * knows a body and posts it first must not block its true sender.
 */
async function isVouchedAtLast(
  dependencies: OrderDependencies,
  translate: Translate | null,
  state: NoticeState,
  delivery: Delivery,
): Promise<boolean> {
  if (state.standing === 'applied' || voucherOf(state) !== null) return false;
  const { signature, vouchedBy } = state.delivery;
  if (signature === delivery.signature && vouchedBy === delivery.vouchedBy) return false;
  // Without a translator, nobody can say that a signature is not forged.
  if (translate === null)
    return delivery.vouchedBy !== undefined && delivery.signature === undefined;
  const meaning = await meaningOf(dependencies, state, translate, delivery);
  if (meaning.kind === 'forged') return false;
  const isSigned = meaning.kind === 'fact' && meaning.translated.signed !== undefined;
  return isSigned || delivery.vouchedBy !== undefined;
}

export async function retryNotice(
  dependencies: OrderDependencies,
  translate: Translate | null,
  noticeId: string,
  retry: NoticeRetry,
): Promise<NoticeReceipt> {
  const { ifRevision, ...retried } = retry;
  const tried = await appendUnless(
    dependencies,
    noticeId,
    operatorNamed(retry.by),
    ({ standing }) => (standing === 'applied' ? null : { type: 'NoticeRetried', ...retried }),
    // Its order may hold the fact already. Led to another order, it would be applied to both.
    (found) => settle(dependencies, found, translate),
    ifRevision,
  );
  const settled = await settle(dependencies, tried, translate);
  const kind = tried.standing === 'applied' ? 'duplicate' : 'accepted';
  return { kind, ...standingOf(settled) };
}

/**
 * Discards what is not applied. A process may have died between the fact and the mark that says so,
 * so a notice that nobody finished looking at is settled first.
 */
export async function discardNotice(
  dependencies: OrderDependencies,
  translate: Translate | null,
  noticeId: string,
  discard: NoticeDiscard,
): Promise<DiscardReceipt> {
  let kind: DiscardReceipt['kind'] = 'accepted';
  const { ifRevision, ...discarded } = discard;
  const after = await appendUnless(
    dependencies,
    noticeId,
    operatorNamed(discard.by),
    ({ standing }) => {
      kind = answerToDiscard[standing];
      return kind === 'accepted' ? { type: 'NoticeDiscarded', ...discarded } : null;
    },
    (found) => settle(dependencies, found, translate),
    ifRevision,
  );
  return { kind, ...standingOf(after) };
}

const answerToDiscard = {
  received: 'rejected',
  waiting: 'accepted',
  held: 'accepted',
  applied: 'rejected',
  discarded: 'duplicate',
} as const satisfies Readonly<Record<NoticeState['standing'], DiscardReceipt['kind']>>;

/**
 * Appends what `decide` says of the notice as it is, once `prepare` is through with it, or nothing
 * where it says null; decides again after a conflict.
 *
 * @param ifRevision - What somebody saw of it: where even settling it goes beyond that, it has moved on.
 * @throws {PaymentOrderError} `notice-not-found` or `revision-moved`
 */
async function appendUnless(
  dependencies: OrderDependencies,
  noticeId: string,
  actor: Parameters<typeof appendToNotice>[3],
  decide: (state: NoticeState) => NoticeEvent | null | Promise<NoticeEvent | null>,
  prepare: (found: NoticeState) => Promise<NoticeState> = (found) => Promise.resolve(found),
  ifRevision?: number,
): Promise<NoticeState> {
  const stream = noticeStreamOf(noticeId);
  for (let conflicts = 1; ; conflicts += 1) {
    const found = await loadNotice(dependencies.store, noticeId);
    if (found === null) throw notFound(stream);
    requireSeen(stream, found.head, ifRevision);
    const state = await prepare(found);
    requireSeen(stream, state.head, ifRevision);
    const event = await decide(state);
    if (event === null) return state;
    const after = await appendToNotice(dependencies, state, event, actor);
    if (after !== null) return after;
    await afterConflict(dependencies.runtime, stream, conflicts);
  }
}

function notFound(stream: string): PaymentOrderError {
  const message = `stream ${stream} is empty: no such notice came; look for its id with "inbox list"`;
  return new PaymentOrderError('notice-not-found', message, { stream });
}
