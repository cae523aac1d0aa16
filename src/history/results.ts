/**
 * What reading, replaying and checking histories gives. These types stand apart from the code that
 * makes them because they are public: the code imports XState's types, which need `skipLibCheck`
 * and so must not be reachable from our declarations.
 */

import type { FoundEvent, MachineIdentity, Witness } from './event.ts';

/**
 * A place in a history: a 0-based revision, or an instant (ISO 8601 with an offset).
 *
 * - `recordedAt`: everything up to the last event that was recorded by then. Order follows
 *   revisions, so a clock that jumped back removes nothing.
 * - `occurredAt`: the same, and the facts that had happened by then according to their sources, but
 *   were recorded later.
 */
export type Moment =
  { readonly revision: number } | { readonly recordedAt: string } | { readonly occurredAt: string };

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

export type BackupOptions = {
  /** Once it aborts, the copying ends, no file is left, and its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
};

/** A copy of a store, and what checking it found. */
export type Backup = {
  /** As it was named. */
  readonly file: string;
  /** False where the copy holds damage; the store most likely does too. */
  readonly ok: boolean;
  readonly orders: number;
  readonly notices: number;
  /** Of orders and notices. */
  readonly events: number;
  /** Of the order that was written to last; null where there is none. Keep it elsewhere. */
  readonly head: (Witness & { readonly orderNo: string }) | null;
  /** What `checkStore` found in the copy. */
  readonly storeFaults: readonly string[];
  /** What is wrong with the histories of orders and notices in it; the first 100. */
  readonly faults: readonly Fault[];
};

/** Where a machine goes another way than was recorded. */
export type Divergence = {
  /** 0-based; all events before it were derived as recorded. */
  readonly revision: number;
  readonly type: string;
  readonly recorded: {
    readonly from: string | null;
    readonly to: string;
    readonly machine: MachineIdentity;
  };
  /** `to` is null where the machine does not take the event in this state. */
  readonly derived: {
    readonly from: string | null;
    readonly to: string | null;
    readonly machine: MachineIdentity;
  };
};

/** The result of folding a stored history through a machine again. */
export type Replay = {
  readonly stream: string;
  /** How many events were folded. */
  readonly events: number;
  /** The state after the last of them; null where none was folded. */
  readonly state: string | null;
  /** The machines that wrote the history, each with the first revision it wrote. */
  readonly writtenBy: readonly (MachineIdentity & { readonly fromRevision: number })[];
  readonly derivedBy: MachineIdentity;
  /** The first one; the replay ends there. */
  readonly divergence: Divergence | null;
  /** Where the replay had to end because an event is missing or cannot be read. */
  readonly fault: Fault | null;
};

/** A stored history, oldest event first, as a store reads it or `PaymentOrders.history` gives it. */
export type History = Iterable<FoundEvent> | AsyncIterable<FoundEvent>;

/**
 * Why a history does not come out as before.
 *
 * - `transition-gone`: the machine does not take the event in this state.
 * - `other-target`: it leads to another state than was recorded.
 * - `other-pending-effect`: another call, or a timer due at another time, is pending then.
 * - `context-differs`: the order knows something else then.
 */
export type DivergenceCause =
  'transition-gone' | 'other-target' | 'other-pending-effect' | 'context-differs';

export type AcceptableCause = 'other-pending-effect' | 'context-differs';

export type HistoryCheck = {
  readonly stream: string;
  readonly ok: boolean;
  /** How many events came out as before. */
  readonly events: number;
  /** The first divergence; the check of this history ends there. */
  readonly divergence: {
    readonly revision: number;
    readonly type: string;
    readonly cause: DivergenceCause;
    readonly recorded: { readonly from: string | null; readonly to: string };
    /** `to` is null where the event is not taken. */
    readonly derived: { readonly from: string | null; readonly to: string | null };
  } | null;
  /** Where the history itself is broken or cannot be read. */
  readonly fault: Fault | null;
  /**
   * The first revision from which pending effects and context were not compared, because the
   * machine in use does not derive this history as recorded either; null where all were compared.
   */
  readonly comparedUntil: number | null;
};

export type CompatibilityReport = {
  /** True where every history comes out as before, and no open order is stranded. */
  readonly ok: boolean;
  readonly histories: readonly HistoryCheck[];
  /** Open orders in a state that the new machine does not have. */
  readonly stranded: readonly { readonly stream: string; readonly state: string }[];
};

export type VerifyHistoriesOptions = {
  /** The machine to compare effects and context with. Default: the one of this package. */
  readonly reference?: object | undefined;
  /**
   * Intended differences, such as `context-differs` where the new machine knows more. A history
   * that leads to another state is never accepted: it could not be read any more.
   */
  readonly accept?: readonly AcceptableCause[] | undefined;
};
