import type { Witness } from './stored-event.ts';

/** One thing that is wrong with a stream, and where. */
export type Fault = {
  readonly stream: string;
  /** 0-based; null where the whole stream is meant. */
  readonly revision: number | null;
  readonly code: string;
  readonly message: string;
};

export type Verification = {
  readonly orderNo: string;
  readonly ok: boolean;
  readonly events: number;
  /** The head as read, or null for an empty stream. */
  readonly witness: Witness | null;
  readonly faults: readonly Fault[];
};
