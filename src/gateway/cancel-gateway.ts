/**
 * The parameters of one cancel. Every attempt of a cancel has the same number of order and bill, the
 * same reason and amount. The HTTP gateway sends the first three alone; the rest is for gateways of
 * your own, such as one that needs an idempotency key, or that passes a trace on.
 */
export type CancelRequest = {
  /** `etc_order_no`: 1 to 32 characters. */
  readonly orderNo: string;
  /** `etc_process_bill_no`: 1 to 32 characters. */
  readonly processBillNo: string;
  /** At most 512 characters. An empty one is not sent. */
  readonly reason?: string | undefined;
  /** Counted from 1 through the order's life: with the order's number it names the attempt. */
  readonly attempt: number;
  /** What the order asks for, in minor units (fen for CNY); with `currency`, or not at all. */
  readonly amountMinor?: number | undefined;
  /** ISO 4217. */
  readonly currency?: string | undefined;
  /** Of the command that asked for the cancel, 1 to 128 characters; a retry by a timer keeps it. */
  readonly correlationId: string;
  /** W3C Trace Context of the command that began this very attempt; a timer has none. */
  readonly traceparent?: string | undefined;
};

/**
 * The evidence of an attempt, for those who must believe it later. Never a secret.
 *
 * A field that is not as described here never costs the outcome. It is made to fit where that is
 * safe: a text is cut, a number becomes text, a rule's name is spelt with hyphens. Else it is left
 * out, like every field that is not listed. `onError` is then called once, with the names of these
 * fields and none of their values. Lengths are in UTF-16 code units; texts are well-formed Unicode.
 */
export type AttemptEvidence = {
  /**
   * The name of the rule that classified the attempt: 1 to 64 of a-z 0-9 and -, no hyphen first.
   * `cancelRules` lists those of the HTTP gateway; a gateway of your own names its own.
   */
  readonly rule: string;
  /** UTC with milliseconds, `2026-11-29T10:00:00.000Z`; absent where no request byte was sent. */
  readonly sentAt?: string | undefined;
  /** From the call to the outcome, ms; 0 or more, finite. */
  readonly durationMs?: number | undefined;
  /** 100 to 999. */
  readonly httpStatus?: number | undefined;
  /** The platform's own name of the request, at most 128 characters. */
  readonly requestId?: string | undefined;
  /** At most 64 characters. */
  readonly responseCode?: string | undefined;
  /** The platform's words, at most 512 characters. */
  readonly responseMsg?: string | undefined;
  /** At most 64 characters. */
  readonly nonce?: string | undefined;
  /** The envelope's timestamp, milliseconds since the epoch; a safe integer of 0 or more. */
  readonly timestamp?: number | undefined;
  /** SHA-256 of the request's body bytes, lower-case hexadecimal. */
  readonly requestSha256?: string | undefined;
  /**
   * SHA-256 of the answer's body, lower-case hexadecimal: the bytes as received, after HTTP's
   * chunks are joined, before any compression is undone or a byte order mark is dropped.
   */
  readonly answerSha256?: string | undefined;
  /** True where the configuration allowed plain http off loopback. */
  readonly insecureTransport?: true | undefined;
};

/** The longest wish to be left alone, ms: a day. */
export const retryAfterMaxMs = 86_400_000;

/** What an answer may wish for. It is not evidence, and is not stored. */
export type RetryWish = {
  /**
   * How long the platform asked to be left alone, ms; 0 to 86,400,000, a day. Where another call
   * follows, it is made no earlier than that, or than an hour where the wish is longer. Any other
   * value is ignored. The HTTP gateway reads it from `Retry-After`, in seconds or as a date.
   */
  readonly retryAfterMs?: number | undefined;
};

/**
 * The outcome of one attempt. Its kind alone decides; the rest is evidence, see `AttemptEvidence`.
 *
 * - `confirmed`: the platform says that the order is cancelled.
 * - `refused`: the platform says that this call did not cancel it.
 * - `not-executed`: the call certainly did not run; it may be made again.
 * - `blocked`: the call cannot work until somebody changes something.
 * - `outcome-unknown`: the call may or may not have run.
 */
export type CancelOutcome = AttemptEvidence &
  RetryWish & {
    readonly kind: 'confirmed' | 'refused' | 'not-executed' | 'blocked' | 'outcome-unknown';
  };

/** A question about one order. It changes nothing at the platform, so it may be repeated. */
export type QueryRequest = {
  /** `etc_order_no`: 1 to 32 characters. */
  readonly orderNo: string;
  /** `etc_process_bill_no`: 1 to 32 characters. */
  readonly processBillNo?: string | undefined;
};

/**
 * The evidence of a question. What `AttemptEvidence` says of an attempt holds here too; `queryRules`
 * lists the rules of the HTTP gateway. An answer about another order is `unknown`, by the rule
 * `order-differs`; it is reported to `onError`.
 */
