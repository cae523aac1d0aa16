import type { ErrorCode } from '../../errors.ts';
import { zhCN as chineseEvents } from '../events/zh-CN.ts';
import { chineseHistory } from './zh-CN-history.ts';
import type { Words } from './words.ts';
import { chineseStore } from './zh-CN-store.ts';

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

export const chinese: Words = {
  ...chineseEvents,
  language: 'zh-CN',
  history: chineseHistory,
  store: chineseStore,
  failure: (code, message) => `错误：${found(errors, code) ?? ''}（${code}）：${message}`,
  hint: (text) => `提示：${text}`,
  howToConfigure:
    '请给出 --gateway-url、--app-id 和 --private-key-file，或相应的环境变量；见 --help',
  warning: (message) => `警告：${message}`,
  yes: '是',
  no: '否',
  next: '下一步：',

  answered: {
    accepted: (order, state, revision) => `已接受：${order} 现为「${state}」（版次 ${revision}）`,
    duplicate: (order, state, revision) =>
      `重复：没有再次执行；${order} 为「${state}」（版次 ${revision}）`,
  },
  outcomes: {
    confirmed: '网关已确认：取消成功',
    refused: '网关拒绝：没有取消；款项可能已到：请等待支付通知，再用 paid 记录',
    refusedInDoubt:
      '网关拒绝：本次请求没有取消；或是之前的请求已取消，或是款项已到：请等待通知，或查看账单',
  },
  rejected: (order, why, state) => `已拒绝：${why}；${order} 为「${state}」`,
  stateNotes: {
    'cancelling.requesting': '请求已发出，其结果会被记录。',
    'cancelling.backingOff': '该次请求未执行；到时由 work 再次发出。',
    'cancelling.inDoubt':
      '该次请求可能执行了，也可能没有。不作猜测：到时由 work 再次询问，或凭证据处理。',
    'cancelling.needsReview': '自动处理已停止，须由人决定。',
  },
  needsAttention: '需要有人查看。',
  callGoesOn:
    '正在停止：已发出的请求会继续，其结果会被记录；再按一次则立即结束，支付单将处于存疑状态',

  labels: {
    order: '支付单',
    processBill: '流程单',
    amount: '金额',
    state: '状态',
    attention: '需要查看',
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
  inDoubt: '存疑：某次请求可能执行了，也可能没有',
  wasInDoubt: (attempt) => `第 ${attempt} 次请求始终无答复；已凭其他证据了结`,
  anomaly: (number, code, meaning, acknowledged) =>
    `${number} ${code}：${meaning}${acknowledged ? '（已确认）' : ''}`,
  callIsOut: (attempt, since) => `第 ${attempt} 次请求，自 ${since} 起未答复`,
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
    attention: '需要查看',
    amount: '金额',
    revision: '版次',
  },
  noOrders: '没有支付单',

  verified: (order, events, head) => `${order}：无误，${events} 个事件，末端 ${head}`,
  notVerified: (order, faults) => `${order}：有误，${faults} 处`,
  verifiedAll: (orders) => `共检查 ${orders} 个支付单`,

  working: '运行中：所有支付单到时的动作会被执行；按 Ctrl-C 停止',
  workStopped: '已停止；已发出的请求均已记录',
  worked: (waiting, fired) => `${waiting} 个支付单在等待，其中 ${fired} 个到时并已执行`,

  sandbox: {
    started: '沙箱已启动。请在另一个终端中执行：',
    steer: '操控方法：',
    stop: '按 Ctrl-C 停止。',
    request: (order, fault, answer) => `请求：支付单 ${order}，故障 ${fault}：${answer}`,
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
      `版本 ${version}；请安装 Node 24.16 或更新版本，其中带有 SQLite 3.51.3 或更新版本`,
    storeIsReadable: (path) => `${path} 属于本程序，可以读取`,
    storeIsAbsent: (path) => `${path} 尚不存在；create 会建立它`,
    storeIsReached: '服务器有应答',
    storeIsDamaged: (faults) => `已损坏：${faults}`,
    storeInMemory: '在内存中：命令结束后不保留任何内容',
    fileIsPrivate: (mode) => `权限 ${mode}`,
    fileIsOpen: (mode) => `权限 ${mode}：任何人都可写入；请对其执行 chmod 600`,
    directoryIsNotWritable: '无权在此写入；请换一个目录或更改其所有者',
    gatewayAbsent: '未给出；取消、重试和 work 需要它们',
    gatewayComplete: '完整',
    gatewayByHalf: (missing) => `不完整；还需给出 ${missing}`,
    appIdIsWrong: 'app id 必须是平台给出的 16 位字母和数字',
    urlAccepted: '可用',
    keyIsFit: (bits) => `RSA，${bits} 位，仅所有者可读`,
    keyIsWeak: (bits) => `RSA，${bits} 位：可用，但请向平台申请 2048 位的密钥`,
    reached: (host) => `${host} 可以连接；未发送任何请求`,
    notReached: (host, why) => `${host} 无法连接（${why}）；请检查地址和网络`,
    clockShows: (time) => time,
    clockIsWrong: (time) => `显示 ${time}；请校准：平台只接受 30 秒以内的时间戳`,
  },

  demo: {
    stories: {
      cancelled: '顺利取消：我们提出，网关关闭支付单。',
      'refused-because-paid': '被拒绝：款项已到网关，我们稍后才收到支付通知。',
      'answer-lost':
        '网关执行之后答复丢失。支付单一直存疑，再次询问也是如此，直到网关报告其已关闭。',
      'paid-while-cancelling': '取消请求尚未答复时，支付到账。',
      'paid-after-cancel': '取消确认之后款项到账：予以保留，并提示人工查看。',
    },
    story: (number, title) => `${number}. ${title}`,
    endedWell: (state) => `结局符合预期：${state}`,
    endedBadly: (state, expected) => `结局为 ${state}，预期为 ${expected}`,
    kept: (store) => `五个支付单保存在 ${store} 中。`,
    tryNext: '接下来可以试试：',
    allWell: '每个故事的结局都符合预期。',
    notAllWell: '并非每个故事的结局都符合预期。',
  },
};

/** What comes from a history may be called `constructor`. */
function found(texts: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(texts, key) ? texts[key] : undefined;
}
