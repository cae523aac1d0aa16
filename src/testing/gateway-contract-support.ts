import type { CancelGateway } from '../gateway/cancel-gateway.ts';

/**
 * How the other side treats the next requests.
 *
 * - `confirms`, `refuses`: answers that the order was, or was not, cancelled.
 * - `confirms-oddly`: the same as `confirms`, but its other words (a request id, a message) are
 *   longer than an event can hold, or of another type than usual.
 * - `hangs`: takes the request and never answers.
 * - `hangs-up`: takes the request and closes the connection.
 * - `talks-nonsense`: answers something that the protocol does not know.
 * - `is-away`: cannot be reached.
 */
export type OtherSide =
  'confirms' | 'confirms-oddly' | 'refuses' | 'hangs' | 'hangs-up' | 'talks-nonsense' | 'is-away';

/**
 * How the other side answers the next questions about any order: with that status, or badly.
 *
 * - `other-order`: the answer is about another order, which is paid.
 * - `odd-status`: a status that the platform does not document, such as `CLOSED`.
 * - `no-data`: success, but nothing about the order.
 * - `forbidden`: the call may not be made.
 */
export type OtherSideAsked =
  | 'pending'
  | 'succeeded'
  | 'failed'
  | 'canceled'
  | 'other-order'
  | 'odd-status'
  | 'no-data'
  | 'forbidden';

/** A gateway under test, with control over the other side. */
export type OpenedGateway = {
  /** One case waits for all of `attemptMs`, so a second or less is best. */
  readonly gateway: CancelGateway;
  /** Sets the other side's behaviour from now on. */
  readonly otherSide: (behaviour: OtherSide) => void | Promise<void>;
  /**
   * Sets how the other side answers questions about orders and for bills from now on. Needed where
   * the gateway can be asked. For bills only `forbidden` and `no-data` are set; they are answered
   * with a bill of any number of rows before.
   */
  readonly otherSideAsked?: ((behaviour: OtherSideAsked) => void | Promise<void>) | undefined;
  /** How many requests have reached the other side. */
  readonly requests: () => number;
  readonly cleanup: () => Promise<void>;
};

export type OpenGateway = () => Promise<OpenedGateway>;
