/** A notice is the fold of its stream: how it was delivered, what it means, and where it stands. */

import { PaymentOrderError } from '../errors.ts';
import { appendSettled } from '../event-store/append-settled.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { chainStart } from '../history/chain.ts';
import type { Actor, Witness } from '../history/event.ts';
import type { Runtime } from '../runtime.ts';
import type { StoredBody } from './body.ts';
import { decodeNoticeEvent, encodeNoticeEvent, noticeIdOf, noticeStreamOf } from './events.ts';
import type { Delivery, NoticeEvent, Standing, StoredNoticeEvent, Translated } from './events.ts';
import type { HeldCode, NoticeApplication } from './types.ts';

/** A notice up to its head. */
export type NoticeState = {
  readonly noticeId: string;
  readonly stream: string;
  readonly head: Witness;
  readonly receivedAt: string;
  /** The id of its first event. */
  readonly receivedId: string;
  readonly body: StoredBody;
  readonly bytes: number;
  readonly isCut: boolean;
  /** The delivery that counts: the first one, until one comes that is vouched for. */
  readonly delivery: Delivery;
  /** What an operator vouches with, and the order that an operator named. */
  readonly operator: {
    readonly vouchedBy?: string | undefined;
    readonly orderNo?: string | undefined;
  };
  /** Who last delivered or retried it, where that is known: the fact is recorded as theirs. */
  readonly actor: Actor | undefined;
  readonly standing: Standing;
  readonly code: HeldCode | null;
  /** The delivery that counts has an invalid signature: only a valid one vouches for it. */
  readonly isForged: boolean;
  readonly problem: string | null;
  readonly translated: Translated | null;
  readonly applied: NoticeApplication | null;
};

export function operatorNamed(by: string): Actor {
  return { kind: 'operator', id: by };
}

/**
 * Folds the next event of a notice.
 *
 * @throws {PaymentOrderError} `illegal-history`
 */
export function evolve(state: NoticeState | null, stored: StoredNoticeEvent): NoticeState {
  const { stream, revision, id, metadata, event } = stored;
  const head = { revision, hash: metadata.hash };
  if (state === null || event.type === 'NoticeReceived') {
    if (state !== null || event.type !== 'NoticeReceived') throw illegal(stored);
    const { body, bytes, isCut = false, delivery } = event;
    return {
      ...{ noticeId: noticeIdOf(stream), stream, head, body, bytes, isCut, delivery },
      ...{ receivedAt: metadata.recordedAt, receivedId: id, operator: {}, actor: metadata.actor },
      ...{ standing: 'received', code: null, problem: null, isForged: false },
      ...{ translated: null, applied: null },
    };
  }
  // What is in an order stays there.
  if (state.standing === 'applied') throw illegal(stored);
  return { ...state, ...changed(state, stored), head };
}

function changed(
  state: NoticeState,
  stored: StoredNoticeEvent,
): Partial<NoticeState> & { readonly standing: Standing } {
  const { event, metadata } = stored;
  const standing = standingAfter(event);
  if (standing === null) throw illegal(stored);
  switch (event.type) {
    case 'NoticeVouched': {
      // A signature that vouched did so for another delivery.
      const { translated } = state;
      const kept = translated === null ? null : { ...translated, signed: undefined };
      const fresh = { code: null, problem: null, isForged: false, translated: kept } as const;
      return { ...fresh, standing, delivery: event.delivery, actor: metadata.actor };
    }
    case 'NoticeRetried': {
      const vouchedBy = event.vouchedBy ?? state.operator.vouchedBy;
      const operator = { vouchedBy, orderNo: event.orderNo ?? state.operator.orderNo };
      return { standing, operator, actor: metadata.actor, code: null, problem: null };
    }
    case 'NoticeWaits': {
      const { problem, translated = null } = event;
      return { standing, code: null, problem, translated };
    }
    case 'NoticeHeld': {
      const { code, problem, translated = null } = event;
      const isForged = state.isForged || code === 'forged';
      return { standing, code, problem, isForged, translated };
    }
    case 'NoticeApplied': {
      const { translated, vouchedBy, kind, revision, hash } = event;
      const applied = { orderNo: translated.orderNo, kind, revision, hash, vouchedBy };
      return { standing, code: null, problem: null, translated, applied };
    }
    // Its code stays: one that nobody vouched for may still come again, vouched for.
    case 'NoticeDiscarded':
      return { standing, problem: event.reason };
    case 'NoticeReceived':
    case 'NoticeListed':
      throw illegal(stored);
  }
}

/** What vouches for the notice as it is known; null where nothing does. */
export function voucherOf(state: NoticeState, signed?: string): string | null {
  const { operator, delivery, translated, isForged, applied } = state;
  if (applied !== null) return applied.vouchedBy;
  const bySignature = signed ?? translated?.signed ?? null;
  return isForged ? bySignature : (bySignature ?? operator.vouchedBy ?? delivery.vouchedBy ?? null);
}

/** Reads and folds one notice; null where its stream is empty. */
export async function loadNotice(store: EventStore, noticeId: string): Promise<NoticeState | null> {
  let state: NoticeState | null = null;
  for await (const recorded of store.read(noticeStreamOf(noticeId))) {
    state = evolve(state, decodeNoticeEvent(recorded));
  }
  return state;
}

/** Appends the next event of a notice, and folds it; null after a conflict. */
export async function appendToNotice(
  { store, runtime }: { readonly store: EventStore; readonly runtime: Runtime },
  before: NoticeState | string,
  event: NoticeEvent,
  actor?: Actor,
): Promise<NoticeState | null> {
  const state = typeof before === 'string' ? null : before;
  const stream = typeof before === 'string' ? noticeStreamOf(before) : before.stream;
  const revision = state === null ? 0 : state.head.revision + 1;
  const prevHash = state?.head.hash ?? chainStart;
  const place = { stream, revision, prevHash };
  const to = standingAfter(event) ?? undefined;
  const { prepared, stored } = encodeNoticeEvent(event, place, { actor, to }, runtime);
  const after = evolve(state, stored);
  const expected = state?.head.revision ?? 'no-stream';
  const result = await appendSettled(store, runtime, stream, [prepared], expected);
  return result.kind === 'conflict' ? null : after;
}

/** Where an event leads is the same wherever it happens. */
export function standingAfter({ type }: NoticeEvent): Standing | null {
  switch (type) {
    case 'NoticeReceived':
    case 'NoticeVouched':
    case 'NoticeRetried':
      return 'received';
    case 'NoticeWaits':
      return 'waiting';
    case 'NoticeHeld':
      return 'held';
    case 'NoticeApplied':
      return 'applied';
    case 'NoticeDiscarded':
      return 'discarded';
    case 'NoticeListed':
      return null;
  }
}

function illegal({ stream, revision, event }: StoredNoticeEvent): PaymentOrderError {
  const place = { stream, revision };
  const message =
    `stream ${stream}, revision ${revision}: ${event.type} cannot stand here in the history of a ` +
    'notice; restore a backup, or ask who wrote to this stream';
  return new PaymentOrderError('illegal-history', message, place);
}
