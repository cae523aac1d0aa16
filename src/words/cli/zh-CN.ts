import type { ErrorCode } from '../../errors.ts';
import { zhCN as events } from '../events/zh-CN.ts';
import { zhCN as service } from '../service/zh-CN.ts';
import type { Words } from './en.ts';

const errors: Readonly<Record<ErrorCode | 'usage' | 'unexpected', string>> = {
  usage: '命令行有误',
  unexpected: '意外错误',
  'invalid-input': '输入无效',
  'command-id-reused': '命令编号已用于其他内容',
  'order-not-found': '没有这个支付单',
  'gateway-not-configured': '未配置网关',
  'invalid-gateway-url': '网关地址无效',
  'invalid-private-key': '私钥无效',
  'invalid-store-url': '存储地址无效',
  'store-unavailable': '存储不可用',
  'store-denied': '存储拒绝访问',
  'store-read-only': '存储只以读取方式打开',
  'gateway-failed': '网关接口出错',
  'append-outcome-unknown': '写入结果未知',
  'store-not-ours': '不是本程序的存储文件',
  'store-newer': '存储由更新的版本写成',
  'store-corrupt': '存储已损坏',
  'store-closed': '存储已关闭',
  'event-too-large': '事件过大',
  'stream-full': '支付单事件数已达上限',
  'too-much-contention': '并发写入过多',
  'unknown-event-type': '未知的事件类型',
  'unknown-schema-version': '未知的事件版本',
  'invalid-event': '事件无效',
  'not-contiguous': '历史不连续',
  'illegal-history': '历史不合规则',
  'replay-divergence': '重放结果与记录不一致',
  'unsupported-machine': '不支持的状态机',
};

export const zhCN: Words = {
  ...events,
  ...service,
  language: 'zh-CN',
  failure: (code, message) => `错误（${errors[code]}，${code}）：${message}`,
  hint: (text) => `提示：${text}`,
  howToConfigure:
    '请设置 --gateway-url、--app-id 和 --private-key-file，或相应的环境变量；见 --help',
  warning: (message) => `警告：${message}`,
  yes: '是',
  no: '否',
  next: '下一步：',

  answered: {
    accepted: (order, state, revision) => `已接受：${order} 现为「${state}」（版次 ${revision}）`,
    duplicate: (order, state, revision) =>
      `重复：此前已处理；${order} 为「${state}」（版次 ${revision}）`,
  },
  rejected: (order, why, state) => `已拒绝：${why}；${order} 为「${state}」`,
  outcomes: {
    confirmed: '网关已确认：取消成功',
    refused: '网关拒绝：没有取消。款项可能已到账；请等待支付通知，再用 paid 记录',
    refusedInDoubt:
      '网关拒绝：本次请求没有取消。可能先前的请求已经取消，也可能款项已到账；请等待通知，或核对账单',
  },
  stateNotes: {
    'cancelling.requesting': '请求已发出，结果会被记录。',
    'cancelling.backingOff': '该次请求未执行；到时由 work 再次发出。',
    'cancelling.inDoubt':
      '该次请求可能已执行，也可能没有。到时由 work 再次询问网关，或凭证据了结存疑。',
    'cancelling.needsReview': '自动处理已停止，须由操作员决定。',
  },
  needsAttention: '该支付单需要人工处理。',
  callGoesOn:
    '正在停止：已发出的请求会继续，结果会被记录；再次发出信号则立即结束，支付单将处于存疑状态',

  labels: {
    order: '支付单',
    processBill: '流程单',
    amount: '金额',
    state: '状态',
    attention: '需要处理',
    cancel: '取消',
    payments: '支付',
    anomalies: '异常',
    pending: '等待中',
    witness: '凭据',
    next: '下一步',
  },
  noReason: '未说明原因',
  reason: (text) => `原因：${text}`,
  attempt: (number, answer) => `第 ${number} 次请求：${answer}`,
  inDoubt: '存疑：某次请求可能已执行，也可能没有',
  wasInDoubt: (attempt) => `第 ${attempt} 次请求始终没有答复；已凭其他证据了结`,
  anomaly: (number, code, meaning, acknowledged) =>
    `${number} ${code}：${meaning}${acknowledged ? '（已确认）' : ''}`,
  callInFlight: (attempt, since) => `第 ${attempt} 次请求，自 ${since} 起等待答复`,
  timer: (event, dueAt) => `${event}，于 ${dueAt}`,

  logHeaders: {
    revision: '版次',
    time: '时间（UTC）',
    event: '事件',
    way: '由 → 至',
    actor: '操作者',
    what: '内容',
  },
  listHeaders: {
    order: '支付单',
    state: '状态',
    attention: '需要处理',
    amount: '金额',
    revision: '版次',
  },
  noOrders: '没有支付单',

  verified: (order, events, head) => `${order}：无误，${events} 个事件，末端 ${head}`,
  notVerified: (order, faults) => `${order}：有误，${faults} 处`,
  verifiedAll: (orders) => `共检查 ${orders} 个支付单`,

  working: '运行中：为所有支付单执行到期的动作；按 Ctrl-C 停止',
  workStopped: '已停止；已发出的请求均已记录',
  worked: (waiting, fired) => `${waiting} 个支付单在等待，其中 ${fired} 个到期并已执行`,

  history: {
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
    hash: '哈希',
    asOf: (revision, time) => `截至版次 ${revision}，记录于 ${time}`,
    notYet: (order) => `${order} 当时尚未创建`,
    learnedLater: (type, occurred, recorded, revision) =>
      `${type} 当时已经发生（${occurred}），到 ${recorded} 才记录，版次 ${revision}`,
    diffHeaders: { field: '字段', before: '之前', after: '之后' },
    between: (events) => `其间 ${events} 个事件：`,
    nothingChanged: '没有变化',
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
    mayNotNow: (command, why) => `${command}：现在会被拒绝，${why}`,
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
    replayEnds: (order, message) => `${order} 无法重放到末尾：${message}`,
    replayedAll: (orders, divergent) =>
      `共重放 ${orders} 个支付单，其中 ${divergent} 个与记录不一致`,
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
    withheld: (events) => `其中 ${events} 个事件的部分内容已隐去`,
    guessable: (revisions) =>
      `版次 ${revisions} 的关联编号不是随机 UUID：若有人同时猜中编号和隐去的元数据，便可验证其猜测`,
    seal: (sha256) => `manifest.json 的 SHA-256，请另行保存：${sha256}`,
    bundleOk: (events, head) => `无误，${events} 个事件，末端 ${head}`,
    bundleNotOk: (faults) => `有误，${faults} 处`,
    linked: (revision, parts) => `版次 ${revision}：链接无误，内容已隐去（${parts}）`,
    proven: (revision) => `版次 ${revision}：原件与哈希相符`,
  },
};
