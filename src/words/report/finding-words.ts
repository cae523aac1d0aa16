import type { Language } from '../events/event-words.ts';

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
      `${time}, ${actor ?? 'nobody named'}, through ${source}: ${sentence}`,
    sentBefore: (call, by, moved) =>
      `Call ${call} was sent ${by} BEFORE the money moved (${moved}).`,
    sentAfter: (call, by, moved) => `Call ${call} was sent ${by} AFTER the money moved (${moved}).`,
    outMeanwhile: (call, sent, moved) =>
      `The money moved WHILE call ${call} was out: sent ${sent}, moved ${moved}.`,
    noMoney: (call, sent) => `Call ${call} was sent ${sent}; no money is recorded.`,
    notSent: (call) => `Call ${call} has no recorded time of sending.`,
    movedAsSaid: (time) => `${time}, as its source says`,
    movedAsRecorded: (time) =>
      `recorded ${time}; its source gave no time, so it may have moved earlier`,
    answered: (call, outcome, evidence) =>
      `Call ${call}: ${outcome}${evidence === '' ? '' : ` · ${evidence}`}`,
    knewLater: (what, occurred, recorded, late) =>
      `${what}: occurred ${occurred}, recorded ${recorded}, ${late} later.`,
    knewAt: (what, recorded) => `${what}: recorded ${recorded}; its source gave no time.`,
    doubtLasted: (call, from, until, lasted) =>
      `Call ${call} was in doubt from ${from} to ${until} (${lasted}): it may or may not have cancelled.`,
    doubtLasts: (call, from) =>
      `Call ${call} is in doubt since ${from}, up to the end of this history: it may or may not have cancelled.`,
  },
  'zh-CN': {
    did: (time, actor, source, sentence) =>
      `${time}，${actor ?? '未指明何人'}，经 ${source}：${sentence}`,
    sentBefore: (call, by, moved) => `第 ${call} 次请求在款项变动之前 ${by} 发出（${moved}）。`,
    sentAfter: (call, by, moved) => `第 ${call} 次请求在款项变动之后 ${by} 发出（${moved}）。`,
    outMeanwhile: (call, sent, moved) =>
      `第 ${call} 次请求在途时款项变动：发出于 ${sent}，变动于 ${moved}。`,
    noMoney: (call, sent) => `第 ${call} 次请求发出于 ${sent}；没有款项记录。`,
    notSent: (call) => `第 ${call} 次请求没有发出时间的记录。`,
    movedAsSaid: (time) => `${time}，据来源所称`,
    movedAsRecorded: (time) => `记录于 ${time}；来源未给出时间，可能更早`,
    answered: (call, outcome, evidence) =>
      `第 ${call} 次请求：${outcome}${evidence === '' ? '' : ` · ${evidence}`}`,
    knewLater: (what, occurred, recorded, late) =>
      `${what}：发生于 ${occurred}，记录于 ${recorded}，晚 ${late}。`,
    knewAt: (what, recorded) => `${what}：记录于 ${recorded}；来源未给出时间。`,
    doubtLasted: (call, from, until, lasted) =>
      `自 ${from} 至 ${until}，第 ${call} 次请求存疑（${lasted}）：可能已取消，也可能没有。`,
    doubtLasts: (call, from) =>
      `自 ${from} 起，直至本历史结束，第 ${call} 次请求存疑：可能已取消，也可能没有。`,
  },
};
