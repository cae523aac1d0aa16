/** The types of the verifiers, which themselves stand in as few lines as it can. */

import type { ChainedEvent, Fields } from '../../report/page/chain-types.ts';
import type { Bytes, LogProof, Standing, Trust } from '../../report/page/log-types.ts';

export type GivenFile = {
  readonly name: string;
  /** NaN for what is not a plain file. */
  readonly size: number;
  readonly read: () => Promise<Uint8Array<ArrayBuffer>>;
};

/** What somebody kept outside the package: a witness and a seal; empty texts where nothing was kept. */
export type Kept = { readonly at: number; readonly hash: string; readonly seal: string };

export type Verdict = {
  /** None: the package is proven, perhaps but for what it withholds. */
  readonly faults: readonly string[];
  /** How many values; a part that is withheld as a whole counts as one. */
  readonly withheld: number;
  /** Revision and hash of the last event. */
  readonly head: string;
  /** Files of the package that the events do not prove. */
  readonly unchecked: readonly string[];
};

/** Takes witness and seal as text, empty where nothing was kept; gives an exit code and a text. */
export type Answer = (
  files: readonly GivenFile[],
  witness: string,
  seal: string,
) => Promise<readonly [code: 0 | 2 | 3, text: string]>;

export type Verify = (given: readonly GivenFile[], kept: Kept) => Promise<Verdict>;

export type Fault = (problem: string) => void;

/** Gives no bytes after a fault. */
export type Read = (name: string) => Promise<Uint8Array<ArrayBuffer>>;

export type Digests = Map<string, { readonly bytes: number; readonly sha256: string }>;

/** Gives an empty object for what is not JSON of this very form. */
export type ExactJson = (bytes: Uint8Array, spaces?: number, end?: string) => Fields;

/** What is remembered of the events, which are read one by one. */
export type History = {
  last: ChainedEvent | null;
  withheld: number;
  readonly hashes: Map<unknown, unknown>;
  readonly noticeIds: Set<unknown>;
};

export type EventsIn = (
  bytes: Uint8Array,
  history: History,
  fault: Fault,
) => Generator<ChainedEvent, void>;

export type Compare = (manifest: Fields, history: History, fault: Fault) => void;

export type LogVerdict = {
  readonly faults: readonly string[];
  /** The events that a checkpoint is proven to hold, by their revisions. */
  readonly places: readonly {
    readonly revision: number;
    readonly hash: string;
    readonly proof: LogProof;
    /** Null without a trust file, and where no signature can be checked. */
    readonly standing: Standing | null;
  }[];
};

export type VerifyLog = (given: readonly GivenFile[], trust: Trust | null) => Promise<LogVerdict>;

export type LogAnswer = (
  files: readonly GivenFile[],
  trustFile: GivenFile | null,
) => Promise<readonly [code: 0 | 2 | 3, text: string]>;

/** Gives no bytes of what cannot be read within the limit. */
export type ReadUpTo = (name: string, limit: number) => Promise<Bytes>;

/** @throws for what is not UTF-8. */
export type TextIn = (bytes: Bytes) => string;

/** What is read of a line, which may be anything else: then reading it throws, or compares unequal. */
export type EventLine = {
  readonly revision: unknown;
  readonly metadata: { readonly hash: unknown };
};

/** @throws where the events have none of this revision, or it has no hash. */
export type HashAt = (events: Bytes, revision: number) => string;

export type PlaceLines = (
  place: LogVerdict['places'][number],
  isTrustGiven: boolean,
) => readonly string[];

export type FileAt = (
  path: string,
  name: string,
  stats: { readonly size: number; readonly isFile: () => boolean },
) => GivenFile;

/** What a browser knows of a file. */
export type ChosenFile = {
  readonly name: string;
  readonly size: number;
  readonly arrayBuffer: () => Promise<ArrayBuffer>;
};

export type FilesOf = (input: {
  readonly files: ArrayLike<ChosenFile> | null;
}) => readonly GivenFile[];
