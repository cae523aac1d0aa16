import { z } from 'zod';
import type { EventType } from '../../machines/payment-order.events.ts';
import type { AttemptResult } from '../../machines/payment-order.facts.ts';
import type { PaymentOrder } from '../order/types.ts';
import { aFunction } from '../parse.ts';
import type { CheckpointOptions, SignedCheckpoint } from '../tlog/types.ts';
import type { GatewayStatus, LeftToOthers } from './status.ts';

/** A timer that was fired, and what came of it. */
export type Firing = {
  readonly orderNo: string;
  /**
   * What was recorded: `CancelRetryDue`, `StatusReported` for a question that was asked in doubt, or
   * `CancelOutcomeUnknown` for an abandoned attempt.
   */
  readonly event: EventType;
  /** The attempt that it began, or that was abandoned; for a question the newest one. */
  readonly attempt: number;
  /** The answer to that attempt, as it is known afterwards. `in-flight`: none could be recorded, and `onError` has the reason. */
  readonly answer: AttemptResult;
  /** The name of the order's gateway; null where none is recorded. */
  readonly gateway: string | null;
  /** The order afterwards. */
  readonly order: PaymentOrder;
};

/** How recovery signs checkpoints of the log over all orders. */
export type CheckpointsOptions = Omit<CheckpointOptions, 'signal'> & {
  /**
   * A checkpoint is due so long after the last one, ms: 1,000 to 86,400,000. Default 600,000. Without
   * effect on `recoverOnce`.
   */
  readonly everyMs?: number | undefined;
  /**
   * And as soon as so many events are new: 1 to 1,000,000. Default 1,000. Counted where orders are
   * followed, which they are not with `only: 'notices'`. Without effect on `recoverOnce`.
   */
  readonly everyEvents?: number | undefined;
  /**
   * Called for each checkpoint that was signed here, and again where a witness that was away cosigned
   * it later. Keep its note where nobody can write who can write to the store. What it throws goes to
   * `onError`.
   */
  readonly onCheckpoint?: ((checkpoint: SignedCheckpoint) => void) | undefined;
};

export type RecoveryOptions = {
  /**
   * `notices`: only notices are settled, and no timer is fired. That needs no gateway.
   * `orders`: no notice is settled, such as where another service keeps the inbox. Default: both.
   */
  readonly only?: 'notices' | 'orders' | undefined;
  /**
   * Asks the platform about orders that stay in `created` or `paying` so long after their newest
   * event, ms: 60,000 (in less, payers are still paying) to 86,400,000. Each question that settles
   * nothing doubles the wait, up to a day. Asks one order after the other, 0.2 s apart or more, and
   * within a minute after its time. Needs a gateway with `query`. Default: nobody is asked.
   */
  readonly askAfterMs?: number | undefined;
  /**
   * Signs a checkpoint of `transparencyLog()` now and then, where that grew. A failure goes to
   * `onError`, and the next checkpoint covers what that one did not. Default: none is signed.
   */
  readonly checkpoints?: CheckpointsOptions | undefined;
  /** Called once for each timer that was fired here. What it throws goes to `onError`. */
  readonly onFired?: ((firing: Firing) => void) | undefined;
  /**
   * Called when a gateway goes down, by what recovery saw of it, and when it comes up again. What it
   * throws goes to `onError`.
   */
  readonly onGateway?: ((gateway: GatewayStatus) => void) | undefined;
};

export type RecoverOnceOptions = RecoveryOptions & {
  /** Once it aborts, no further timer is fired; what was fired is awaited. */
  readonly signal?: AbortSignal | undefined;
};

export type Recovered = {
  /** How many orders were waiting. */
  readonly waiting: number;
  /** How many timers were fired here. */
  readonly fired: number;
  /** How many notices waited, and how many of them were applied here; absent where none waited. */
  readonly notices?: { readonly waiting: number; readonly applied: number } | undefined;
  /** How many questions were asked here about orders that stay open; absent where none was. */
  readonly asked?: number | undefined;
  /**
   * How many orders are due and were left for the next time, because their gateway went down; absent
   * where none was. No attempt was spent on them.
   */
  readonly down?: number | undefined;
  /** How many orders are left to other processes, because of their gateway; absent where none is. */
  readonly leftAlone?: LeftToOthers | undefined;
  /** The checkpoint that was signed here; absent where the log did not grow, or none could be signed. */
  readonly checkpoint?: SignedCheckpoint | undefined;
};

const checkpoints = z.strictObject({
  key: z.string().max(1_024),
  witnesses: z.array(z.string().max(2_048)).max(16).optional(),
  trust: z.string().max(65_536).optional(),
  everyMs: z.int().min(1_000).max(86_400_000).optional(),
  everyEvents: z.int().min(1).max(1_000_000).optional(),
  onCheckpoint: aFunction<NonNullable<CheckpointsOptions['onCheckpoint']>>().optional(),
} satisfies Record<keyof CheckpointsOptions, z.ZodType>);

const options = z.strictObject({
  only: z.enum(['notices', 'orders']).optional(),
  askAfterMs: z.int().min(60_000).max(86_400_000).optional(),
  checkpoints: checkpoints.optional(),
  onFired: aFunction<NonNullable<RecoveryOptions['onFired']>>().optional(),
  onGateway: aFunction<NonNullable<RecoveryOptions['onGateway']>>().optional(),
} satisfies Record<keyof RecoveryOptions, z.ZodType>);

const once = options.extend({
  signal: z.instanceof(AbortSignal).optional(),
} satisfies Record<Exclude<keyof RecoverOnceOptions, keyof RecoveryOptions>, z.ZodType>);

const asksOfOrders = ({ only, askAfterMs }: RecoveryOptions) =>
  only !== 'notices' || askAfterMs === undefined;
const askedInVain = { error: "cannot be used where only: 'notices'", path: ['askAfterMs'] };

export const optionsSchema = options.refine(asksOfOrders, askedInVain);
export const onceSchema = once.refine(asksOfOrders, askedInVain);
