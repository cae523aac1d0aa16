import { createHash } from 'node:crypto';
import type { NoticeReceipt, NoticeView } from '../../src/inbox/types.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import type { Row } from '../simulation/log.ts';
import { textOf } from '../simulation/log.ts';
import { count } from '../simulation/seen.ts';
import type { Sim } from '../simulation/sim.ts';
import type { SentNotice } from './notices.ts';
import { mayBeApplied } from './notices.ts';

const streamOf = (orderNo: string) => `paymentOrder-${orderNo}`;

/** I18, at the moment of the acknowledgement: the notice is in the store, and the answer is true. */
export function judgeReceipt(sim: Sim, notice: SentNotice, receipt: NoticeReceipt): void {
  const { checker, log } = sim;
  const { noticeId, kind, body } = notice;
  const place = `the ${kind} notice ${noticeId.slice(0, 8)}`;
  const [first] = log.stream(`paymentNotice-${noticeId}`);
  if (first?.type !== 'NoticeReceived') {
    checker.violate('I18', `${place} was acknowledged and is not in the store`);
  } else if (!JSON.stringify(first.data).includes(JSON.stringify(body))) {
    checker.violate('I18', `${place} was stored as something else`);
  }
  if (receipt.status !== 'applied') return;
  const { orderNo, revision, hash } = receipt.applied ?? { orderNo: '', revision: -1, hash: '' };
  if (log.stream(streamOf(orderNo))[revision]?.metadata['hash'] !== hash) {
    checker.violate('I18', `${place} is said to be applied where no such event is`);
  }
}

/** All that was sent, what was acknowledged, and for what anybody vouched. */
type Sent = {
  readonly notices: readonly SentNotice[];
  readonly acknowledged: ReadonlySet<SentNotice>;
  readonly vouchedFor: ReadonlySet<SentNotice>;
};

/** I18 when all is over. Returns how many notices are applied. */
export async function judgeAtEnd(
  sim: Sim,
  orders: PaymentOrders,
  { notices, acknowledged, vouchedFor }: Sent,
): Promise<number> {
  const { checker } = sim;
  const inbox = orders.inbox({});
  const listed = new Map<string, NoticeView>();
  for await (const view of inbox.list()) listed.set(view.noticeId, view);
  for (const notice of notices) {
    const { noticeId, kind } = notice;
    const place = `the ${kind} notice ${noticeId.slice(0, 8)}`;
    const view = listed.get(noticeId);
    if (view === undefined) {
      if (acknowledged.has(notice)) checker.violate('I18', `${place} is listed nowhere`);
      continue;
    }
    judgeStanding(sim, notice, view, place);
    judgeFacts(sim, notice, vouchedFor.has(notice), place);
    const detail = await inbox.get(noticeId);
    const shown = detail !== null && 'text' in detail.body ? detail.body.text : '';
    const isWhole = createHash('sha256').update(shown).digest('hex') === noticeId;
    if (!isWhole) checker.violate('I18', `${place} is not shown as it came`);
  }
  judgeOnce(sim);
  for (const stream of sim.log.streams.keys()) {
    if (!stream.startsWith('paymentOrder-')) continue;
    const { faults } = await orders.verify(stream.replace('paymentOrder-', ''));
    for (const { code, message } of faults) checker.violate('I10', `${code}: ${message}`);
  }
  return [...listed.values()].filter(({ status }) => status === 'applied').length;
}

/** Applied where it may be and its order exists; else it waits, or is held until an operator acts. */
function judgeStanding(sim: Sim, notice: SentNotice, view: NoticeView, place: string): void {
  const { status, code, needsAttention } = view;
  const { kind, care, orderNo } = notice;
  count(sim.seen, `standing ${status}${code === null ? '' : ` ${code}`}`);
  const exists = sim.log.stream(streamOf(orderNo)).length > 0;
  const wanted = (() => {
    if (care === 'discards') return 'discarded';
    if (mayBeApplied(notice)) return exists ? 'applied' : 'waiting';
    return 'held';
  })();
  if (status !== wanted) {
    sim.checker.violate('I18', `${place} is ${status}, not ${wanted}: ${view.problem ?? ''}`);
  }
  const facts = sim.log.stream(streamOf(orderNo)).map(numberOf);
  if (status === 'applied' && !facts.includes(notice.factNo)) {
    sim.checker.violate('I18', `${place} is said to be applied, and its order does not hold it`);
  }
  if (status !== 'held') return;
  const codes = { unvouched: 'unvouched', forged: 'forged' } as const;
  const wantedCode = kind === 'unvouched' || kind === 'forged' ? codes[kind] : 'unreadable';
  if (code !== wantedCode || !needsAttention) {
    sim.checker.violate('I18', `${place} is held as ${String(code)}, not as ${wantedCode}`);
  }
}

/** Its fact is in its order once or not at all, and never where nobody vouched for it. */
function judgeFacts(sim: Sim, notice: SentNotice, isVouched: boolean, place: string): void {
  const rows = [...sim.log.streams.values()].flat();
  const own = rows.filter(({ metadata }) => metadata['noticeId'] === notice.noticeId);
  if (own.length > 1) sim.checker.violate('I18', `${place} was applied ${own.length} times`);
  if (own.length === 0) return;
  if (!mayBeApplied(notice) || (!isVouched && notice.kind !== 'signed')) {
    sim.checker.violate('I18', `${place} changed an order, though nothing vouches for it`);
  }
  for (const { stream, metadata } of own) {
    if (stream !== streamOf(notice.orderNo)) {
      sim.checker.violate('I18', `${place} was applied to another order`);
    }
    if (textOf(metadata['vouchedBy']) === '') {
      sim.checker.violate('I18', `${place} was applied, and no voucher is recorded`);
    }
  }
}

/** Every fact came by notices alone, so each number is in its order once. */
function judgeOnce(sim: Sim): void {
  for (const [stream, rows] of sim.log.streams) {
    if (!stream.startsWith('paymentOrder-')) continue;
    const seen = new Set<string>();
    for (const row of rows) {
      const number = numberOf(row);
      if (number === null) continue;
      if (seen.has(number)) sim.checker.violate('I18', `${stream} holds ${number} twice`);
      seen.add(number);
    }
  }
}

function numberOf({ data }: Row): string | null {
  const number = data['refundNo'] ?? data['transactionNo'] ?? data['factId'];
  return number === undefined ? null : textOf(number);
}
