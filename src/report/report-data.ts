import type { AttemptRecord } from '../timeline/attempts.ts';
import type { FoundEvent } from '../history/event.ts';
import type { DescribedEntry } from '../timeline/timeline.ts';
import type { Language, Localized } from '../words/language.ts';
import type { LocalizedProse } from '../words/prose.ts';
import type { ReportWords } from '../words/report/en.ts';

export type ReportOptions = {
  /** The language in which the report opens; its reader can switch. Default `en`. */
  readonly language?: Language | undefined;
  /** When the report is made (ISO 8601). Without it the report shows no time of its own. */
  readonly generatedAt?: string | undefined;
  /** The page's title. Default: the order number. */
  readonly title?: string | undefined;
  /**
   * A proof from the log over all orders, as `TransparencyLog.proof()` gives it. By it the page says
   * which events are unaltered since which checkpoint. Without it the page says nothing of a log.
   */
  readonly proof?: string | undefined;
  /**
   * The text of a trust file, with `proof`: by its keys the page checks who signed the checkpoint. It
   * asks its reader to compare them. Without it the page says that nobody checked the signatures.
   */
  readonly trust?: string | undefined;
  /**
   * From this many milliseconds between the time that a source gives and our recording, the report
   * calls a fact late; 0 to a year. Default 60,000: a minute.
   */
  readonly lateAfterMs?: number | undefined;
};

export const lateAfterDefaultMs = 60_000;

/** A year. */
export const lateAfterMaxMs = 31_536_000_000;

/** The JSON that the report's page reads. The page itself computes only hashes and folds. */
export type ReportData = {
  readonly language: Language;
  readonly title: string;
  /** When it was made; null if not given. */
  readonly generatedAt: string | null;
  /** What the exporter gave of the log over all orders; null if nothing. */
  readonly log: { readonly proof: string; readonly trust: string | null } | null;
  readonly header: ReportHeader;
  readonly verdict: ReportVerdict;
  readonly findings: readonly Finding[];
  readonly lanes: readonly LaneMark[];
  readonly entries: readonly ReportEntry[];
  readonly attempts: readonly ReportAttempt[];
  /** Calls alike, one after the other. */
  readonly runs: {
    /** Alike in their answers: places in `attempts`. */
    readonly calls: readonly Span[];
    /** Alike also in their two events, between which stands no other: places in `entries`. */
    readonly events: readonly (Span & { readonly calls: Span })[];
  };
  /** The index in `entries` from which on the machine cannot be folded, and the reason. */
  readonly foldEnds: { readonly at: number; readonly why: Localized } | null;
  /** Names of states, commands, answers and rules, by language. */
  readonly names: Readonly<Record<Language, Names>>;
  readonly words: Readonly<Record<Language, ReportWords>>;
};

export type Names = {
  readonly states: Readonly<Record<string, string>>;
  /** Of states as the diagram writes them: without the name of the state around them. */
  readonly boxes: Readonly<Record<string, string>>;
  readonly commands: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<string, string>>;
  /** What happened, by the event's type. */
  readonly headlines: Readonly<Record<string, string>>;
  /** Where an event came from. A source that a caller named has no words. */
  readonly sources: Readonly<Record<string, string>>;
  /** Of the rules that classified an answer. A rule of another gateway has no words. */
  readonly rules: Readonly<Record<string, string>>;
};

export type ReportHeader = {
  readonly orderNo: string;
  readonly processBillNo: string;
  /** Whose account it is at the platform: `merchant-a (APP-ID)`; null where none is recorded. */
  readonly gateway: string | null;
  /** As people write it; in minor units if the currency is unknown. Null if none is recorded. */
  readonly expected: string | null;
  /** What came and counts, oldest first. */
  readonly received: readonly ReportMoney[];
  /** By currency; null if money came and its amount is not known, or if that is withheld. */
  readonly receivedInAll: readonly string[] | null;
  readonly refunded: readonly ReportMoney[];
  readonly refundedInAll: readonly string[] | null;
  readonly state: string;
  readonly isInDoubt: boolean;
  /** When it was created, as recorded (UTC); null if that is withheld or missing. */
  readonly beganAt: string | null;
  /** When it came to the closed state in which it is; null while it is open. */
  readonly endedAt: string | null;
  /** From the one to the other. */
  readonly lasted: Localized | null;
  /** Places in `entries` of the events that `beganAt` and `endedAt` are of. */
  readonly beganWith: number;
  readonly endedWith: number | null;
  readonly anomalies: readonly {
    readonly number: number;
    readonly code: string;
    readonly meaning: Localized;
    readonly standing: 'open' | 'acknowledged' | 'retracted';
    /** What an operator should do about it while it is open. */
    readonly whatToDo: Localized;
    /** The place in `entries` of the event that opened it. */
    readonly at: number;
  }[];
  /** The first revision of which something is withheld that decides; null if all is known. */
  readonly notKnownFrom: number | null;
  /** Whether no revision is missing, and this version can read all that is not withheld. */
  readonly isRead: boolean;
};

