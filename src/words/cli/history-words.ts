import type { DivergenceCause } from '../../history/verify-histories.ts';

/** What is said of a history that somebody looks into. What it is given was made inert. */
export type HistoryWords = {
  readonly hidden: (count: number) => string;
  readonly detailLabels: Readonly<
    Record<
      'id' | 'recorded' | 'occurred' | 'source' | 'actor' | 'command' | 'correlation' | 'machine',
      string
    >
  >;
  readonly data: string;
  readonly hash: string;
  readonly asOf: (revision: number, time: string) => string;
  readonly notYet: (order: string) => string;
  readonly learnedLater: (type: string, occurred: string, recorded: string, rev: number) => string;
  readonly diffHeaders: Readonly<Record<'field' | 'before' | 'after', string>>;
  readonly between: (events: number) => string;
  readonly nothingChanged: string;
  readonly attemptHeaders: Readonly<
    Record<'attempt' | 'sent' | 'took' | 'requestId' | 'http' | 'code' | 'outcome' | 'rule', string>
  >;
  readonly noAttempts: string;
  readonly mayNow: (command: string) => string;
  readonly mayNotNow: (command: string, why: string) => string;
  readonly since: (state: string, revision: number, type: string, time: string) => string;
  readonly allowedNow: string;
  readonly nothingAllowed: string;
  readonly replayed: (order: string, events: number, state: string, version: string) => string;
  readonly diverges: (order: string, revision: number, type: string) => string;
  readonly recordedWay: (way: string, version: string, hash: string) => string;
  readonly derivedWay: (way: string, version: string, hash: string) => string;
  readonly notTaken: string;
  readonly replayEnds: (order: string, message: string) => string;
  readonly replayedAll: (orders: number, divergent: number) => string;
  readonly progress: (orders: number, events: number, faults: number) => string;
  readonly gateCauses: Readonly<Record<DivergenceCause, string>>;
  readonly stranded: (order: string, state: string) => string;
  readonly gated: (orders: number, different: number, stranded: number) => string;
  readonly stoppedAtFirst: string;
  readonly holdsFrom: (revision: number, type: string, time: string) => string;
  readonly span: (from: number, until: number | null) => string;
  readonly neverHolds: (events: number) => string;
  readonly written: (place: string, events: number) => string;
  readonly withheld: (events: number) => string;
  readonly guessable: (revisions: string) => string;
  readonly seal: (sha256: string) => string;
  readonly bundleOk: (events: number, head: string) => string;
  readonly bundleNotOk: (faults: number) => string;
  readonly linked: (revision: number, parts: string) => string;
  readonly proven: (revision: number) => string;
};
