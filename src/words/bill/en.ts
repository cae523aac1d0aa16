import type { BillRecording, MoneyDifference, UnreadBill } from '../../bill/types.ts';
import { columns, counted } from '../phrases.ts';

type Names<Key extends string> = Readonly<Record<Key, string>>;

/** What the command says about a bill. Texts that come from outside arrive escaped. */
export const en = {
  headers: columns('ORDER', 'DIFFERENCE', 'HERE', 'BILL', 'NOTE'),
  kinds: {
    'payment-missing-here': 'payment missing here',
    'payment-missing-there': 'payment missing in the bill',
    'payment-differs': 'another sum of payments',
    'refund-missing-here': 'refund missing here',
    'refund-missing-there': 'refund missing in the bill',
    'refund-differs': 'another amount of a refund',
  } satisfies Names<MoneyDifference['kind']>,
  statuses: {
    succeeded: 'succeeded',
    pending: 'pending',
    failed: 'failed',
    absent: '–',
  } satisfies Names<MoneyDifference['status']>,
  amountUnknown: 'unknown amount',
  recorded: {
    fact: 'recorded now',
    notice: 'kept in the inbox now',
    before: 'recorded before',
    'other-gateway': 'an order of another gateway; not recorded',
    withdrawn: 'an operator took it back; not recorded again',
    none: 'nothing recorded',
  } satisfies Names<BillRecording>,
  orderUnknown: 'there is no such order here',
  refund: (refundNo: string) => `refund ${refundNo}`,
  row: (line: number) => `row ${line}`,
  listComma: ', ',
  badRow: 'row not read',
  unread: 'bill not read',
  unreadPart: (day: string, type: UnreadBill['type'], rule: string) =>
    `the ${type}s of ${day} (${rule})`,
  none: 'no differences',
  counts: ({ differences, facts, notices, remain }: Readonly<Record<Counted, number>>) =>
    `${counted(differences, 'difference')}: ${facts} recorded now, ${notices} kept in the inbox ` +
    `now, ${remain} ${remain === 1 ? 'remains' : 'remain'}`,
};

type Counted = 'differences' | 'facts' | 'notices' | 'remain';

export type BillWords = typeof en;
