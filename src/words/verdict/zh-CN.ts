import { prose } from '../prose.ts';
import type { Prose } from '../prose.ts';
import type { Span, VerdictWords } from './en.ts';

const at = (span: Span | null): Prose => {
  if (span === null) return ['（时间未披露）'];
  const { from, to, isPair } = span;
  if (to === null) return prose`于 ${from} `;
  return isPair ? prose`于 ${from} 和 ${to} ` : prose`于 ${from} 至 ${to} `;
};

const listed = (meanings: readonly string[], more: number) =>
  `${meanings.join('；')}${more === 0 ? '' : `；另有 ${more} 项`}`;

export const zhCN: VerdictWords = {
  sentence: (clauses) => {
    const joined = clauses.reduce((said, clause) => prose`${said}；${clause}`);
    return prose`${joined}。`;
  },
  created: (span) => prose`支付单${at(span)}创建`,
  requested: (who, span) => prose`${who}${at(span)}要求取消`,
  notAccepted: (who, span) => prose`${who}${at(span)}要求取消，未获受理`,
  paid: (amount, span) => prose`${at(span)}到账 ${amount}`,
  amountUnknown: '一笔金额不明的款项',
  payments: (count, amount) => `${count} 笔${amount === null ? '' : `，合计 ${amount}`}`,
  paidOften: (payments, span) => prose`${at(span)}到账 ${payments}`,
  numbered: (amount, number) => `${amount}（流水 ${number}）`,
  paidByReport: (span) => prose`平台${at(span)}答复已支付`,
  paidByOperator: (who, span) => prose`${who}${at(span)}认定已支付`,
  failed: (span) => prose`支付${at(span)}失败`,
  failedByReport: (span) => prose`平台${at(span)}答复支付失败`,
  failedByOperator: (who, span) => prose`${who}${at(span)}认定支付失败`,
  confirmed: (span) => prose`平台${at(span)}确认已取消`,
  closed: (span) => prose`${at(span)}发现支付单已在网关关闭`,
  closings: {
    expired: (span) => prose`支付单超时未付，${at(span)}关单`,
    'closed-by-platform': (span) => prose`平台${at(span)}关单`,
    'closed-by-channel': (span) => prose`渠道${at(span)}关单`,
  },
  closedByReport: (span) => prose`平台${at(span)}答复已关闭`,
  closedByOperator: (who, span) => prose`${who}${at(span)}认定已取消`,
  refused: (count, span) =>
    count === 1
      ? prose`平台${at(span)}答复没有取消`
      : prose`平台${at(span)} ${count} 次答复没有取消`,
  blocked: (span, why) => prose`最近一次请求${at(span)}受阻${why === '' ? '' : `（${why}）`}`,
  abandoned: (who, span) => prose`${who}${at(span)}放弃取消`,
  refunded: (amount, span) => prose`${at(span)}退款 ${amount}`,
  refundedOften: (amount, count, span) => prose`${at(span)}分 ${count} 笔退款 ${amount}`,

  bothTrue: (meanings, more) =>
    `到账与取消均有记录，相互矛盾，尚无人签认${meanings.length === 0 ? '' : `；另有异常未签认：${listed(meanings, more)}`}。`,
  contradictions: (meanings, more) => `以下异常尚无人签认：${listed(meanings, more)}。`,
  unresolved: '支付时，某次取消请求可能已执行',
  inDoubt: (calls, since, isPaid) => {
    const subject =
      calls.length === 1
        ? `第 ${calls[0] ?? ''} 次请求是否已取消`
        : `${calls.length} 次请求中是否有一次已取消`;
    const time = since === null ? [] : prose`自 ${since} 起`;
    return prose`${isPaid ? '支付单虽已支付，但' : ''}${subject}，${time}至今不明。`;
  },
  review: '请求已停止，须由人工决定下一步。',
  reviewBlocked: '须由人工排除原因后，重新发起请求。',
  calling: (call) => `第 ${call} 次请求在途。`,
  callsAgain: (calls) => `已请求 ${calls} 次，均未成功，稍后再次请求。`,
  waiting: '尚未到账。',
  nothingOpen: '本记录内没有未了事项。',
  acknowledged: '异常已有人签认，本记录内没有未了事项。',
  retracted: '误记的记录已撤销，本记录内没有未了事项。',
  notCertain: (revision) => `自版次 ${revision} 起有内容未披露，结论可能因此改变。`,
  missing: (revision) => `本历史缺少版次 ${revision}，结论可能因此改变。`,
  unreadable: (revision) => `本版本无法读取版次 ${revision}，结论可能因此改变。`,
  stateUnknown: '支付单的状态没有记录。',
  doubt: '是否有请求已取消支付单，尚不明确。',
};