export type QueryEvidence = AttemptEvidence & {
  /** The amount as the platform wrote it, such as `106.09` for yuan: text, at most 64 characters. */
  readonly amount?: string | undefined;
  /** The currency as the platform wrote it, at most 64 characters; absent where it gave none. */
  readonly currency?: string | undefined;
  /** The payment channel as the platform wrote it, such as `wx_pub`; at most 64 characters. */
  readonly payChannel?: string | undefined;
};

/**
 * The answer to one question. Its status alone decides; the rest is evidence.
 *
 * - `pending`, `succeeded`, `failed`, `canceled`: what the platform says of this order. `pending`
 *   may lag behind a close.
 * - `unknown`: nothing was learned. The question may be asked again.
 * - `unavailable`: this call may not be made until somebody changes something at the platform.
 */
export type QueryAnswer = QueryEvidence &
  RetryWish & {
    readonly status: 'pending' | 'succeeded' | 'failed' | 'canceled' | 'unknown' | 'unavailable';
  };

/** What a bill lists. The platform's codes are 01, 02 and 03. */
export type BillType = 'payment' | 'refund' | 'split';

/** A question for one day's bill of one type. */
export type BillRequest = {
  /** A day in China, `2021-02-02`. */
  readonly day: string;
  readonly type: BillType;
};

/** One row of a bill, its texts as the platform wrote them. */
export type BillRow = {
  /** `etc_order_no`. */
  readonly orderNo: string;
  /** `etc_refund_no`; every refund has one. */
  readonly refundNo?: string | undefined;
  readonly type: BillType;
  /** `biz_time`: the time in China, without a zone, `2021-02-02 00:00:00`. */
  readonly bizTime: string;
  readonly payChannel?: string | undefined;
  /** In units of the currency, not minor ones: `1000.00`. */
  readonly amount: string;
  readonly feeAmount?: string | undefined;
  /** As it is written, mostly in lower case: `cny`. */
  readonly currency: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
};

/** A row of a bill, or why that row cannot be read. A problem never repeats what the row holds. */
export type BillEntry =
  | { readonly kind: 'row'; readonly line: number; readonly row: BillRow }
  | { readonly kind: 'bad-row'; readonly line: number; readonly problem: string };

/**
 * The answer to a question for a bill.
 *
 * - `read`: the bill, row by row; `line` counts them from 1.
 * - `unknown`: the bill could not be read. The question may be asked again.
 * - `unavailable`: this call may not be made until somebody changes something at the platform.
 */
export type BillAnswer = AttemptEvidence &
  (
    | { readonly status: 'read'; readonly entries: readonly BillEntry[] }
    | { readonly status: 'unknown' | 'unavailable' }
  );

/**
 * The port to the payment platform. One call of `cancel`, `query` or `queryBill` is at most one
 * request on the wire.
 */
export type CancelGateway = {
  /**
   * Whose account it calls for at the platform, such as its `appId`: 1 to 128 characters. It is stored
   * with each order and attempt, and no other account's order is ever called for.
   */
  readonly identity: string;
  /** The longest that one call may take, ms. */
  readonly attemptMs: number;
  /**
   * Makes one attempt and classifies it. Never throws for what the other side does: what is thrown,
   * and an outcome of no known kind, counts as `outcome-unknown` and is reported to `onError`.
   *
   * @param maySend - Asked once, just before the first request byte is sent. False means that too
   * much time has passed: the outcome is then `not-executed` with rule `not-sent`.
   */
  cancel(request: CancelRequest, maySend: () => boolean): Promise<CancelOutcome>;
  /**
   * Asks once how an order stands. Changes nothing at the platform. Never throws for what the other
   * side does, and never gives another order's status. Absent where the platform cannot be asked.
   */
  query?(request: QueryRequest): Promise<QueryAnswer>;
  /**
   * Asks once for one day's bill of one type. Changes nothing at the platform. Never throws for what
   * the other side does. The platform answers a whole day at once, so a gateway limits its size.
   * Absent where the platform gives no bills.
   */
  queryBill?(request: BillRequest): Promise<BillAnswer>;
  /** Closes idle connections. May be repeated. */
  close(): Promise<void>;
};

/**
 * Something that the owner of the configuration should know, although the work goes on.
 *
 * - `weak-key`: an RSA key under 2048 bits.
 * - `insecure-transport`: plain http off loopback, which the configuration allowed.
 * - `clock-refused`: the platform refused our timestamp; this machine's clock may be wrong.
 * - `key-unavailable`: the function `privateKey` gave no key, so calls are not made for a minute.
 */
export type GatewayWarning = {
  readonly code: 'weak-key' | 'insecure-transport' | 'clock-refused' | 'key-unavailable';
  readonly message: string;
};

/** Receives warnings. What it throws is ignored, so that a warning never costs an outcome. */
export type OnGatewayWarning = (warning: GatewayWarning) => void;

export function warn(onWarning: OnGatewayWarning | undefined, warning: GatewayWarning): void {
  try {
    onWarning?.(warning);
  } catch {
    // See OnGatewayWarning.
  }
}
