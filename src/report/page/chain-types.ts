/** The types of `chain.js` and of the verifier, which stands in as few lines as it can. */

export type Fields = Readonly<Record<string, unknown>>;

/** An event as it stands in a line of `events.ndjson`, or in the report. */
export type ChainedEvent = {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: Fields;
  readonly metadata: Fields;
  readonly withheld?: unknown;
};

export type ChainFault =
  | 'data-altered'
  | 'metadata-altered'
  | 'link-altered'
  | 'chain-broken'
  | 'not-contiguous'
  | 'other-stream'
  | 'shown-unproven'
  | 'unreadable';

/** Takes the events of a stream, oldest first; `at` counts them from 0. */
export type ChainCheck = (
  events: Iterable<ChainedEvent>,
) => AsyncGenerator<{ code: ChainFault; at: number; revision: number; expected: number }>;

/** Takes a part with the whole metadata and with what is withheld of it. */
export type PartCheck = (
  part: 'data' | 'metadata',
  fields: Fields,
  metadata: Fields,
  withheld: unknown,
) => Promise<ChainFault | null>;

/** Gives the fields without those of the sealed names, whose values go into `shown`. */
export type Opening = (
  fields: Fields,
  path: string,
  sealed: Fields,
  shown: [name: string, value: unknown][],
) => Fields;
