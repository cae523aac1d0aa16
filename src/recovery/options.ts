import { z } from 'zod';
import type { EventType } from '../../machines/payment-order.events.ts';
import type { AttemptResult } from '../../machines/payment-order.facts.ts';
import type { PaymentOrder } from '../order/types.ts';
import { aFunction } from '../parse.ts';

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
  /** The order afterwards. */
  readonly order: PaymentOrder;
};

export type RecoveryOptions = {
  /**
   * `notices`: only notices are settled, and no timer is fired. That needs no gateway.
   * `orders`: only timers are fired, such as where another service keeps the inbox. Default: both.
   */
  readonly only?: 'notices' | 'orders' | undefined;
  /** Called once for each timer that was fired here. What it throws goes to `onError`. */
  readonly onFired?: ((firing: Firing) => void) | undefined;
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
};

export const optionsSchema = z.strictObject({
  only: z.enum(['notices', 'orders']).optional(),
  onFired: aFunction<NonNullable<RecoveryOptions['onFired']>>().optional(),
} satisfies Record<keyof RecoveryOptions, z.ZodType>);

export const onceSchema = optionsSchema.extend({
  signal: z.instanceof(AbortSignal).optional(),
} satisfies Record<Exclude<keyof RecoverOnceOptions, keyof RecoveryOptions>, z.ZodType>);
