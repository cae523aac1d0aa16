/** The answers to a dispute's questions. Times, durations and names arrive as text. */
export const en = {
  acted: (time: string, actor: string | null, source: string, sentence: string) =>
    `${time}, ${actor ?? 'actor not recorded'}, through ${source}: ${sentence}`,
  /** Of an event whose metadata is withheld. */
  actedWithheld: (sentence: string) => `When, by whom and through what is withheld: ${sentence}`,
  sentBefore: (call: number, by: string, moved: string) =>
    `Call ${call} was sent ${by} BEFORE the money moved (${moved}).`,
  sentAfter: (call: number, by: string, moved: string) =>
    `Call ${call} was sent ${by} AFTER the money moved (${moved}).`,
  movedDuring: (call: number, sent: string, moved: string) =>
    `The money moved WHILE call ${call} was in flight (sent ${sent}, moved ${moved}).`,
  /** For money that only the platform's status tells of. */
  paidByReport: (call: number, sent: string, reported: string) =>
    `Call ${call} was sent ${sent}; the platform reported the order paid (recorded ${reported}), and did not say when the money moved.`,
  movedUnknown: (call: number, sent: string) =>
    `Call ${call} was sent ${sent}; when the money moved is not known.`,
  noMoney: (call: number, sent: string) => `Call ${call} was sent ${sent}; no payment is recorded.`,
  sendingWithheld: (call: number) => `When call ${call} was sent is withheld.`,
  notSent: (call: number) => `No sending time is recorded for call ${call}.`,
  movedAsStated: (time: string) => `${time}, as stated by its source`,
  movedAsRecorded: (time: string) =>
    `recorded ${time}; its source gave no time, so it may have moved earlier`,
  answered: (call: number, outcome: string, evidence: string) =>
    `Call ${call}: ${outcome}${evidence === '' ? '' : ` · ${evidence}`}`,
  reported: (time: string, what: string, evidence: string) =>
    `${what}: recorded ${time}${evidence === '' ? '' : ` · ${evidence}`}`,
  knownLater: (what: string, occurred: string, recorded: string, late: string) =>
    `${what}: occurred ${occurred}, recorded ${recorded}, ${late} later.`,
  knownAt: (what: string, recorded: string) =>
    `${what}: recorded ${recorded}; its source gave no time.`,
  timesWithheld: (what: string) => `${what}: when it was recorded is withheld.`,
  /** Follows the sentence about what does not count. */
  sourceMeans: (source: string, meaning: string) => `${source} (${meaning})`,
  fullStop: '.',
  retracted: (how: string, time: string) => ` It does not count: ${how} (${time}).`,
  wasInDoubt: (call: number, from: string, until: string, lasted: string) =>
    `Call ${call} was in doubt from ${from} to ${until} (${lasted}); it may or may not have cancelled.`,
  isInDoubt: (call: number, from: string) =>
    `Call ${call} has been in doubt since ${from}, up to the end of this history; it may or may not have cancelled.`,
  /** Why the machine cannot fold a history any further. */
  foldEnds: {
    withheld: (revision: number) => `what decides revision ${revision} is withheld`,
    unreadable: (revision: number) => `this version cannot read revision ${revision}`,
    noBeginning: (revision: number) =>
      `revision ${revision} does not create the order; the beginning is missing`,
    gap: (revision: number, expected: number) =>
      `revision ${expected} is missing before revision ${revision}`,
    otherOrder: (revision: number) =>
      `revision ${revision} creates an order that belongs to another stream`,
    notTaken: (revision: number, state: string) =>
      `the machine does not accept revision ${revision} in state ${state}`,
    diverged: (revision: number, recorded: string, derived: string) =>
      `revision ${revision} was recorded as ${recorded}, but this machine goes ${derived}`,
  },
};

export type FindingWords = typeof en;
