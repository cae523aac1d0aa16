/** What one cancel call is about. Every attempt of a cancel carries the same. */
export type CancelRequest = {
  /** etc_order_no */
  readonly orderNo: string;
  /** etc_process_bill_no */
  readonly processBillNo: string;
  readonly reason?: string | undefined;
};

/** What an attempt leaves behind for those who must believe it later. Never a secret. */
export type AttemptEvidence = {
  /** The name of the rule that classified the attempt. */
  readonly rule: string;
  /** UTC with milliseconds; absent where no request byte left. */
  readonly sentAt?: string | undefined;
  readonly durationMs?: number | undefined;
  readonly httpStatus?: number | undefined;
  readonly requestId?: string | undefined;
  readonly responseCode?: string | undefined;
  readonly responseMsg?: string | undefined;
  readonly nonce?: string | undefined;
  /** The envelope's timestamp, milliseconds since the epoch. */
  readonly timestamp?: number | undefined;
  /** SHA-256 of the request's body bytes, lower-case hexadecimal. */
  readonly requestSha256?: string | undefined;
  /** SHA-256 of the answer's body bytes as received, lower-case hexadecimal. */
  readonly answerSha256?: string | undefined;
  /** True where the owner of the configuration allowed plain http off loopback. */
  readonly insecureTransport?: true | undefined;
};

/**
 * - `confirmed`: the platform says it is cancelled.
 * - `refused`: the platform says it is not cancelled by this call.
 * - `not-executed`: the call certainly did not run; it may be made again.
 * - `blocked`: it cannot work until someone changes something.
 * - `outcome-unknown`: it may or may not have run.
 */
export type CancelOutcome = AttemptEvidence & {
  readonly kind: 'confirmed' | 'refused' | 'not-executed' | 'blocked' | 'outcome-unknown';
};

/** The port to the payment platform: one call of `cancel` is at most one request on the wire. */
export type CancelGateway = {
  /** The longest one attempt may take, milliseconds. */
  readonly attemptMs: number;
  /**
   * Makes one attempt and classifies it. Never throws for what the other side does.
   *
   * `maySend` is asked once, just before the first request byte goes out; false means that too
   * much time has passed, and the outcome is `not-executed` with rule `not-sent`.
   */
  cancel(request: CancelRequest, maySend: () => boolean): Promise<CancelOutcome>;
  /** Closes idle connections. */
  close(): Promise<void>;
};
