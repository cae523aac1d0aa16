import type { FactType } from '../../../machines/payment-order.events.ts';
import type { HeldCode, NoticeStatus } from '../../inbox/types.ts';
import { columns, counted } from '../phrases.ts';

type Names<Key extends string> = Readonly<Record<Key, string>>;

/** What the command says about notices. Texts that come from outside arrive escaped. */
export const en = {
  listHeaders: columns('NOTICE', 'RECEIVED (UTC)', 'STATUS', 'ORDER', 'FACT', 'WHAT'),
  none: 'no notices',
  noneListed: 'no notice matches these options',
  attention: (count: number) => `${counted(count, 'notice')} held: an operator must look`,
  statuses: {
    applied: 'applied',
    waiting: 'waiting',
    held: 'held',
    discarded: 'discarded',
  } satisfies Names<NoticeStatus>,
  codes: {
    unreadable: 'unreadable',
    forged: 'forged, so it is never applied',
    unvouched: 'unvouched: nothing vouches for its sender',
    refused: 'refused',
  } satisfies Names<HeldCode>,
  applied: (fact: FactType, order: string, revision: number) =>
    `${fact} in ${order}, revision ${revision}`,
  knownBefore: (fact: FactType, order: string) => `${fact}, which ${order} knew already`,
  waitsForPlatform: 'nothing vouches for its sender, so recovery asks the platform',
  /** Why the platform does not vouch for it, as it is stored. */
  why: (stored: string) => stored,
  waitsForOrder: (order: string) => `order ${order} does not exist yet`,
  answered: {
    accepted: (notice: string, status: string) => `accepted: notice ${notice} is ${status}`,
    duplicate: (notice: string, status: string) =>
      `duplicate: notice ${notice} came before; it is ${status}`,
    rejected: (notice: string, status: string) =>
      `rejected: notice ${notice} is ${status} and cannot be discarded`,
  },
  /** What an operator asked for was done before. */
  already: (notice: string, status: string) => `duplicate: notice ${notice} is ${status} already`,
  labels: {
    notice: 'Notice',
    received: 'Received',
    status: 'Status',
    what: 'What',
    order: 'Order',
    fact: 'Fact',
    vouchedBy: 'Vouched by',
    source: 'Source',
    contentType: 'Content type',
    signature: 'Signature',
    events: 'Events',
    next: 'Next',
  },
  by: (operator: string) => `by ${operator}`,
  nobody: 'nobody',
  bytes: (bytes: number) => counted(bytes, 'byte'),
  body: 'Body',
  bodyInBase64: 'Body (not UTF-8, shown as base64)',
  bodyCut: 'Body (the first 64 KiB)',
  several: (notice: string) => `${notice} begins the ids of several notices: give more digits`,
  /** Joins why a notice is held and what its translator said. */
  said: (code: string, problem: string) => `${code}: ${problem}`,
  verified: (stream: string, events: number) => `${stream}: ok, ${counted(events, 'event')}`,
  notVerified: (stream: string, faults: number) => `${stream}: NOT ok, ${counted(faults, 'fault')}`,
  settledAgain: ({ waiting, applied }: Readonly<Record<'waiting' | 'applied', number>>) =>
    `${counted(waiting, 'notice')} waited, ${applied} of them applied now`,
};

export type InboxWords = typeof en;
