import type { WorkWords } from './en.ts';

export const zhCN: WorkWords = {
  headers: ['进程', '恢复处理', '报告时间', '滞后', '等待', '到期', '处理中', '已执行', '网关'],
  phases: {
    off: '未启动',
    reading: '正在读取存储',
    following: '正常跟进',
    interrupted: '已中断',
    stopped: '正在停止',
  },
  seen: (age) => `${age}前`,
  up: (count) => `${count} 个可用`,
  down: (name, age, rule, waiting) => `${name} 不可用已 ${age}（${rule}），${waiting} 个在等待`,
  leftAlone: (count) => `${count} 个支付单留给其他进程`,
  faults: {
    'no-file':
      '支付单索引只在内存中，因此没有进程报告恢复处理的情况；请为各个 work 进程和本命令指定同一个 --index FILE',
    none: (file) => `${file} 旁没有任何进程报告恢复处理的情况；请启动 work 或 startRecovery`,
    stale: (age) =>
      `30 秒内没有进程报告恢复处理的情况，最近一次在 ${age}前；进程已退出或卡住，请重新启动`,
    'not-following':
      '恢复处理已启动，但目前没有跟进存储：可能正在启动，也可能存储无法读取；请查看该进程的 stderr',
  },
  gatewayDown: (name, rule) => `网关 ${name} 不可用：${rule}；其支付单暂停处理，每次只试一个`,
  gatewayUp: (name) => `网关 ${name} 已恢复；其支付单全部继续处理`,
  leftDown: (count) => `网关不可用，${count} 个到期的支付单留待下次处理`,
  leftToOthers: ({ others, noGateway }) =>
    `${others} 个支付单属于其他网关，未作处理` +
    (noGateway === 0
      ? ''
      : `；另有 ${noGateway} 个到期的支付单未记录网关（若属于本账号，可用 --adopt）`),
  retried: (found, retried, answers) =>
    `受阻的支付单 ${found} 个，已再次请求 ${retried} 个${retried === 0 ? '' : `：${answers}`}`,
  stillBlocked: (left) => `网关仍拒绝所有请求，${left} 个支付单未作处理；请先排除原因`,
};
