import type { DisputeEvent } from '../../src/dispute.ts';
import { instantOf } from '../../src/runtime.ts';
import { sha256 } from '../../src/text.ts';
import { instant, lines, storyOf } from './story.ts';
import type { LocalTime, StoryLine } from './story.ts';

const { created, started, requested, due, retried } = lines;
const { confirmed, refused, lost, unsent, busy, blocked, reported, paid, rejected } = lines;

/** The customer asks, and the platform confirms in 212 ms. */
const cancelledCleanly = storyOf([
  created('2026-11-23 09:58:12.406', 'O20261123095812406000001', 'F20261122151600564862'),
  started('2026-11-23 09:58:12.531'),
  requested('2026-11-23 10:01:07.412'),
  confirmed('2026-11-23 10:01:07.645', '2026-11-23 10:01:07.431'),
]);

/** The platform refuses, because the money had arrived there nine seconds before. */
const refusedAndPaid = storyOf([
  created('2026-11-23 09:59:41.120', 'O20261123095941120000002', 'F20261122151600564863', 25_960),
  started('2026-11-23 09:59:41.260'),
  requested('2026-11-23 10:01:40.018', '客户改用现金支付'),
  refused('2026-11-23 10:01:40.224', '2026-11-23 10:01:40.036', 1, 1_140),
  reported('2026-11-23 10:01:41.402', '2026-11-23 10:01:41.371', {
    ...{ status: 'succeeded', headRevision: 3, retryInMs: null, conclusive: false },
    ...{ amount: '259.60', amountCurrency: 'CNY', payChannel: 'wechat' },
    ...{ amountMinor: 25_960, currency: 'CNY' },
  }),
  paid('2026-11-23 10:02:05.377', '2026-11-23 10:01:31.000', '4200002345202611231107331', 25_960),
]);

/** An answer is lost. For two days nobody knows, until the platform says that it is closed. */
const inDoubtThenAsked = storyOf([
  created('2026-11-20 21:36:50.700', 'O20261120213650700000003', 'F20261119151600564864'),
  started('2026-11-20 21:36:50.912'),
  requested('2026-11-20 21:40:02.551'),
  lost('2026-11-20 21:40:17.590', '2026-11-20 21:40:02.570', 1, 5_210),
  reported('2026-11-20 21:40:22.866', '2026-11-20 21:40:22.812', {
    ...{ status: 'pending', headRevision: 3, retryInMs: 121_000, conclusive: false },
  }),
  reported('2026-11-20 21:42:24.190', '2026-11-20 21:42:23.904', {
    ...{ status: 'unknown', rule: 'http-5xx', headRevision: 4, retryInMs: null },
    ...{ httpStatus: 502, responseCode: undefined, responseMsg: undefined },
  }),
  rejected('2026-11-21 08:15:33.004', 'already-cancelling', 'RequestCancel', '怎么还没取消'),
  retried('2026-11-21 10:20:41.337', '客户来电催办，人工重试一次'),
  refused('2026-11-21 10:20:41.566', '2026-11-21 10:20:41.360', 2, 28_790_000),
  reported('2026-11-22 21:52:10.480', '2026-11-22 21:52:10.431', {
    ...{ status: 'canceled', headRevision: 8, retryInMs: null, attempts: 2 },
  }),
]);

/** The cancel is confirmed, and four minutes later the customer pays an old code. */
const paidAfterCancel = storyOf([
  created('2026-11-23 09:57:30.011', 'O20261123095730011000004', 'F20261122151600564865'),
  started('2026-11-23 09:57:30.140'),
  requested('2026-11-23 10:01:07.902'),
  confirmed('2026-11-23 10:01:08.187', '2026-11-23 10:01:07.921'),
  paid('2026-11-23 10:05:21.640', '2026-11-23 10:05:20.000', '4200002345202611231109870'),
]);

