/** What a list says of a notice, in words. Nothing is escaped here; that is for who shows it. */

import type { NoticeStanding } from '../inbox/types.ts';
import type { Words } from '../words/cli/en.ts';

/** So many digits of its id tell notices apart, and fit into a line. */
const digitsShown = 12;

export const shortNoticeId = ({ noticeId }: Pick<NoticeStanding, 'noticeId'>): string =>
  noticeId.slice(0, digitsShown);

/** Where its fact is, or why it is nowhere. */
export function noticeText({ inbox }: Pick<Words, 'inbox'>, notice: NoticeStanding): string {
  const { status, code, problem, orderNo, applied, type, vouchedBy } = notice;
  if (applied !== null && type !== null) {
    return applied.kind === 'accepted'
      ? inbox.applied(type, applied.orderNo, applied.revision)
      : inbox.knownBefore(type, applied.orderNo);
  }
  if (status === 'waiting' && type !== null && orderNo !== null) {
    return vouchedBy === null ? inbox.waitsForPlatform : inbox.waitsForOrder(orderNo);
  }
  const said = problem ?? '';
  if (code === null) return said;
  if (code !== 'unvouched') return inbox.said(inbox.codes[code], said);
  // Of itself it says no more than its code; what the platform was asked is said after that.
  const [, why] = said.split(/, and (.*)/s);
  return why === undefined ? inbox.codes[code] : inbox.said(inbox.codes[code], inbox.why(why));
}
