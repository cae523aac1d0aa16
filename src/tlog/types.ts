/** What the log over all orders is asked, and what it answers. */

/** One thing that is wrong with the log, and where. */
export type LogFault = {
  readonly code: LogFaultCode;
  /** Null where it concerns no single order. */
  readonly orderNo: string | null;
  /** 0-based, of the event; null where it concerns no single event. */
  readonly revision: number | null;
  /**
   * The ordinal among the events of all orders, from 0: of what is missing, as the checkpoint had it;
   * of anything else, as the store has it now. Null where there is none.
   */
  readonly index: number | null;
  readonly message: string;
};

/** What can be wrong with a log. */
export type LogFaultCode =
  /** An order that the checkpoint covers is gone. */
  | 'order-missing'
  | 'event-missing'
  /** Another event stands there, or the same one with other content. */
  | 'event-rewritten'
  /** At the checkpoint it stood in another place. */
  | 'event-exchanged'
  /** It stands before others that the checkpoint covers, which does not cover it. */
  | 'event-inserted'
  /** The same event, in another order among those of all orders. */
  | 'event-moved'
  /** The store has fewer events than the checkpoint covers. */
  | 'log-shorter'
  /** The events differ, and nothing that was kept says which. */
  | 'log-differs'
  /** An event without a readable hash. */
  | 'leaf-unreadable'
  /** Not signed as the trust file demands. */
  | 'not-vouched';

/** A witness whose cosignature was verified. */
export type Cosigner = {
  readonly name: string;
  readonly vkey: string;
  /** When it signed, by its own clock: UTC with milliseconds. */
  readonly at: string;
};

export type CheckpointOptions = {
  /** The text of a key file of kind `log`, as `payment-order tlog keygen` writes it. */
  readonly key: string;
  /** The URLs of witnesses to ask for cosignatures, at most 16. Default: none. */
  readonly witnesses?: readonly string[] | undefined;
  /**
   * The text of a trust file: the keys of the witnesses, without which no cosignature is taken, and
   * older keys of the log, and that of the log which this one takes the place of.
   */
  readonly trust?: string | undefined;
  /** Ends the waiting for witnesses. What was signed stays. */
  readonly signal?: AbortSignal | undefined;
};

/** A checkpoint that was signed, or that was signed before and still holds. */
export type SignedCheckpoint = {
  /** A C2SP checkpoint: the signed note, with the cosignatures. */
  readonly note: string;
  /** The name of the log. */
  readonly origin: string;
  /** How many events it covers. */
  readonly size: number;
  /** SHA-256, lower-case hexadecimal. */
  readonly root: string;
  /** False where the newest stored checkpoint covers the same events already. */
  readonly isNew: boolean;
  readonly cosignedBy: readonly Cosigner[];
  /** The witnesses that were asked and did not cosign, and why. */
  readonly missing: readonly { readonly url: string; readonly problem: string }[];
};

export type ProofOptions = {
  /** 0-based, of the event. Default: the last event of the order that the checkpoint covers. */
  readonly revision?: number | undefined;
  /**
   * The text of a checkpoint of this log. Default: of the newest 64 stored ones, the newest that covers
   * the event and that a witness has cosigned; else the newest.
   */
  readonly checkpoint?: string | undefined;
};

export type LogVerificationOptions = {
  /** The text of the checkpoint that was kept elsewhere. */
  readonly checkpoint: string;
  /**
   * The text of a trust file: the keys of log and witnesses, and how many must have signed. If too few
   * have, that is a fault. Default: no signature is checked, and `vouched` is false.
   */
  readonly trust?: string | undefined;
  /**
   * The path of a file of leaves that was kept elsewhere, such as a copy of `orders.db.tlog`. It need
   * not be trusted: the checkpoint proves it, or it is not used. Default: the one beside the store.
   */
  readonly leaves?: string | undefined;
};

export type LogVerification = {
  /**
   * Whether no fault was found. The log has the hash of each event. Whether the event has that hash,
   * `PaymentOrders.verifyAll()` says, and only the two together vouch for what an event holds.
   */
  readonly ok: boolean;
  /** How many events of orders the store holds. */
  readonly size: number;
  readonly checkpoint: { readonly origin: string; readonly size: number; readonly root: string };
  /** Whose signatures the trust file vouches for; none without one. */
  readonly signedBy: { readonly log: string | null; readonly witnesses: readonly Cosigner[] };
  /**
   * Whether as many have signed as the trust file demands; false without one. With `quorum none` the
   * log's own signature is enough, which is its owner's claim: look at `signedBy.witnesses`.
   */
  readonly vouched: boolean;
  /** At most 1,000. */
  readonly faults: readonly LogFault[];
};