/** Asked to cancel at 10:01, paid at 10:02, confirmed at 10:03: the notice came during the call. */
const cancelledAndPaid = storyOf([
  created('2026-11-23 09:58:44.300', 'O20261123095844300000005', 'F20261122151600564866'),
  started('2026-11-23 09:58:44.477'),
  requested('2026-11-23 10:01:12.804'),
  unsent('2026-11-23 10:01:12.822', 1, 1_090),
  due('2026-11-23 10:01:13.915'),
  busy('2026-11-23 10:01:13.981', '2026-11-23 10:01:13.930', 2, 105_800),
  due('2026-11-23 10:02:59.790'),
  paid('2026-11-23 10:03:01.020', '2026-11-23 10:02:11.000', '4200002345202611231108112'),
  confirmed('2026-11-23 10:03:02.951', '2026-11-23 10:02:59.806', 3),
]);

/** Two payments around one call, and the notice of the first one comes last. */
const twoLatePayments = storyOf([
  created('2026-11-23 02:05:00.250', 'O20261123020500250000006', 'F20261122151600564867'),
  started('2026-11-23 02:05:00.402'),
  requested('2026-11-23 02:29:59.870'),
  confirmed('2026-11-23 02:30:00.236', '2026-11-23 02:30:00.000'),
  paid('2026-11-23 03:00:00.118', '2026-11-23 02:59:00.000', '4200002345202611230259002'),
  paid('2026-11-23 05:00:00.090', '2026-11-23 02:10:00.000', '4200002345202611230210001'),
]);

/** A payment of another order was recorded here by hand, and taken back. */
const retracted = storyOf([
  created('2026-11-23 13:10:09.030', 'O20261123131009030000007', 'F20261122151600564868', 4_500),
  started('2026-11-23 13:10:09.201'),
  requested('2026-11-23 13:12:45.330', '下错单'),
  confirmed('2026-11-23 13:12:45.620', '2026-11-23 13:12:45.349'),
  {
    at: '2026-11-23 14:02:10.505',
    occurred: '2026-11-23 13:55:00.000',
    ...{ actor: { kind: 'operator', id: 'zhang.min' }, source: 'command-line' },
    event: {
      ...{ type: 'PaymentSucceeded', transactionNo: '4200002345202611231355770' },
      ...{ amountMinor: 4_500, currency: 'CNY', message: '柜台补录' },
    },
  },
  {
    at: '2026-11-23 14:20:31.118',
    event: {
      ...{ type: 'FactRetracted', revision: 4, by: 'li.wei' },
      evidence: '流水 4200002345202611231355770 属于 O20261123131101877000041，补录时选错订单',
    },
  },
]);

/** Paid; the customer's cancel comes too late, and the money goes back in two refunds. */
const refunded = storyOf([
  created('2026-11-23 15:00:02.600', 'O20261123150002600000008', 'F20261122151600564869'),
  started('2026-11-23 15:00:02.745'),
  paid('2026-11-23 15:01:20.388', '2026-11-23 15:01:19.000', '4200002345202611231501555'),
  rejected('2026-11-23 15:04:11.729', 'already-paid', 'RequestCancel', '不想要了'),
  refund('2026-11-23 16:30:00.412', '2026-11-23 16:28:41.000', '5030000012026112316284101', 10_000),
  refund('2026-11-24 09:12:47.950', '2026-11-24 09:12:46.000', '5030000012026112409124602', 2_800),
]);

function refund(
  at: LocalTime,
  occurred: LocalTime,
  refundNo: string,
  amountMinor: number,
): StoryLine {
  const transactionNo = '4200002345202611231501555';
  return {
    ...{ at, occurred, noticeId: sha256(`notice ${refundNo}`), vouchedBy: 'platform network' },
    event: { type: 'PaymentRefunded', refundNo, transactionNo, amountMinor, currency: 'CNY' },
  };
}

