import type { TlogWords } from './en.ts';

export const zhCN: TlogWords = {
  keyWritten: (kind, file) =>
    `已写出：${file}，${kind === 'log' ? '日志' : '见证方'}的私钥，请妥善保密`,
  vkey: (vkey) => `公钥：${vkey}`,
  trustLine: (line) => `可写入信任文件的一行：${line}`,

  checkpoint: (origin, size) => `${origin}：检查点，覆盖 ${size} 个事件`,
  root: (root) => `根哈希 ${root}`,
  signedBefore: '上一个检查点之后没有新事件，沿用该检查点',
  written: (file) => `已写出：${file}`,
  cosigned: (name, at, vkey) => `${name} 已于 ${at} 联署：${vkey}`,
  notCosigned: (url, problem) => `${url} 未联署：${problem}`,
  notAllCosigned: (missing) =>
    `检查点已签名并存入存储，但缺少 ${missing} 个见证方的联署；生成下一个检查点时会再次请求。如果见证方见过另一份日志，或更长的日志，届时仍会拒绝：请先查明原因，再签署下一个检查点`,
  onlyInStore:
    '该检查点只在本存储中，对能写入存储的人不构成任何证明：请用 --out 另存一份，或用 --witness 请见证方联署',

  serving: (url) => `见证方已在 ${url} 提供服务，按 Ctrl-C 停止。`,
  cosignedFor: (origin, size) => `已联署：${origin}，${size} 个事件`,
  refused: {
    'other-size': (origin, size, recorded) =>
      `收到请求：${origin}，${size} 个事件；已告知此前联署到 ${recorded} 个`,
    'other-root': (origin, size) =>
      `已拒绝：${origin}，${size} 个事件；此前联署过同样大小的另一份日志，说明日志所有者出示了两份历史`,
    shorter: (origin, size, recorded) =>
      `已拒绝：${origin}，${size} 个事件；此前已联署到 ${recorded} 个，说明日志丢失了事件，或这是旧的检查点`,
    unproved: (origin, size, recorded) =>
      `已拒绝：${origin}，${size} 个事件；没有证明它延续了此前联署的 ${recorded} 个事件`,
  },

  verified: (events, who) =>
    `日志：核验通过，自 ${who} 签署该检查点以来，这 ${events} 个事件未被改动`,
  consistent: (events, origin) => `日志：前 ${events} 个事件与 ${origin} 的检查点一致`,
  hashesAlone: (events) =>
    `日志：前 ${events} 个事件的哈希与检查点一致；但另有错误，错误所涉的内容没有外部印证`,
  onlyUnvouched: (events) => `前 ${events} 个事件的哈希与检查点一致，问题只在签名`,
  notVerified: (faults) => `日志：核验未通过，错误 ${faults} 处`,
  nobodyVouches:
    '自身前后一致，但没有外部印证：请用 --trust 指定您信任的公钥。只存放在本存储中的检查点，对能写入存储的人不构成任何证明',
  and: '、',
  signedByOwner: (vkey, isAlone) =>
    `${isAlone ? '仅' : ''}由日志所有者自行签名，只是其单方声明：${vkey}`,
  unwitnessed: (events) => `检查点之后又记录了 ${events} 个事件，未经见证`,

  proofIncluded: '已附收录证明',
  tooFewSigned:
    '该检查点的签名未达到您的信任文件的要求，报告中会注明；请用 --checkpoint 指定已达到要求的检查点',
  noProof:
    '未附收录证明：最新的检查点没有覆盖这些事件；请用 tlog checkpoint 签署检查点，再重新导出',
  bundleVouched: (until, who) => `自 ${who} 签署该检查点以来，截至版次 ${until} 的事件未被改动`,
  bundleClaimed: (names) => `收录证明上的署名只有配合 --trust 才算数：${names}`,
  bundleUnwitnessed: (from, to) =>
    from === to
      ? `版次 ${from} 不在检查点之内，未经见证`
      : `版次 ${from} 至 ${to} 不在检查点之内，未经见证`,
};
