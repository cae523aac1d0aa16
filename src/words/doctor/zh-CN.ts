import type { DoctorWords, StoreWords } from './en.ts';

const changedHistory =
  '历史已被改动或截断。请保持存储原样，用 verify ORDER 列出每处错误，并与备份对照';
const newerVersion = '请用写入它的版本或更新的版本读取';

export const store: StoreWords = {
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
    'no-gateway': '请用该订单所属网关的设置来执行；订单没有记录网关而确属本商户时，请加 --adopt',
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
  backedUp: (place, { orders, notices, events }) =>
    `已备份：${place}，${orders} 个支付单，${notices === 0 ? '' : `${notices} 条通知，`}${events} 个事件`,
  backupHead: (order, head) => `最后写入的是 ${order}，末端 ${head}，请另行保存`,
  nothingWaited: '没有等待中的支付单',
  fileMade: '已创建',
  forgotten: 'memory: 中的内容在本命令结束后不会保留；请用 --store sqlite:FILE 指定文件',
  faults: (count) => `存储：有误，${count} 处`,
  times: (count) => (count === 1 ? '' : `（共 ${count} 次）`),
};

export const doctor: DoctorWords = {
  names: {
    node: 'Node',
    sqlite: 'SQLite',
    store: '存储',
    'store-log': '存储日志',
    notices: '通知',
    overdue: '恢复处理',
    'file-permissions': '文件权限',
    'gateway-settings': '网关设置',
    'gateway-url': '网关地址',
    'private-key': '私钥',
    'gateway-reachable': '网关连通',
    'gateway-query': '支付单查询',
    clock: '时钟',
  },
  ok: '正常',
  notOk: '有问题',
  note: '注意',
  nothingOverdue: '没有过期未处理的支付单',
  ordersOverdue: (count, since, why) =>
    `${count} 个支付单过期未处理，最早始于 ${since}：` +
    {
      'no-recovery': '没有进程在做恢复处理，请启动 payment-order work',
      'gateway-down': 'gateway-down，网关目前无法调用，恢复后会自动继续',
      'no-gateway': 'no-gateway，正在工作的进程都无权为它们调用',
      several: '原因不止一种，用 payment-order list --why overdue 逐个查看',
    }[why ?? 'no-recovery'],
  allOk: '一切正常',
  nothingWrong: '没有问题，但请留意标有“注意”的各项',
  versionIs: (version) => `版本 ${version}`,
  updateNode: (version) =>
    `版本 ${version}；请安装 Node 24.16 或更新版本，其中自带 SQLite 3.51.3 或更新版本`,
  storeIsReadable: (path) => `${path} 存有支付单，可以读取`,
  storeIsAbsent: (path) => `${path} 尚不存在；create 会创建它`,
  storeIsReached: '服务器有应答，允许读取 $all；是否允许写入，没有试过',
  storeIsDamaged: (faults) => `已损坏：${faults}`,
  noticesAreSound: (notices) => `已检查 ${notices} 条通知`,
  noticesAreFaulty: (faults) => `有误：${faults}`,
  storeInMemory: '在内存中，命令结束后不保留任何内容',
  logIsMoved: '数据都已写入主文件；存储在用时，请只用 backup 备份',
  logIsAhead: (pages, bytes) =>
    `最新的改动（${pages} 页，${bytes} 字节）还只在 -wal 文件中，单独复制主文件会缺少这些内容；请用 backup 备份`,
  fileIsPrivate: (mode) => `权限 ${mode}`,
  fileIsOpen: (mode, files) => `权限 ${mode}，本机所有用户都能打开；请执行：chmod 600 ${files}`,
  fileIsShared: (mode, files) =>
    `权限 ${mode}，同组用户也能打开；如非有意，请执行：chmod 600 ${files}`,
  directoryIsNotWritable: '没有写入权限；请换一个目录，或更改其所有者',
  gatewayAbsent: '未设置；取消、重试、查询和 work 都需要',
  gatewayComplete: '完整',
  gatewayIncomplete: (missing) => `不完整；还需设置 ${missing}`,
  appIdIsWrong: 'app id 必须是平台分配的 16 位字母和数字',
  urlAccepted: '可用',
  keyIsFit: (bits) => `RSA，${bits} 位，未向他人开放`,
  keyIsWeak: (bits) => `RSA，${bits} 位，可用；建议向平台申请 2048 位的密钥`,
  reached: (host) => `${host} 可以连接`,
  notReached: (host, why) => `${host} 无法连接（${why}）；请检查地址和网络`,
  queryAllowed:
    '有权调用 payment.order.query：取消结果不明时可以直接查询，查询不会改变平台上的任何内容',
  queryForbidden: (code) =>
    `无权调用 payment.order.query（返回码 ${code}）：取消结果不明时只能再次发起取消来试探，而被拒绝并不能说明问题，16 小时后须人工处理；请向平台申请开通该接口`,
  queryUnclear: (code) =>
    `用不存在的支付单调用 payment.order.query，返回码为 ${code}；平台没有禁止该接口，但须用真实的支付单查询一次才能确认可用`,
  queryFailed: (rule) =>
    `payment.order.query 没有得到有效应答（${rule}），取消也会同样失败；请检查网关地址和网络，并确认平台是否在运行`,
  queryRefused: {
    'app-id-wrong': '平台拒绝了 payment.order.query（app-id-wrong），取消也会被拒绝；请检查 app id',
    'signature-refused':
      '平台拒绝了 payment.order.query（signature-refused），取消也会被拒绝；平台为该 app id 保存的公钥与此私钥不成对',
    'timestamp-refused':
      '平台拒绝了 payment.order.query（timestamp-refused），取消也会被拒绝；请校准本机时钟',
  },
  clockIsWrong: (time) => `显示 ${time}；请校准，平台只接受 30 秒以内的时间戳`,
};