/** A host name that cannot be resolved for two hours: 32 calls, and then a person. */
function manyCalls(): readonly StoryLine[] {
  const waits = [1, 2, 4, 8, 15, 30, 60, ...Array.from({ length: 24 }, () => 300)];
  let ms = Date.parse(instant('2026-11-23 10:01:03.118'));
  const local = (atMs: number) => instantOf(atMs + 8 * 3_600_000).replace(/^(.+)T(.+)Z$/, '$1 $2');
  const calls = [...waits, null].flatMap((wait, index): readonly StoryLine[] => {
    const begun = local(ms);
    const answered = local((ms += 21));
    const retryInMs = wait === null ? null : wait * 1_000 + ((index * 37) % 80);
    ms += retryInMs ?? 0;
    const begins = index === 0 ? requested(begun, '客户取消订单') : due(begun);
    return [begins, unsent(answered, index + 1, retryInMs)];
  });
  return [
    created('2026-11-23 09:55:00.330', 'O20261123095500330000009', 'F20261122151600564870'),
    started('2026-11-23 09:55:00.481'),
    ...calls,
  ];
}

const thirtyTwoCalls = storyOf([
  ...manyCalls(),
  retried('2026-11-23 14:20:08.404', 'DNS 已恢复，重新发起'),
  confirmed('2026-11-23 14:20:08.702', '2026-11-23 14:20:08.420', 33),
]);

/** The platform does not take our signature: a person has to renew the key, and nobody has. */
const blockedKey = storyOf([
  created('2026-11-23 16:40:55.009', 'O20261123164055009000010', 'F20261122151600564871'),
  started('2026-11-23 16:40:55.170'),
  requested('2026-11-23 16:42:18.236'),
  blocked('2026-11-23 16:42:18.330', '2026-11-23 16:42:18.255', 1),
  rejected('2026-11-23 16:50:02.613', 'already-cancelling'),
  retried('2026-11-23 17:05:30.480', '以为密钥已更换'),
  blocked('2026-11-23 17:05:30.571', '2026-11-23 17:05:30.499', 2),
]);

/** Nobody pays in time, and the channel closes the order. Then the customer asks to cancel. */
const closedByChannel = storyOf([
  created('2026-11-23 18:00:00.015', 'O20261123180000015000011', 'F20261122151600564872', 8_800),
  started('2026-11-23 18:00:00.160'),
  {
    at: '2026-11-23 18:07:31.550',
    ...{ occurred: '2026-11-23 18:07:30.000', noticeId: sha256('notice declined') },
    vouchedBy: 'platform network',
    event: { type: 'PaymentDeclined', code: '51', message: '余额不足' },
  },
  {
    at: '2026-11-23 18:31:12.840',
    ...{ occurred: '2026-11-23 18:30:00.000', noticeId: sha256('notice closed') },
    vouchedBy: 'platform network',
    event: { type: 'ClosedAtGateway', code: 'ORDERCLOSED', cause: 'expired', message: '超时关单' },
  },
  rejected('2026-11-23 18:40:09.301', 'already-cancelled', 'RequestCancel', '不要了'),
]);

const evil =
  '</script><script>alert(1)</script><img src=x onerror=alert(2)> “引号”‘单引号’「书名」\u202Eesrever\u202C ';

/** A reason that a page, a terminal or a reader could stumble over, as long as one may be. */
const hostileReason = storyOf([
  created('2026-11-23 19:20:40.711', 'O20261123192040711000012', 'F20261122151600564873'),
  started('2026-11-23 19:20:40.850'),
  requested('2026-11-23 19:22:15.020', evil.padEnd(500, '我要取消订单并且要求赔偿！')),
  confirmed('2026-11-23 19:22:15.291', '2026-11-23 19:22:15.040'),
]);

/** The histories of twelve kinds of order that a dispute is about. */
export const stories = {
  cancelledCleanly,
  refusedAndPaid,
  inDoubtThenAsked,
  paidAfterCancel,
  cancelledAndPaid,
  twoLatePayments,
  retracted,
  refunded,
  thirtyTwoCalls,
  blockedKey,
  closedByChannel,
  hostileReason,
} as const satisfies Readonly<Record<string, readonly DisputeEvent[]>>;

export type StoryName = keyof typeof stories;

/** 32 calls with the same answer, before a person looks: what a printed report is measured by. */
export const sixtySixEvents = storyOf(manyCalls());
