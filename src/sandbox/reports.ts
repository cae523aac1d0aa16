/** What the sandbox answers where it is asked about an order or for a bill. */

import type { BillParams } from '../gateway/bill-wire.ts';
import { chinaTime } from './notice-body.ts';

/** What is known of an order. */
type Standing = {
  readonly status: keyof typeof statusOf;
  readonly amount: string | undefined;
  /** When its status became what it is, ms since the epoch. */
  readonly changedAtMs: number;
  readonly statusLagMs: number | undefined;
  readonly refunds: readonly {
    readonly refundNo: string;
    readonly amount?: string | undefined;
    readonly status?: 'succeeded' | 'failed' | undefined;
    readonly atMs: number;
  }[];
};

/** As the platform names it: `canceled` with one l. */
export type StatusReport = {
  readonly etc_order_no: string;
  readonly pay_channel: string;
  readonly pay_amt?: string | undefined;
  readonly status: 'pending' | 'succeeded' | 'failed' | 'canceled';
};

/** A row of a bill. Its fee is always nothing. */
export type BillLine = {
  readonly etc_order_no: string;
  readonly etc_refund_no?: string;
  readonly biz_type: '01' | '02';
  readonly biz_time: string;
  readonly pay_channel: string;
  readonly amount: string;
  readonly fee_amount: string;
  readonly currency: string;
  readonly status: 'succeeded' | 'failed';
};

const statusOf = {
  open: 'pending',
  closed: 'canceled',
  paid: 'succeeded',
  failed: 'failed',
} as const;

export function reportOf(
  orderNo: string,
  { status, amount, changedAtMs, statusLagMs }: Standing,
  options: { readonly statusLagMs: number; readonly now: () => number },
): StatusReport {
  const lagMs = statusLagMs ?? options.statusLagMs;
  const lags = status === 'closed' && options.now() - changedAtMs < lagMs;
  return {
    etc_order_no: orderNo,
    pay_channel: 'wx_pub',
    pay_amt: amount,
    status: lags ? 'pending' : statusOf[status],
  };
}

/** A bill names payments that succeeded or failed, and refunds; never what is open or closed. */
export function billLinesOf(
  orderNo: string,
  { status, amount = '0.00', changedAtMs, refunds }: Standing,
  { biz_type: type, bill_begin_date: from, bill_end_date: to }: BillParams,
): readonly BillLine[] {
  const plain = {
    ...{
      etc_order_no: orderNo,
      pay_channel: '微信公众号支付',
      fee_amount: '0.00',
      currency: 'cny',
    },
  };
  const lines: BillLine[] = [];
  if (type === '01' && (status === 'paid' || status === 'failed')) {
    const biz_time = billTime(changedAtMs);
    lines.push({ ...plain, biz_type: '01', biz_time, amount, status: statusOf[status] });
  }
  if (type === '02') {
    for (const { refundNo, amount: back = amount, status: was = 'succeeded', atMs } of refunds) {
      const refund = {
        etc_refund_no: refundNo,
        biz_type: '02',
        amount: back,
        status: was,
      } as const;
      lines.push({ ...plain, ...refund, biz_time: billTime(atMs) });
    }
  }
  return lines.filter(({ biz_time: time }) => time >= from && time <= to);
}

/** China time, as a bill writes it: `2021-02-02 00:00:00`. */
function billTime(ms: number): string {
  return chinaTime(ms).replace(/^(....)(..)(..)(..)(..)(..).*$/, '$1-$2-$3 $4:$5:$6');
}
