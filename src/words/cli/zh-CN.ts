import type { ErrorCode } from '../../errors.ts';
import { zhCN as attention } from '../attention/zh-CN.ts';
import { zhCN as bill } from '../bill/zh-CN.ts';
import { zhCN as events } from '../events/zh-CN.ts';
import { doctor, store } from '../doctor/zh-CN.ts';
import { zhCN as history } from '../history/zh-CN.ts';
import { zhCN as inbox } from '../inbox/zh-CN.ts';
import { zhCN as tlog } from '../tlog/zh-CN.ts';
import { zhCN as work } from '../work/zh-CN.ts';
import type { Words } from './en.ts';

const errors: Readonly<Record<ErrorCode | 'usage' | 'unexpected', string>> = {
  usage: '命令行有误',
  unexpected: '意外错误',
  'invalid-input': '输入无效',
  'invalid-traceparent': '追踪标识格式不对',
  'command-id-reused': '指令编号已用于其他内容',
  'revision-moved': '看过之后又有新记录',
  'order-not-found': '没有这个支付单',
  'notice-not-found': '没有这个通知',
  'checkpoint-not-found': '没有涵盖它的检查点',
  'gateway-not-configured': '未配置网关',
  'no-gateway': '本进程没有该订单的网关',
  'gateway-cannot-be-asked': '网关不支持查询',
  'invalid-gateway-url': '网关地址无效',
  'invalid-private-key': '私钥无效',
  'invalid-store-url': '存储地址无效',
  'store-unavailable': '存储不可用',
  'store-denied': '存储拒绝访问',
  'store-read-only': '存储只以读取方式打开',
  'gateway-failed': '网关接口出错',
  'wrong-order-answered': '平台返回了其他订单的状态',
  'translator-failed': '通知解读程序出错',
  'append-outcome-unknown': '写入结果未知',
  'store-not-ours': '不是本程序的存储文件',
  'store-newer': '存储由更新的版本写成',
  'store-corrupt': '存储已损坏',
  'backup-unsupported': '此存储不能备份成文件',
  'store-closed': '存储已关闭',
  'event-too-large': '事件过大',
  'stream-full': '支付单事件数已达上限',
  'too-much-contention': '并发写入过多',
  'unknown-event-type': '未知的事件类型',
  'unknown-schema-version': '未知的事件版本',
  'invalid-event': '事件无效',
  'not-contiguous': '历史不连续',
  'illegal-history': '历史不合规则',
  'log-contradicted': '日志与已签署的检查点不符',
  'replay-divergence': '重放结果与记录不一致',
  'heartbeat-unwritable': '无法写入运行状态文件',
  'unsupported-machine': '不支持的状态机',
  'unsupported-node': 'Node 版本过低',
};

