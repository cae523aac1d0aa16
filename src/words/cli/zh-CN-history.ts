import type { HistoryWords } from './history-words.ts';

export const chineseHistory: HistoryWords = {
  hidden: (count) => `另有 ${count} 个事件未显示`,
  detailLabels: {
    id: '事件编号',
    recorded: '记录于',
    occurred: '发生于',
    source: '来源',
    actor: '操作者',
    command: '命令编号',
    correlation: '关联编号',
    machine: '状态机',
  },
  data: '数据',
  hash: '摘要',
  asOf: (revision, time) => `截至版次 ${revision}，记录于 ${time}`,
  notYet: (order) => `${order} 当时尚未创建`,
  learnedLater: (type, occurred, recorded, rev) =>
    `${type} 当时已发生（${occurred}），至 ${recorded} 才记录，版次 ${rev}`,
  diffHeaders: { field: '字段', before: '之前', after: '之后' },
  between: (events) => `其间 ${events} 个事件：`,
  nothingChanged: '支付单所知没有变化',
  attemptHeaders: {
    attempt: '请求次序',
    sent: '发出（UTC）',
    took: '历时',
    requestId: '请求编号',
    http: 'HTTP',
    code: '响应码',
    outcome: '结果',
    rule: '判定规则',
  },
  noAttempts: '没有向网关发出过请求',
  mayNow: (command) => `${command}：现在会被接受`,
  mayNotNow: (command, why) => `${command}：现在会被拒绝：${why}`,
  since: (state, revision, type, time) =>
    `支付单自版次 ${revision}（${type}，${time}）起为「${state}」`,
  allowedNow: '现在允许：',
  nothingAllowed: '现在不允许任何命令；事实始终会被记录',
  replayed: (order, events, state, version) =>
    `${order}：与记录一致，${events} 个事件，「${state}」，状态机版本 ${version}`,
  diverges: (order, revision, type) => `${order}：自版次 ${revision} 起不一致，${type}`,
  recordedWay: (way, version, hash) => `记录为 ${way}，状态机版本 ${version}（${hash}）`,
  derivedWay: (way, version, hash) => `重放为 ${way}，状态机版本 ${version}（${hash}）`,
  notTaken: '此状态下不接受',
  replayEnds: (order, message) => `${order}：无法重放到末尾：${message}`,
  replayedAll: (orders, divergent) => `共重放 ${orders} 个支付单，其中 ${divergent} 个与记录不一致`,
  progress: (orders, events, faults) =>
    `已检查 ${orders} 个支付单、${events} 个事件，发现 ${faults} 处错误`,
  gateCauses: {
    'transition-gone': '该转移已不存在',
    'other-target': '目标状态不同',
    'other-pending-effect': '待执行的请求或定时器不同',
    'context-differs': '支付单所知内容不同',
  },
  stranded: (order, state) => `${order}：停留在新状态机没有的状态 ${state}`,
  gated: (orders, different, stranded) =>
    `已用该状态机核对 ${orders} 个支付单，${different} 个与之前不同，${stranded} 个停留在不存在的状态`,
  stoppedAtFirst: '已在第一处停止；不带 --first 则检查全部',
  holdsFrom: (revision, type, time) => `首次成立于版次 ${revision}：${type}，${time}`,
  span: (from, until) =>
    until === null ? `  自版次 ${from} 起一直成立` : `  版次 ${from} 至 ${until} 成立`,
  neverHolds: (events) => `在 ${events} 个事件中从未成立`,
  written: (place, events) => `已写出：${place}，${events} 个事件`,
  withheld: (events) => `其中 ${events} 个事件的部分内容已隐去`,
  guessable: (revisions) =>
    `版次 ${revisions} 的关联编号不是随机 UUID：若有人猜中它和隐去的元数据，便可验证其猜测`,
  seal: (sha256) => `manifest.json 的 SHA-256，请另行保存：${sha256}`,
  bundleOk: (events, head) => `无误，${events} 个事件，末端 ${head}`,
  bundleNotOk: (faults) => `有误，${faults} 处`,
  linked: (revision, parts) => `版次 ${revision}：链接无误，内容已隐去（${parts}）`,
  proven: (revision) => `版次 ${revision}：原件与摘要相符`,
};
