import type { FindingWords } from './en.ts';

export const zhCN: FindingWords = {
  acted: (time, actor, source, sentence) =>
    `${time}，${actor ?? '操作者未记录'}，经 ${source}：${sentence}`,
  actedWithheld: (sentence) => `时间、操作者和渠道未披露：${sentence}`,
  sentBefore: (call, by, moved) => `第 ${call} 次请求发出在先，比款项变动早 ${by}（${moved}）。`,
  sentAfter: (call, by, moved) => `第 ${call} 次请求发出在后，比款项变动晚 ${by}（${moved}）。`,
  movedDuring: (call, sent, moved) =>
    `第 ${call} 次请求在途期间款项变动（发出于 ${sent}，变动于 ${moved}）。`,
  paidByReport: (call, sent, reported) =>
    `第 ${call} 次请求发出于 ${sent}；平台答复已支付（记录于 ${reported}），未说明款项何时变动。`,
  movedUnknown: (call, sent) => `第 ${call} 次请求发出于 ${sent}；款项何时变动不得而知。`,
  noMoney: (call, sent) => `第 ${call} 次请求发出于 ${sent}；没有收款记录。`,
  sendingWithheld: (call) => `第 ${call} 次请求的发出时间未披露。`,
  notSent: (call) => `第 ${call} 次请求没有发出时间的记录。`,
  movedAsStated: (time) => `${time}，以来源所述为准`,
  movedAsRecorded: (time) => `记录于 ${time}；来源未给出时间，款项可能在此之前已经变动`,
  answered: (call, outcome, evidence) =>
    `第 ${call} 次请求：${outcome}${evidence === '' ? '' : ` · ${evidence}`}`,
  reported: (time, what, evidence) =>
    `${what}（记录于 ${time}）${evidence === '' ? '' : ` · ${evidence}`}`,
  knownLater: (what, occurred, recorded, late) =>
    `${what}：发生于 ${occurred}，记录于 ${recorded}，晚 ${late}。`,
  knownAt: (what, recorded) => `${what}：记录于 ${recorded}；来源未给出时间。`,
  timesWithheld: (what) => `${what}：记录时间未披露。`,
  sourceMeans: (source, meaning) => `${source}（${meaning}）`,
  fullStop: '。',
  retracted: (how, time) => `此项不再计入：${how}（${time}）。`,
  wasInDoubt: (call, from, until, lasted) =>
    `第 ${call} 次请求自 ${from} 至 ${until} 结果存疑（${lasted}）：可能已取消，也可能没有。`,
  isInDoubt: (call, from) =>
    `第 ${call} 次请求自 ${from} 起结果存疑，至本历史末尾仍未消除：可能已取消，也可能没有。`,
  foldEnds: {
    withheld: (revision) => `决定版次 ${revision} 的内容未披露`,
    unreadable: (revision) => `本版本无法读取版次 ${revision}`,
    noBeginning: (revision) => `版次 ${revision} 不是支付单的创建事件，历史缺少开头`,
    gap: (revision, expected) => `版次 ${revision} 之前缺少版次 ${expected}`,
    otherOrder: (revision) => `版次 ${revision} 创建的支付单属于另一个流`,
    notTaken: (revision, state) => `状态机在状态 ${state} 下不接受版次 ${revision} 的事件`,
    diverged: (revision, recorded, derived) =>
      `版次 ${revision} 记录为 ${recorded}，而本状态机为 ${derived}`,
  },
};