/** Money that came or went back. */
export type ReportMoney = {
  /** As people write it; null where it is not known. */
  readonly amount: string | null;
  /** The number of the transaction or the refund; null where none is known. */
  readonly number: string | null;
  /** The place of its event in `entries`. */
  readonly at: number;
};

/** How the order ended and what is open, in one or two sentences. */
export type ReportVerdict = {
  /** `good`: closed, nothing open. `plain`: under way. `doubt`: a call may have run. `bad`: an open anomaly, or a person is needed. */
  readonly tone: 'good' | 'plain' | 'doubt' | 'bad';
  readonly sentences: readonly Statement[];
};

/** A sentence, and the event that it is about. */
export type Statement = {
  readonly text: LocalizedProse;
  /** The place of its event in `entries`; null where it is about no single event. */
  readonly at: number | null;
  /** What belongs to it and is long, such as a digest or a reason; null if nothing does. */
  readonly more: LocalizedProse | null;
};

/** One question of a dispute and its answers; those come first that a page has room for. */
export type Finding = {
  readonly question: keyof ReportWords['questions'];
  readonly answers: readonly Statement[];
  /** The index of the answer to show where there is room for one; 0 where there is none. */
  readonly foremost: number;
};

/** What the lanes show, each on one axis of time. */
export type Lane = 'calls' | 'doubts' | 'questions' | 'money' | 'notices' | 'people';

export type LaneMark = {
  readonly lane: Lane;
  /** The place of its event in `entries`. */
  readonly at: number;
  /** Milliseconds since the epoch. Money stands where it moved, as far as that is known. */
  readonly fromMs: number;
  /** The same for a mark without a length; null if it has not ended. */
  readonly untilMs: number | null;
  /** When it was recorded, if that is another time that matters, such as that of a late payment. */
  readonly recordedMs: number | null;
  readonly look: 'plain' | 'good' | 'bad' | 'doubt' | 'retracted';
  readonly label: Localized;
};

export type ReportEntry = Omit<
  DescribedEntry,
  'revision' | 'recordedAt' | 'occurredAt' | 'gapMs' | 'lateMs' | 'earlyMs'
> & {
  /** The event as stored, which is what the hashes cover, with the digests of what is withheld. */
  readonly event: Omit<FoundEvent, 'position'>;
  /** Whether this version does not know the event's type. */
  readonly isUnknown: boolean;
  /** As stored (UTC), escaped. */
  readonly recordedAt: string;
  /** The same in milliseconds since the epoch; null if the stored text is not a time. */
  readonly ms: number | null;
  readonly occurredAt: string | null;
  readonly gap: Localized | null;
  /** How long after it occurred it was recorded, from the threshold of `lateAfterMs` on. */
  readonly late: Localized | null;
  /** How long before the time that its source gave it was recorded: one of the clocks is wrong. */
  readonly early: Localized | null;
  /** The number of the attempt that it begins or answers. */
  readonly attempt: number | null;
  /** The drawn edges that it took, by their `data-edge`. */
  readonly walked: readonly number[];
  /** Its changes to the folded state; null if the machine cannot be folded here. */
  readonly changes: readonly Change[] | null;
};

/** A path in the folded state and its new value; without a value, the path is gone. */
export type Change = readonly [path: readonly (string | number)[], value?: unknown];

/** Places in a list, both included. */
export type Span = { readonly first: number; readonly last: number };

export type ReportAttempt = AttemptRecord & {
  readonly took: Localized | null;
};
