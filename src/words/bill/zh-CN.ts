import type { BillWords } from './en.ts';

const types = { payment: '支付', refund: '退款', split: '分账' };

export const zhCN: BillWords = {
  headers: ['支付单', '差异', '我方', '账单', '说明'],
  kinds: {
    'payment-missing-here': '我方缺支付',
    'payment-missing-there': '账单缺支付',
    'payment-differs': '支付总额不符',
    'refund-missing-here': '我方缺退款',
    'refund-missing-there': '账单缺退款',
    'refund-differs': '退款金额不符',
  },
  statuses: { succeeded: '成功', pending: '处理中', failed: '失败', absent: '–' },
  amountUnknown: '金额未知',
  recorded: {
    fact: '已补记',
    notice: '已存入收件箱',
    before: '此前已记录',
    'other-gateway': '该订单属于其他网关，不补记',
    withdrawn: '操作员已撤销，不再补记',
    none: '未记录',
  },
  orderUnknown: '我方没有此支付单',
  refund: (refundNo) => `退款 ${refundNo}`,
  row: (line) => `第 ${line} 行`,
  listComma: '，',
  badRow: '账单行无法读取',
  unread: '账单未读到',
  unreadPart: (day, type, rule) => `${day} 的${types[type]}（${rule}）`,
  none: '没有差异',
  counts: ({ differences, facts, notices, remain }) =>
    `差异 ${differences} 处：本次补记 ${facts} 处，存入收件箱 ${notices} 处，尚存 ${remain} 处`,
};
