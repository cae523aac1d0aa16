import type { FrameWords } from './frame.en.ts';

export const zhCN: FrameWords = {
  title: '支付单',
  navigation: '页面',
  nav: { queue: '支付单列表', inbox: '通知', recovery: '恢复处理' },
  readOnly: '只读',
  acting: (who) => `操作身份：${who}`,
  actorKinds: { service: '服务', customer: '客户', timer: '定时器' },
  platform: (gateway) => `平台（${gateway}）`,
  skip: '跳到正文',
  noScript: '浏览器禁用了脚本：页面不会自动更新，也无法执行操作。',
  changed: '你查看或填写期间有新的记录。重新加载页面即可看到。',
  lost: '控制台没有响应，页面内容可能已过时。',
  unanswered: '没有收到答复，操作可能已经记录。请原样再提交一次：只会记录一次。',
  failed: '操作没有成功',
  back: '回到支付单列表',
  notFound: '没有这个页面',
  notFoundText: '地址可能已失效：回执和批量任务只保留到控制台关闭为止。',
  unexpected: '控制台自身出错，详情见启动它的终端。',
  recorded: (who, what, about, answer) => `${who}：${what} ${about}：${answer}`,
  serving: '控制台已打开，收到信号后关闭。拿到下面这个地址的人都能看到其中的内容：',
  servingActs: (who) =>
    `控制台以 ${who} 的身份操作，收到信号后关闭。拿到下面这个地址的人都能以此身份操作：`,
};
