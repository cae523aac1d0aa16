import type { HistoryWords } from './en.ts';

export const zhCN: HistoryWords = {
  hidden: (count) => `另有 ${count} 个事件未显示`,
  detailLabels: {
    id: '事件编号',
    recorded: '记录于',
    occurred: '发生于',
    source: '来源',
    notice: '通知编号',
    vouchedBy: '可信依据',
    actor: '操作者',
    command: '指令编号',
    correlation: '关联编号',
    machine: '状态机',
  },
  data: '数据',
  hash: '哈希',
  asOf: (revision, time) => `截至版次 ${revision}，记录于 ${time}`,
  notYet: (order) => `${order} 当时尚未创建`,
  learnedLater: (type, occurred, recorded, revision) =>
    `${type} 当时已经发生（${occurred}），到 ${recorded} 才记录，版次 ${revision}`,
  diffHeaders: ['字段', '之前', '之后'],
  between: (events) => `其间 ${events} 个事件：`,
  nothingChanged: '没有变化',
  attemptHeaders: [
    '请求次序',
    '发出（UTC）',
    '历时',
    '请求编号',
    'HTTP',
    '响应码',
    '结果',
    '判定规则',
  ],
  noAttempts: '没有向网关发出过取消请求',
  mayNow: (command) => `${command}：现在会被接受`,
  repeatsNow: (command, why) => `${command}：现在会视为重复，${why}`,
  mayNotNow: (command, why) => `${command}：现在会被拒绝，${why}`,
  since: (state, revision, type, time) =>
    `支付单自版次 ${revision}（${type}，${time}）起为「${state}」`,
  allowedNow: '现在允许：',
  nothingAllowed: '现在不允许任何指令；事实始终会被记录',
  replayed: (order, events, state, version) =>
    `${order}：与记录一致，${events} 个事件，「${state}」，状态机版本 ${version}`,
  diverges: (order, revision, type) => `${order}：自版次 ${revision} 起不一致，${type}`,
  recordedWay: (way, version, hash) => `记录为 ${way}，状态机版本 ${version}（${hash}）`,
  derivedWay: (way, version, hash) => `重放为 ${way}，状态机版本 ${version}（${hash}）`,
  replayHeaders: ['版次', '时间（UTC）', '事件', '由 → 至', '状态机'],
  notTaken: '此状态下不接受',
  replayEnds: (order, message) => `${order} 无法重放到末尾：${message}`,
  replayedAll: (orders, divergent) => `共重放 ${orders} 个支付单，其中 ${divergent} 个与记录不一致`,
  progress: (orders, events, faults) =>
    `已检查 ${orders} 个支付单、${events} 个事件，发现 ${faults} 处错误`,
  gateCauses: {
    'transition-gone': '该转移已不存在',
    'other-target': '目标状态不同',
    'other-pending-effect': '待执行的请求或定时器不同',
    'context-differs': '支付单的事实不同',
  },
  stranded: (order, state) => `${order}：停留在 ${state}，而该状态机没有这个状态`,
  gated: (orders, different, stranded) =>
    `已用该状态机重放 ${orders} 个支付单，${different} 个与记录不一致，${stranded} 个停留在不存在的状态`,
  stoppedAtFirst: '已在第一处错误停止；不带 --first 则检查全部',
  holdsFrom: (revision, type, time) => `首次成立于版次 ${revision}：${type}，${time}`,
  span: (from, until) =>
    until === null ? `  自版次 ${from} 起一直成立` : `  版次 ${from} 至 ${until} 成立`,
  neverHolds: (events) => `在 ${events} 个事件中从未成立`,
  written: (place, events) => `已写出：${place}，${events} 个事件`,
  withheld: (events) => `其中 ${events} 个事件的部分内容未披露`,
  notices: (count) => `已收入 ${count} 份通知原文`,
  missingNotices: (noticeIds) => `本存储中没有与编号相符的通知原文：${noticeIds}`,
  noticeProven: (noticeId) => `通知 ${noticeId}：原文与事件所记编号相符`,
  guessable: (revisions) =>
    `版次 ${revisions} 的关联编号不是随机 UUID，或在其他事件中可见：若有人猜中未披露的元数据，便可验证其猜测`,
  seal: (sha256) => `manifest.json 的 SHA-256，请另行保存：${sha256}`,
  bundle: (orderNo, standing, events, head) =>
    `${orderNo}：${standing}，${events} 个事件，末端 ${head}`,
  bundleProven: '核验通过',
  bundleProvenBut: (fields, parts) =>
    `核验通过，但有${[
      ...(fields === 0 ? [] : [` ${fields} 个字段`]),
      ...(parts === 0 ? [] : [`旧事件的 ${parts} 个部分`]),
    ].join('和')}未披露`,
  bundleNotProven: (faults) => `核验未通过，错误 ${faults} 处`,
  nobodyVouches:
    '自身前后一致，但没有外部印证：请用 --witness 或 --seal 提供另行留存的凭据或清单摘要，或用 --trust 提供日志及见证方的公钥',
  nobodyVouchesAfter: (revision) => `凭据只到版次 ${revision}，其后的事件没有外部印证`,
  linked: (revision, names) => `版次 ${revision}：未披露 ${names}`,
  proven: (revision) => `版次 ${revision}：原件与哈希相符`,
  madeBy: (theirs, ours) => `该证据包由 ${theirs} 版生成，当前程序为 ${ours} 版`,
  unchecked: (files) => `；未核对（没有任何证明）：${files}`,
};
