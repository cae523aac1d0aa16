import type { DisputeEvent } from '../timeline/dispute-event.ts';

/** How to read the package and how to check it, for whoever gets it; in English and Chinese. */
export function bundleReadme(events: readonly DisputeEvent[]): string {
  const stream = events[0]?.stream ?? '';
  const withheld = events.filter(({ withheld: parts = [] }) => parts.length > 0).length;
  return [
    ...english(stream, withheld),
    '',
    '-'.repeat(72),
    '',
    ...chinese(stream, withheld),
    '',
  ].join('\n');
}

function english(stream: string, withheld: number): readonly string[] {
  return [
    `Evidence package of ${stream}`,
    '',
    'Open report.html in a browser; it needs no network. What else is here:',
    '',
    '  manifest.json   what this is: range, head, machine and module, who exported it and why,',
    '                  what was withheld, and the SHA-256 of every file',
    '  events.ndjson   the stored events, one JSON document a line, oldest first',
    '  timeline.csv    the same, told in words; attempts.csv: every call to the gateway',
    '  anomalies.json  contradictions between facts; decisions.json: what people decided by hand',
    '  replay.json     the states as recorded, and derived again by the machine',
    '  diagram.mmd     the machine with the way the order went; diagram.dot: the same',
    '  SHA256SUMS      digests of all files above, for sha256sum',
    '',
    'To check it, anywhere, without the store:',
    '',
    '  sha256sum --check SHA256SUMS',
    '  payment-order verify --bundle . [--witness REVISION:HASH] [--seal SHA256]',
    '',
    'By hand: for each line of events.ndjson, with SHA-256 over RFC 8785 canonical JSON,',
    '',
    '  dataHash     = SHA-256 of {salt, data}',
    '  metadataHash = SHA-256 of the metadata without salt, dataHash, metadataHash, prevHash, hash',
    '  hash         = SHA-256 of {stream, revision, id, type, prevHash, dataHash, metadataHash}',
    '',
    'and prevHash is the hash of the line before; the first is 64 zeros.',
    '',
    'What it proves: that nothing in this range was changed, left out or put in after it was',
    "recorded, as far as the head's hash is known from elsewhere: keep witnesses outside the store.",
    'What it does not prove: that the gateway said so. Its answers are unsigned; compare requestId',
    'and the bill of the next day.',
    ...(withheld === 0
      ? []
      : [
          '',
          `Of ${withheld} events a part is withheld ("withheld" in its line): the text shown there is`,
          'a copy with markers, the same marker for the same text. The chain goes through its',
          'digest. Whoever has the original, with its salt, can prove it: write the original events',
          'into a file, one a line, and run',
          '',
          '  payment-order verify --bundle . --originals FILE',
        ]),
  ];
}

function chinese(stream: string, withheld: number): readonly string[] {
  return [
    `${stream} 的证据包`,
    '',
    '请用浏览器打开 report.html，无需联网。其他文件：',
    '',
    '  manifest.json   说明：范围、末端、状态机与模块版本、导出人与用途、隐去的内容、各文件的 SHA-256',
    '  events.ndjson   已存储的事件，每行一个 JSON，由早到晚',
    '  timeline.csv    同上，以文字叙述；attempts.csv：向网关发出的每次请求',
    '  anomalies.json  事实之间的矛盾；decisions.json：人工所作的决定',
    '  replay.json     记录的状态，以及由状态机重放得到的状态',
    '  diagram.mmd     状态机及支付单走过的路径；diagram.dot：同上',
    '  SHA256SUMS      以上各文件的摘要，供 sha256sum 使用',
    '',
    '核验方法（任何地方均可，无需原存储）：',
    '',
    '  sha256sum --check SHA256SUMS',
    '  payment-order verify --bundle . [--witness 版次:摘要] [--seal SHA256]',
    '',
    '也可自行计算：对 events.ndjson 的每一行，以 RFC 8785 规范化 JSON 求 SHA-256：',
    '',
    '  dataHash     = {salt, data} 的 SHA-256',
    '  metadataHash = 去掉 salt、dataHash、metadataHash、prevHash、hash 后的元数据的 SHA-256',
    '  hash         = {stream, revision, id, type, prevHash, dataHash, metadataHash} 的 SHA-256',
    '',
    '其中 prevHash 为上一行的 hash；首行为 64 个 0。',
    '',
    '能证明：记录之后，此范围内没有任何改动、遗漏或添加；前提是末端摘要另有留存（凭据应存于存储之外）。',
    '不能证明：网关确实如此答复。网关的答复没有签名，请与 requestId 和次日账单核对。',
    ...(withheld === 0
      ? []
      : [
          '',
          `其中 ${withheld} 个事件的部分内容已隐去（该行有 "withheld"）：所示为带标记的副本，相同的文字用`,
          '相同的标记。链条经由其摘要贯通。持有原件及其 salt 的人可以证明原件：将原始事件写入文件，每行一个，',
          '然后运行',
          '',
          '  payment-order verify --bundle . --originals 文件',
        ]),
  ];
}
