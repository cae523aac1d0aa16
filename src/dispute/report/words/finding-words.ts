import type { Language } from '../../words/event-words.ts';

/** How the answers to a dispute's questions are worded; durations and names come worded. */
export type FindingWords = {
  readonly did: (time: string, actor: string | null, source: string, sentence: string) => string;
  readonly sentBefore: (call: number, by: string, moved: string) => string;
  readonly sentAfter: (call: number, by: string, moved: string) => string;
  readonly outMeanwhile: (call: number, sent: string, moved: string) => string;
  readonly noMoney: (call: number, sent: string) => string;
  readonly notSent: (call: number) => string;
  readonly movedAsSaid: (time: string) => string;
  readonly movedAsRecorded: (time: string) => string;
  readonly answered: (call: number, outcome: string, evidence: string) => string;
  readonly knewLater: (what: string, occurred: string, recorded: string, late: string) => string;
  readonly knewAt: (what: string, recorded: string) => string;
  readonly doubtLasted: (call: number, from: string, until: string, lasted: string) => string;
  readonly doubtLasts: (call: number, from: string) => string;
};

export const findingWords: Readonly<Record<Language, FindingWords>> = {
  en: {
    did: (time, actor, source, sentence) =>
      `${time} UTC, ${actor ?? 'nobody named'}, through ${source}: ${sentence}`,
    sentBefore: (call, by, moved) =>
      `Call ${call} was sent ${by} BEFORE the money moved (${moved}).`,
    sentAfter: (call, by, moved) => `Call ${call} was sent ${by} AFTER the money moved (${moved}).`,
    outMeanwhile: (call, sent, moved) =>
      `The money moved WHILE call ${call} was out: sent ${sent} UTC, moved ${moved}.`,
    noMoney: (call, sent) => `Call ${call} was sent ${sent} UTC; no money is recorded.`,
    notSent: (call) => `Call ${call} has no recorded time of sending.`,
    movedAsSaid: (time) => `${time} UTC, as its source says`,
    movedAsRecorded: (time) =>
      `recorded ${time} UTC; its source gave no time, so it may have moved earlier`,
    answered: (call, outcome, evidence) =>
      `Call ${call}: ${outcome}${evidence === '' ? '' : ` · ${evidence}`}`,
    knewLater: (what, occurred, recorded, late) =>
      `${what}: occurred ${occurred} UTC, recorded ${recorded} UTC, ${late} later.`,
    knewAt: (what, recorded) => `${what}: recorded ${recorded} UTC; its source gave no time.`,
    doubtLasted: (call, from, until, lasted) =>
      `Whether call ${call} had cancelled was not known from ${from} to ${until} UTC (${lasted}).`,
    doubtLasts: (call, from) =>
      `Whether call ${call} cancelled is not known since ${from} UTC, up to the end of this history.`,
  },
  'zh-CN': {
    did: (time, actor, source, sentence) =>
      `UTC ${time}，${actor ?? '未指明何人'}，经 ${source}：${sentence}`,
    sentBefore: (call, by, moved) => `第 ${call} 次请求在款项变动之前 ${by} 发出（${moved}）。`,
    sentAfter: (call, by, moved) => `第 ${call} 次请求在款项变动之后 ${by} 发出（${moved}）。`,
    outMeanwhile: (call, sent, moved) =>
      `第 ${call} 次请求在途时款项变动：发出于 UTC ${sent}，变动于 ${moved}。`,
    noMoney: (call, sent) => `第 ${call} 次请求发出于 UTC ${sent}；没有款项记录。`,
    notSent: (call) => `第 ${call} 次请求没有发出时间的记录。`,
    movedAsSaid: (time) => `UTC ${time}，据来源所称`,
    movedAsRecorded: (time) => `记录于 UTC ${time}；来源未给出时间，可能更早`,
    answered: (call, outcome, evidence) =>
      `第 ${call} 次请求：${outcome}${evidence === '' ? '' : ` · ${evidence}`}`,
    knewLater: (what, occurred, recorded, late) =>
      `${what}：发生于 UTC ${occurred}，记录于 UTC ${recorded}，晚 ${late}。`,
    knewAt: (what, recorded) => `${what}：记录于 UTC ${recorded}；来源未给出时间。`,
    doubtLasted: (call, from, until, lasted) =>
      `自 UTC ${from} 至 ${until}，不知第 ${call} 次请求是否已取消（${lasted}）。`,
    doubtLasts: (call, from) =>
      `自 UTC ${from} 起，不知第 ${call} 次请求是否已取消，直至本历史结束。`,
  },
};
