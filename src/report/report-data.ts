import type { AttemptRecord } from '../timeline/attempts.ts';
import type { FoundEvent } from '../history/event.ts';
import type { Language, Localized } from '../words/language.ts';
import type { ReportWords } from '../words/report/en.ts';

export type ReportOptions = {
  /** The language it opens in; its reader can change it. Default `en`. */
  readonly language?: Language | undefined;
  /** When it is made, ISO 8601: passed in, so that the same history gives the same bytes. */
  readonly generatedAt?: string | undefined;
  /** The page's title; default the order's number. */
  readonly title?: string | undefined;
};

/** What the report's page reads: JSON, with nothing to be worked out but hashes and folds. */
export type ReportData = {
  readonly language: Language;
  readonly title: string;
  /** When it was made (UTC, and Asia/Shanghai); null where nobody said. */
  readonly generatedAt: Times | null;
  readonly header: ReportHeader;
  readonly findings: readonly Finding[];
  readonly entries: readonly ReportEntry[];
  readonly attempts: readonly ReportAttempt[];
  /** The drawn edges, by their states: what `data-edge` counts. */
  readonly edges: readonly (readonly [from: string, to: string])[];
  /** From here on (a place in `entries`) the machine could not be folded, and why. */
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
  readonly stream: string;
  /** Minor units and, where the currency is known, as people write it. */
  readonly amount: string | null;
  readonly state: string;
  readonly isInDoubt: boolean;
  readonly anomalies: readonly {
    readonly number: number;
    readonly code: string;
    readonly meaning: Localized;
    readonly acknowledged: boolean;
  }[];
};

/** One question of a dispute, and what the history answers, each with the event that says so. */
export type Finding = {
  readonly question: keyof ReportWords['questions'];
  readonly answers: readonly { readonly text: Localized; readonly at: number }[];
};

export type ReportEntry = {
  /** The event as stored: what the hashes cover. */
  readonly event: Omit<FoundEvent, 'withheld'>;
  readonly withheld: readonly string[];
  readonly isUnknown: boolean;
  readonly type: string;
  readonly recorded: Times;
  /** Milliseconds since the epoch; null where the stored time is none. */
  readonly ms: number | null;
  readonly occurred: Times | null;
  readonly gap: Localized | null;
  readonly late: Localized | null;
  readonly sentence: Localized;
  readonly actor: string | null;
  readonly source: string | null;
  /** As recorded. */
  readonly from: string | null;
  readonly to: string | null;
  readonly opened: readonly number[];
  readonly isFailure: boolean;
  readonly isInDoubt: boolean;
  /** The attempt that it begins or answers. */
  readonly attempt: number | null;
  /** The edges that it walked, as places in `edges`. */
  readonly walked: readonly number[];
  /** What it changed in the folded state; null where the machine could not be folded. */
  readonly changes: readonly Change[] | null;
};

/** Where in the folded state, and what stands there now; without a value it is gone. */
export type Change = readonly [path: readonly (string | number)[], value?: unknown];

export type ReportAttempt = AttemptRecord & {
  readonly sent: Times | null;
  readonly took: Localized | null;
  /** Milliseconds since the epoch: when it was out, and when it was in doubt. */
  readonly spans: readonly {
    readonly kind: 'in-flight' | 'in-doubt';
    readonly fromMs: number;
    /** Null while it lasts. */
    readonly untilMs: number | null;
    readonly lasted: Localized | null;
  }[];
};
