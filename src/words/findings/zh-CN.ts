import { prose } from '../prose.ts';
import type { FindingWords } from './en.ts';

/** `第 3 次请求`, `第 3 至 5 次请求`. */
const calls = (first: number, last: number) =>
  first === last
    ? `第 ${first} 次请求`
    : `第 ${first}${last === first + 1 ? '、' : ' 至 '}${last} 次请求`;

export const zhCN: FindingWords = {
  sentence: (text) => prose`${text}。`,
  joined: '；',
  actors: {
    customer: (id) => `客户 ${id} `,
    operator: (id) => `操作员 ${id} `,
    service: (id) => `服务 ${id} `,
    gateway: (id) => `网关 ${id} `,
    timer: (id) => `我方时钟（${id}）`,
  },
  otherActor: (kind, id) => `${kind} ${id} `,
  unreadableActor: (actor) => `操作者 ${actor} `,
  somebody: '未记录的操作者',
  somebodyWithheld: '操作者（未披露）',
  through: {
    command: '经我方服务',
    'command-line': '经命令行',
    fact: '经我方服务',
    notice: '据通知',
    gateway: '据网关答复',
    query: '据平台对查询的答复',
    timer: '由我方时钟触发',
  },
  throughOther: (name) => `经 ${name}`,
  at: (at) => prose`于 ${at} `,
  atWithheld: '（时间未披露）',
  times: (count, from, to) => prose`于 ${from} 至 ${to} 先后 ${count} 次`,

  asked: (who, when) => prose`${who}${when}要求取消`,
  askedAgain: (who, when) => prose`${who}${when}要求再次请求网关`,
  channel: (through) => `，${through}`,
  reason: (reason) => `，原因是“${reason}”`,
  notAccepted: (why) => `；未获受理：${why}`,
  doesNotCount: (who, at) => prose`；此项不再计入：${who}已于 ${at} 撤销`,
  labels: { reason: '原因', note: '备注', evidence: '证据', message: '说明' },

  abandoned: (who, when) => prose`${who}${when}放弃取消`,
  resolved: (who, when, how) => prose`${who}${when}消除存疑，认定支付单${how}`,
  resolutions: { cancelled: '已取消', paid: '已支付', failed: '支付失败', open: '尚未了结' },
  retracts: (who, when, revision, what) =>
    prose`${who}${when}撤销${revision === '' ? '一条' : `版次 ${revision} 的`}记录${what === '' ? '' : `（${what}）`}`,
  acknowledged: (who, when, number, what) =>
    prose`${who}${when}确认${number === '' ? '一项异常' : `异常 ${number}`}${what === '' ? '' : `（${what}）`}`,
  recordedByHand: (who, when, what) => prose`${who}${when}手工记录：${what}`,
  askedPlatform: (who, when, what) => prose`${who}${when}向平台查询，平台答复：${what}`,
  otherAct: (who, when, what) => prose`${who}${when}：${what}`,

  call: (call) => `第 ${call} 次请求`,
  sentCall: (call, sent) => prose`第 ${call} 次请求（发出于 ${sent}）`,
  sentCallExactly: (call, sent, moved) =>
    prose`第 ${call} 次请求（发出于 ${sent}，到账于 ${moved}）`,
  it: '该次请求',
  itExactly: (moved) => prose`该次请求（到账于 ${moved}）`,
  firstOfThem: '其中首次请求',
  lastOfThem: '其中末次请求',
  eachOfThem: '各次请求',
  wasSent: (call, sent) => prose`第 ${call} 次请求发出于 ${sent}`,
  wereSent: (first, last, from, to) =>
    last === first + 1
      ? prose`${calls(first, last)}分别发出于 ${from} 和 ${to}`
      : prose`${calls(first, last)}发出于 ${from} 至 ${to}`,
  notSent: (first, last) => `${calls(first, last)}未发出`,
  sendingUnknown: (first, last) => `${calls(first, last)}没有发出时间的记录`,
  sendingWithheld: (first, last) => `${calls(first, last)}的发出时间未披露`,
  noMoney: '没有收款记录',
  noMoneyShown: '未见收款记录，但有内容未披露',
  theMoney: (amount) => (amount === null ? '款项' : `款项（${amount}）`),
  numbered: (number, amount) => `流水 ${number}${amount === null ? ' ' : `（${amount}）`}`,
  movedBefore: (money, apart, call) => prose`${money}在${call}之前 ${apart}就已到账`,
  learnedAfter: (learned) => `，我方在请求发出 ${learned}后才得知`,
  learnedByAsking: (learned) => `，我方在请求发出 ${learned}后经查询得知`,
  knewThen: '，我方当时已知',
  recordedBefore: (money, apart, call) =>
    prose`${money}在${call}之前就已到账：我方${apart === null ? '此前' : `在 ${apart}之前`}已有记录`,
  movedDuring: (money, apart, call) => prose`${money}在${call}在途期间到账，即发出 ${apart}之后`,
  movedDuringEach: (money, each) => prose`${money}在${each}在途期间到账`,
  movedAfter: (money, apart, call) => prose`${money}在${call}之后 ${apart}到账`,
  movedUnclear: (money, distance) => prose`${money}何时到账不得而知，其记录${distance}`,
  paidByReport: (distance) => prose`平台答复已支付，未说明支付时间；该答复${distance}`,
  paidByOperator: (distance) => prose`操作员认定已支付，未说明支付时间；该认定${distance}`,
  distance: (ms, apart, call) =>
    ms === null ? prose`晚于${call}` : prose`比${call}${ms < 0 ? '早' : '晚'} ${apart}`,
  ofManyPayments: (count, call, moved) => {
    const parts = [
      moved.before > 0 ? `${moved.before} 笔在此之前到账` : '',
      moved.during > 0 ? `${moved.during} 笔在此期间` : '',
      moved.after > 0 ? `${moved.after} 笔在此之后` : '',
      moved.unclear > 0 ? `${moved.unclear} 笔的先后不得而知` : '',
    ].filter((part) => part !== '');
    return prose`${call}：${count} 笔收款中，${parts.join('，')}`;
  },
  retractedPayment: (money, who, at) => prose`${money}不再计入：${who}已于 ${at} 撤销`,

  answered: (call, at, what) => prose`第 ${call} 次请求，${at} 得到结果：${what}`,
  answeredUntimed: (call, what) => `第 ${call} 次请求：${what}`,
  answeredAlike: (count, from, to, what) =>
    prose`${count} 次请求结果相同，${from} 至 ${to}：${what}`,
  answeredAlikeUntimed: (count, what) => `${count} 次请求结果相同：${what}`,
  follows: {
    unknown: '可能已取消，也可能没有',
    'unknown-open': '是否已取消，至今不明',
    resolved: '后由操作员查明支付单的结局',
    settled: '后由平台告知支付单的结局',
    'not-seen': '据平台后来答复的状态，该次请求未执行',
    'not-executed': '请求未执行',
    blocked: '排除原因之前，再次请求也无济于事',
  },
  unanswered: { 'in-flight': '尚无结果', withheld: '答复未披露' },
  reported: (at, what) => prose`于 ${at} 向平台查询，平台答复：${what}`,
  reportedUntimed: (what) => `向平台查询，平台答复：${what}`,
  reportedAlike: (count, from, to, what) =>
    prose`于 ${from} 至 ${to} 向平台查询 ${count} 次，平台均答复：${what}`,
  statuses: {
    succeeded: '已支付',
    canceled: '已关闭',
    failed: '支付失败',
    pending: '支付尚未完成',
    unknown: '未得到可用的答复',
    unavailable: '此接口不可调用',
  },

  arrived: (money) => `${money}到账`,
  wentBack: (amount) => (amount === null ? '款项已退回' : `已退款 ${amount}`),
  failed: '支付失败',
  declined: '渠道拒绝了一次支付',
  foundClosed: '发现支付单已在网关关闭',
  closings: {
    expired: '支付单超时未付而关单',
    'closed-by-platform': '平台已关单',
    'closed-by-channel': '渠道已关单',
  },
  confirmed: '平台确认已取消',
  reports: {
    succeeded: '平台答复已支付',
    canceled: '平台答复已关闭',
    failed: '平台答复支付失败',
  },
  found: (who, how) => `${who}认定支付单${how}`,
  knew: (what, at) => prose`${what}：我方于 ${at} 得知`,
  knewAlike: (what, count, from, to) =>
    prose`${what}，共 ${count} 次：我方于 ${from} 至 ${to} 得知`,
  knewByAnswer: (what, at) => prose`${what}：我方于 ${at} 随其答复得知`,
  knewByAsking: (what, at) => prose`${what}：我方于 ${at} 查询时得知`,
  knewUntold: (what, at) => prose`${what}：我方于 ${at} 得知，来源未给出时间`,
  knewSoon: (what, occurred, at) => prose`${what}，发生于 ${occurred}：我方于 ${at} 得知`,
  knewLate: (what, occurred, at, late) =>
    prose`${what}，发生于 ${occurred}：我方于 ${at} 才得知，晚了 ${late}`,
  knewEarly: (what, at, early) =>
    prose`${what}：我方于 ${at} 记录，而来源称其发生在我方记录的 ${early}之后，两个时钟必有一个不准`,
  knewWithheld: (what) => `${what}：记录时间未披露`,

  calls,
  wasInDoubt: (each, _isOne, from, until, lasted) =>
    prose`${each}自 ${from} 至 ${until} 结果存疑${lasted === '' ? '' : `（${lasted}）`}`,
  isInDoubt: (each, _isOne, from) => prose`${each}自 ${from} 起结果存疑，至本历史末尾仍未消除`,
  withheldTime: '（时间未披露）',

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
