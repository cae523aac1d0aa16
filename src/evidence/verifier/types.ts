/** The types of the verifier, which itself stands in as few lines as it can. */

import type { ChainedEvent, Fields } from '../../report/page/chain-types.ts';

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
