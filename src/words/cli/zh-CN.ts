import type { ErrorCode } from '../../errors.ts';
import { zhCN as events } from '../events/zh-CN.ts';
import type { Words } from './en.ts';

const errors: Readonly<Record<ErrorCode | 'usage' | 'unexpected', string>> = {
  usage: '命令行有误',
  unexpected: '意外错误',
  'invalid-input': '输入无效',
  'command-id-reused': '指令编号已用于其他内容',
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

const changedHistory =
  '历史已被改动或截断。请保持存储原样，用 verify ORDER 列出每处错误，并与备份对照';
const newerVersion = '请用写入它的版本或更新的版本读取';

export const zhCN: Words = {
  ...events,
  language: 'zh-CN',
  failure: (code, message) => `错误（${errors[code]}，${code}）：${message}`,
  hint: (text) => `提示：${text}`,
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

  logHeaders: ['版次', '时间（UTC）', '事件', '由 → 至', '操作者', '内容'],
  listHeaders: ['支付单', '状态', '需要处理', '金额', '版次'],
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
    noAttempts: '没有向网关发出过请求',
    mayNow: (command) => `${command}：现在会被接受`,
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

  store: {
    advice: {
      'no-directory': '该目录不存在。请先创建，或用 --store 指定其他文件',
      'not-a-file': '那不是文件。请用 --store 指定一个文件',
      'no-file': '请检查 --store 和当前目录；create 会创建文件',
      'not-writable': '没有写入权限。请更改所有者或权限，或用 --store 指定其他文件',
      'store-unavailable': 'doctor 会检查存储，并指出问题所在',
      'store-denied': '请向存储的管理员申请权限，或在地址中换用其他凭证',
      'store-read-only': '请用 --store 指定可写的文件',
      'append-outcome-unknown':
        '事件可能已经记录。请用 show 查看，或以相同的 --command-id 重复该命令',
      'store-not-ours': '该文件属于其他程序。请用 --store 指定其他文件',
      'store-newer': newerVersion,
      'gateway-not-configured':
        '请设置 --gateway-url、--app-id 和 --private-key-file，或相应的环境变量；见 --help',
      'store-closed': '请重新执行该命令',
      'store-corrupt': '请恢复备份，并在备份上继续；损坏的文件及其 -wal 请保持原样',
      'unknown-event-type': newerVersion,
      'unknown-schema-version': newerVersion,
      'invalid-event': changedHistory,
      'not-contiguous': changedHistory,
      'illegal-history': changedHistory,
    },
    noFile: (url, path) => `没有存储：${url} 即 ${path}，该文件不存在`,
    emptyFile: (url, path) => `没有存储：${url} 即 ${path}，该文件为空`,
    nothingWaited: '没有等待中的支付单',
    fileMade: '已创建',
    forgotten: 'memory: 中的内容在本命令结束后不会保留；请用 --store sqlite:FILE 指定文件',
    faults: (count) => `存储：有误，${count} 处`,
    times: (count) => (count === 1 ? '' : `（共 ${count} 次）`),
  },

  sandbox: {
    started: '沙箱已启动。请在另一个终端中执行：',
    steer: '控制沙箱：',
    stop: '按 Ctrl-C 停止。',
    request: (order, fault, answer) => `请求：支付单 ${order}，故障 ${fault}，答复 ${answer}`,
  },

  doctor: {
    names: {
      node: 'Node',
      sqlite: 'SQLite',
      store: '存储',
      'file-permissions': '文件权限',
      'gateway-settings': '网关设置',
      'gateway-url': '网关地址',
      'private-key': '私钥',
      'gateway-reachable': '网关连通',
      clock: '时钟',
    },
    ok: '正常',
    notOk: '有问题',
    allOk: '一切正常',
    versionIs: (version) => `版本 ${version}`,
    updateNode: (version) =>
      `版本 ${version}；请安装 Node 24.16 或更新版本，其中自带 SQLite 3.51.3 或更新版本`,
    storeIsReadable: (path) => `${path} 存有支付单，可以读取`,
    storeIsAbsent: (path) => `${path} 尚不存在；create 会创建它`,
    storeIsReached: '服务器有应答',
    storeIsDamaged: (faults) => `已损坏：${faults}`,
    storeInMemory: '在内存中，命令结束后不保留任何内容',
    fileIsPrivate: (mode) => `权限 ${mode}`,
    fileIsOpen: (mode) => `权限 ${mode}，任何人都能写入；请对它执行 chmod 600`,
    directoryIsNotWritable: '没有写入权限；请换一个目录，或更改其所有者',
    gatewayAbsent: '未设置；取消、重试和 work 都需要',
    gatewayComplete: '完整',
    gatewayIncomplete: (missing) => `不完整；还需设置 ${missing}`,
    appIdIsWrong: 'app id 必须是平台分配的 16 位字母和数字',
    urlAccepted: '可用',
    keyIsFit: (bits) => `RSA，${bits} 位，仅所有者可读`,
    keyIsWeak: (bits) => `RSA，${bits} 位，可用；建议向平台申请 2048 位的密钥`,
    reached: (host) => `${host} 可以连接；未发送任何请求`,
    notReached: (host, why) => `${host} 无法连接（${why}）；请检查地址和网络`,
    clockIsWrong: (time) => `显示 ${time}；请校准，平台只接受 30 秒以内的时间戳`,
  },

  demo: {
    stories: {
      cancelled: '取消成功，网关关闭支付单。',
      'refused-because-paid': '网关拒绝取消，因为款项已到网关；支付通知稍后才到。',
      'answer-lost':
        '网关已执行，答复却丢失了。支付单一直存疑，再次询问网关也无法消除，直到网关报告已关闭。',
      'paid-while-cancelling': '取消请求尚无答复时，款项到账。',
      'paid-after-cancel': '取消已确认，款项才到账。系统照常记录，并提请人工处理。',
    },
    story: (number, orderNo, title) => `${number}. ${orderNo}：${title}`,
    endedWell: (state) => `结局符合预期：${state}`,
    endedBadly: (state, expected) => `结局为 ${state}，预期为 ${expected}`,
    kept: (store) => `五个支付单保存在 ${store} 中。`,
    tryNext: '接下来可以试试：',
    allWell: '五个故事的结局都与预期一致。',
    notAllWell: '有的故事结局与预期不符。',
  },
};