export const zhCN: Words = {
  ...events,
  attention,
  bill,
  history,
  inbox,
  store,
  doctor,
  tlog,
  work,
  language: 'zh-CN',
  failure: (code, message) => `错误（${errors[code]}，${code}）：${message}`,
  hint: (text) => `提示：${text}`,
  warning: (message) => `警告：${message}`,
  no: '否',
  next: '下一步：',

  answered: {
    accepted: (order, state, revision) => `已接受：${order} 现为「${state}」（版次 ${revision}）`,
    duplicate: (order, state, revision) =>
      `重复：此前已处理；${order} 为「${state}」（版次 ${revision}）`,
    retracted: (order, state, revision) =>
      `重复：此项已被操作员撤销，不再计入；${order} 为「${state}」（版次 ${revision}）`,
  },
  rejected: (order, why, state) => `已拒绝：${why}；${order} 为「${state}」`,
  asked: {
    answer: (status, rule, meaning) => `${status}（规则 ${rule}）：${meaning}`,
    meanings: {
      succeeded: '支付单已支付',
      canceled: '支付单已在平台关闭，由谁关闭未说明',
      failed: '支付失败',
      pending: '支付尚未完成',
      unknown: '未能得知状态，请稍后再查',
      unavailable: '此接口不可调用，未能得知状态；请向平台申请开通 payment.order.query',
    },
    recorded: (order, state, revision) => `已记录：${order} 现为「${state}」（版次 ${revision}）`,
    'not-recorded': (order, state, revision) =>
      `未记录，因为没有新内容；${order} 为「${state}」（版次 ${revision}）`,
    didNotRun: '存疑的请求均已不可能再生效，因此都没有执行。',
    tooEarly: '先前的请求仍可能生效，目前还不足以定论。请过几分钟再查。',
  },
  outcomes: {
    confirmed: '网关已确认：取消成功',
    refused: '网关拒绝：没有取消。款项可能已到账；正在向平台查询原因，结果可用 show 查看',
    refusedClosed: '网关拒绝：最近一次请求没有取消',
    refusedInDoubt:
      '网关拒绝：本次请求没有取消。可能先前的请求已经取消，也可能款项已到账；可用 ask 向平台查询',
  },
  stateNotes: {
    'cancelling.requesting': '请求已发出，结果会被记录。',
    'cancelling.backingOff': '该次请求未执行；到时由 work 再次发出。',
    'cancelling.inDoubt':
      '该次请求可能已执行，也可能没有。到时由 work 向平台查询，也可用 ask 立即查询，或凭证据了结存疑。',
    'cancelling.needsReview': '自动处理已停止，须由操作员决定。',
  },
  needsAttention: '该支付单需要人工处理。',
  callGoesOn:
    '正在停止：若有请求已发出，会等到其结果记录完毕；再次发出信号则立即结束，尚无答复的取消将处于存疑状态',

  labels: {
    order: '支付单',
    processBill: '流程单',
    gateway: '网关',
    amount: '金额',
    state: '状态',
    attention: '需要处理',
    cancel: '取消',
    payments: '支付',
    received: '已收',
    refunds: '退款',
    refunded: '已退',
    retracted: '已撤销',
    anomalies: '异常',
    pending: '等待中',
    witness: '凭据',
    next: '下一步',
  },
  noReason: '未说明原因',
  reason: (text) => `原因：${text}`,
  attempt: (number, answer) => `第 ${number} 次请求：${answer}`,
  inDoubt: '存疑：某次请求可能已执行，也可能没有',
  wasInDoubt: (attempt) => `第 ${attempt} 次请求始终没有答复；支付单已另行了结`,
  receivedUnknown: '已支付，但没有来源说明金额',
  anomaly: (number, code, meaning, standing) =>
    `${number} ${code}：${meaning}${{ open: '', acknowledged: '（已确认）', retracted: '（已随撤销消除）' }[standing]}`,
  callInFlight: (attempt, since) => `第 ${attempt} 次请求，自 ${since} 起等待答复`,
  timer: (event, dueAt) => `${event}，于 ${dueAt}`,
  questionAt: (event, dueAt) => `于 ${dueAt} 向平台查询（不可查询时再次请求取消：${event}）`,

  logHeaders: ['版次', '时间（UTC）', '事件', '由 → 至', '操作者', '内容'],
  noOrders: '没有支付单',
  noneListed: '没有符合条件的支付单',

  verified: (order, events, head) => `${order}：无误，${events} 个事件，末端 ${head}`,
  notVerified: (order, faults) => `${order}：有误，${faults} 处`,
  verifiedAll: (orders, notices, faults) =>
    `共检查 ${orders} 个支付单${notices === 0 ? '' : `、${notices} 条通知`}` +
    (faults === 0 ? '' : `，发现 ${faults} 处错误`),

  working: '运行中：为所有支付单执行到期的动作；按 Ctrl-C 停止',
  workStopped: '已停止；已发出的请求均已记录',
  fired: ({ order, event, attempt, gateway, answer, state }) =>
    `${order}：${event}；第 ${attempt} 次请求${gateway === '' ? '' : `（${gateway}）`}${answer}；` +
    `现为「${state}」`,
  firedQuestion: ({ order, event, attempt, gateway, answer, state }) =>
    `${order}：${event}，已向平台${gateway === '' ? '' : `（${gateway}）`}查询；第 ${attempt} 次请求` +
    `${answer}；现为「${state}」`,
  countOf: (count, what) => `${what} ${count} 次`,
  listSemicolon: '；',
  worked: (waiting, fired, answers) =>
    `${waiting} 个支付单在等待，其中 ${fired} 个到期并已执行${fired === 0 ? '' : `：${answers}`}`,
  askedAbout: (asked) => `就长时间未完结的支付单向平台查询 ${asked} 次`,
  firedInAll: (fired, answers) => `共执行 ${fired} 次${fired === 0 ? '' : `：${answers}`}`,

  sandbox: {
    started: '沙箱已启动。请在另一个终端中执行：',
    steer: '控制沙箱：',
    notices: (file) => `让沙箱推送通知（带签名的通知用 ${file} 验签）：`,
    stop: '按 Ctrl-C 停止。',
    request: (order, fault, answer) => `请求：支付单 ${order}，故障 ${fault}，答复 ${answer}`,
    notice: (order, attempt, answer) =>
      `通知：支付单 ${order}，第 ${attempt} 次推送，结果 ${answer}`,
  },

  demo: {
    stories: {
      cancelled: '取消成功，网关关闭支付单。',
      'refused-because-paid':
        '网关拒绝取消，因为款项已到网关。系统向平台查询原因，得知已支付；支付通知稍后才到。',
      'answer-lost':
        '网关已执行，答复却丢失了，支付单因此存疑。系统向平台查询，得知已关闭，存疑随之自动消除。',
      'paid-while-cancelling': '取消请求尚无答复时，款项到账。',
      'paid-after-cancel': '取消已确认，款项才到账。系统照常记录，并提请人工处理。',
    },
    story: (number, orderNo, title) => `${number}. ${orderNo}：${title}`,
    endedWell: (state) => `结局符合预期：${state}`,
    endedBadly: (state, expected) => `结局为 ${state}，预期为 ${expected}`,
    kept: (store) => `五个支付单保存在 ${store} 中。`,
    tryNext: '接下来可以试试：',
    report: (path) => `用浏览器查看最后一个支付单。以下命令写出 ${path}：`,
    console:
      '也可以在浏览器里查看这五个支付单。以下命令打印一个只在本机可用的网址，按 Ctrl-C 结束：',
    allWell: '五个故事的结局都与预期一致。',
    notAllWell: '有的故事结局与预期不符。',
  },
};
