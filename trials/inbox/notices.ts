import { createHash } from 'node:crypto';
import type { Notice, TranslatedFact, Translation } from '../../src/inbox/types.ts';
import { money } from '../simulation/money.ts';
import type { Random } from '../simulation/random.ts';

/**
 * Who sends a notice, and what it is worth.
 *
 * - `vouched`: by the channel, through a door that vouches for it.
 * - `signed`: by the channel; its translator finds the signature valid.
 * - `early`: as `vouched`, but at first nobody can say which order it is about.
 * - `strangerFirst`: posted by a stranger before the channel sends the same body.
 * - `unvouched`: by whoever knows the address; the channel never sends it.
 * - `forged`: its signature is invalid.
 * - `unreadable`, `throws`: nothing that the translator knows, or its undoing.
 */
export const noticeKinds = [
  'vouched',
  'signed',
  'early',
  'strangerFirst',
  'unvouched',
  'forged',
  'unreadable',
  'throws',
] as const;

export type NoticeKind = (typeof noticeKinds)[number];

/** What an operator does about it, if anything. */
export type Care = 'vouches' | 'discards' | null;

export type SentNotice = {
  readonly kind: NoticeKind;
  readonly orderNo: string;
  readonly body: string;
  /** SHA-256 of the body. */
  readonly noticeId: string;
  /** In the data of its fact alone, whichever notice reported it. */
  readonly factNo: string;
  readonly care: Care;
};

type Content = {
  readonly kind: NoticeKind;
  readonly orderNo: string;
  readonly factNo: string;
  readonly type: TranslatedFact['type'];
};

const types = [
  'PaymentSucceeded',
  'PaymentSucceeded',
  'PaymentFailed',
  'PaymentDeclined',
  'PaymentRefunded',
  'ClosedAtGateway',
] as const;

export function noticeOf(
  content: Content,
  care: Care,
  /** Another text for the same fact. */
  wording = '',
): SentNotice {
  const { kind, orderNo, factNo } = content;
  const body = JSON.stringify({ ...content, wording });
  const noticeId = createHash('sha256').update(body).digest('hex');
  return { kind, orderNo, body, noticeId, factNo, care };
}

/** Each number of a notice is used for one fact; now and then two notices report the same one. */
export function drawnNotices(random: Random, orderNos: readonly string[]): readonly SentNotice[] {
  const count = random.between(1, 6);
  return Array.from({ length: count }, (_, index) => {
    const content: Content = {
      kind: random.pick(noticeKinds),
      orderNo: random.pick(orderNos),
      factNo: `N${index + 1}`,
      type: random.pick(types),
    };
    const isSuspect = ['unvouched', 'forged', 'unreadable', 'throws'].includes(content.kind);
    const care = isSuspect ? random.pick<Care>(['vouches', 'discards', null]) : null;
    const notice = noticeOf(content, care);
    const isTwin = content.kind === 'vouched' && random.chance(0.2);
    return isTwin ? [notice, noticeOf(content, null, 'in other words')] : [notice];
  }).flat();
}

/** Whether it may ever change an order. */
export function mayBeApplied({ kind, care }: SentNotice): boolean {
  switch (kind) {
    case 'vouched':
    case 'signed':
    case 'early':
    case 'strangerFirst':
      return true;
    case 'unvouched':
      return care === 'vouches';
    case 'forged':
    case 'unreadable':
    case 'throws':
      return false;
  }
}

/** What the bodies above mean; an early one means nothing until its order is known. */
export function translated({ body }: Notice, isOrderKnown: boolean): Translation {
  // The notices of this file are all that is ever sent.
  const { kind, orderNo, factNo, type } = JSON.parse(body) as Content;
  switch (kind) {
    case 'unreadable':
      return { kind: 'unreadable', problem: 'it has no status' };
    case 'throws':
      throw new TypeError('a translator that does not expect this');
    case 'forged':
      return { kind: 'forged', problem: 'its signature is not valid' };
    case 'early':
      if (!isOrderKnown) return { kind: 'waits', problem: 'its order is not known yet' };
      break;
    default:
  }
  const signed = kind === 'signed' ? { signed: 'platform-key-1' } : {};
  return { kind: 'fact', orderNo, ...signed, ...factOf(type, factNo) };
}

function factOf(type: TranslatedFact['type'], factNo: string): TranslatedFact {
  switch (type) {
    case 'PaymentSucceeded':
      return { type, fact: { transactionNo: factNo, ...money } };
    case 'PaymentRefunded':
      return { type, fact: { refundNo: factNo, ...money } };
    case 'PaymentFailed':
    case 'PaymentDeclined':
    case 'ClosedAtGateway':
      return { type, fact: { factId: factNo, code: factNo } };
  }
}
