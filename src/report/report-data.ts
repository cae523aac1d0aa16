import type { AttemptRecord } from '../timeline/attempts.ts';
import type { FoundEvent } from '../history/event.ts';
import type { TimelineEntry } from '../timeline/timeline.ts';
import type { Language, Localized } from '../words/language.ts';
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
};

/** The JSON that the report's page reads. The page itself computes only hashes and folds. */
export type ReportData = {
  readonly language: Language;
  readonly title: string;
  /** When it was made; null if not given. */
  readonly generatedAt: Times | null;
  /** What the exporter gave of the log over all orders; null if nothing. */
  readonly log: { readonly proof: string; readonly trust: string | null } | null;
  readonly header: ReportHeader;
  readonly findings: readonly Finding[];
  readonly entries: readonly ReportEntry[];
  readonly attempts: readonly ReportAttempt[];
  /** The index in `entries` from which on the machine cannot be folded, and the reason. */
  readonly foldEnds: { readonly at: number; readonly why: Localized } | null;
  /** Names of states, commands and answers, by language. */
  readonly names: Readonly<Record<Language, Names>>;
  readonly words: Readonly<Record<Language, ReportWords>>;
};

export type Names = {
  readonly states: Readonly<Record<string, string>>;
  readonly commands: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<string, string>>;
};

export type Times = { readonly utc: string; readonly shanghai: string };

export type ReportHeader = {
  readonly orderNo: string;
  readonly processBillNo: string;
  /** As people write it; in minor units if the currency is unknown. */
  readonly amount: string | null;
  /** What came, by currency; null if money came and its amount is not known. */
  readonly received: readonly string[] | null;
  /** What went back, by currency. */
  readonly refunded: readonly string[];
  readonly state: string;
  readonly isInDoubt: boolean;
  readonly anomalies: readonly {
    readonly number: number;
    readonly code: string;
    readonly meaning: Localized;
    readonly standing: 'open' | 'acknowledged' | 'retracted';
    /** What an operator should do about it while it is open. */
    readonly whatToDo: Localized;
  }[];
  /** The first revision of which something is withheld that decides; null if all is known. */
  readonly notKnownFrom: number | null;
};

/** One question of a dispute and its answers, each with the index of its event in `entries`. */
export type Finding = {
  readonly question: keyof ReportWords['questions'];
  readonly answers: readonly { readonly text: Localized; readonly at: number }[];
};

export type ReportEntry = Omit<
  TimelineEntry,
  'revision' | 'recordedAt' | 'occurredAt' | 'gapMs' | 'lateMs'
> & {
  /** The event as stored, which is what the hashes cover, with the digests of what is withheld. */
  readonly event: Omit<FoundEvent, 'position'>;
  /** Whether this version does not know the event's type. */
  readonly isUnknown: boolean;
  readonly recorded: Times;
  /** Milliseconds since the epoch; null if the stored text is not a time. */
  readonly ms: number | null;
  readonly occurred: Times | null;
  readonly gap: Localized | null;
  readonly late: Localized | null;
  /** The number of the attempt that it begins or answers. */
  readonly attempt: number | null;
  /** The drawn edges that it took, by their `data-edge`. */
  readonly walked: readonly number[];
  /** Its changes to the folded state; null if the machine cannot be folded here. */
  readonly changes: readonly Change[] | null;
};

/** A path in the folded state and its new value; without a value, the path is gone. */
export type Change = readonly [path: readonly (string | number)[], value?: unknown];

export type ReportAttempt = AttemptRecord & {
  readonly sent: Times | null;
  readonly took: Localized | null;
  /** When it was in flight and when it was in doubt, in milliseconds since the epoch. */
  readonly spans: readonly {
    readonly kind: 'in-flight' | 'in-doubt';
    readonly fromMs: number;
    /** Null if it has not ended. */
    readonly untilMs: number | null;
    readonly lasted: Localized | null;
  }[];
};
