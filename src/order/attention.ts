/** Why an order needs a person, and since when. */

import { z } from 'zod';
import type { Anomaly, AnomalyCode, OrderFacts } from '../../machines/payment-order.facts.ts';
import { isOpen } from '../../machines/payment-order.facts.ts';
import type { OrderInstants } from '../history/instants.ts';
import { parseInput, valueThat } from '../parse.ts';
import { instantOf, millisecondsOf } from '../runtime.ts';

/**
 * Why an order needs a person. `since` is UTC with milliseconds.
 *
 * - `needs-review`: automation stopped; `rule` classified the platform's last answer.
 * - `anomaly`: facts contradict each other, and nobody has acknowledged it.
 * - `doubt`: whether an attempt ran is unknown for long.
 * - `overdue`: a retry or a question is due, and nobody makes it: no recovery is running.
 * - `attempt-overdue`: a call has no recorded outcome past its deadline: no recovery is running.
 * - `stalled`: created or paying, and nothing happens.
 * - `unreadable`: the event at `revision` cannot be read; `verify` names the fault.
 */
export type AttentionReason =
  | { readonly why: 'needs-review'; readonly since: string; readonly rule: string | null }
  | {
      readonly why: 'anomaly';
      readonly since: string;
      readonly number: number;
      readonly code: AnomalyCode;
    }
  | { readonly why: 'doubt' | 'overdue' | 'attempt-overdue' | 'stalled'; readonly since: string }
  | { readonly why: 'unreadable'; readonly since: string; readonly revision: number };

export type AttentionWhy = AttentionReason['why'];

export const attentionWhys = [
  'needs-review',
  'anomaly',
  'doubt',
  'overdue',
  'attempt-overdue',
  'stalled',
  'unreadable',
] as const satisfies readonly AttentionWhy[];

/** How long something may last before it needs a person, ms. */
export type AttentionThresholds = {
  /** Of a doubt. Default 600,000: 10 minutes. */
  readonly doubtMs?: number | undefined;
  /** After a timer is due, or an attempt's deadline has passed. Default 60,000: a minute. */
  readonly overdueMs?: number | undefined;
  /** In `created` or `paying`. Default: for ever. */
  readonly stalledMs?: number | undefined;
};

export const thresholdDefaults = { doubtMs: 600_000, overdueMs: 60_000, stalledMs: Infinity };

/** What of an order decides it: an order as `get` gives it, or one that `search` found. */
export type Attended = {
  readonly stateDetail: string;
  /** When the order came to that state. */
  readonly since: string;
  readonly doubtSince: string | null;
  readonly dueAt: string | null;
  readonly lastRule: string | null;
  readonly anomalies: readonly {
    readonly number: number;
    readonly code: AnomalyCode;
    readonly since: string;
    readonly acknowledged: boolean;
    readonly retracted: boolean;
  }[];
  /** The first event that cannot be read. */
  readonly unreadable?: { readonly revision: number; readonly since: string } | null | undefined;
};

const milliseconds = z.number().min(0).optional();

export const thresholdsSchema = z.strictObject({
  doubtMs: milliseconds,
  overdueMs: milliseconds,
  stalledMs: milliseconds,
} satisfies Record<keyof AttentionThresholds, z.ZodType>);

const instant = z.iso.datetime();
const unreadable = z.object({ revision: z.int(), since: instant }).nullish();

const attendedSchema: z.ZodType<Attended> = z.object({
  stateDetail: z.string(),
  since: instant,
  doubtSince: instant.nullable(),
  dueAt: instant.nullable(),
  lastRule: z.string().nullable(),
  anomalies: z.array(
    z.object({
      number: z.int(),
      code: valueThat<AnomalyCode>((given) =>
        typeof given === 'string' ? null : 'must be the code of an anomaly',
      ),
      since: instant,
      acknowledged: z.boolean(),
      retracted: z.boolean(),
    }),
  ),
  unreadable,
});

/**
 * Why an order needs a person at an instant. Pure: it reads no clock.
 *
 * @param nowMs - Milliseconds since the epoch.
 * @returns empty where it needs nobody.
 * @throws {PaymentOrderError} `invalid-input`
 * @example for (const { why, since } of attention(order, Date.now())) console.log(why, since);
 */
export function attention(
  order: Attended,
  nowMs: number,
  thresholds: AttentionThresholds = {},
): readonly AttentionReason[] {
  const parsed = parseInput(attendedSchema, order, 'order');
  const atMs = parseInput(z.number(), nowMs, 'nowMs');
  return reasonsAt(parsed, atMs, parseInput(thresholdsSchema, thresholds, 'thresholds'));
}

/** As `attention`, for what this module made itself. */
export function reasonsAt(
  order: Attended,
  nowMs: number,
  thresholds: AttentionThresholds = {},
): readonly AttentionReason[] {
  const { doubtMs, overdueMs, stalledMs } = withDefaults(thresholds);
  const { stateDetail, since, doubtSince, dueAt } = order;
  const isPast = (instant: string | null, ms: number): instant is string =>
    instant !== null && millisecondsOf(instant) + ms <= nowMs;
  const reasons: AttentionReason[] = [...standing(order)];
  if (isPast(doubtSince, doubtMs)) reasons.push({ why: 'doubt', since: doubtSince });
  if (isPast(dueAt, overdueMs)) {
    const isAttempt = stateDetail === 'cancelling.requesting';
    reasons.push({ why: isAttempt ? 'attempt-overdue' : 'overdue', since: dueAt });
  }
  const isOpenOrder = stateDetail === 'created' || stateDetail === 'paying';
  if (isOpenOrder && isPast(since, stalledMs)) reasons.push({ why: 'stalled', since });
  return reasons;
}

/** The reasons for which no clock is needed. */
export function standing(order: Omit<Attended, 'doubtSince' | 'dueAt'>): AttentionReason[] {
  const { stateDetail, since, lastRule, anomalies, unreadable } = order;
  const reasons: AttentionReason[] = [];
  if (stateDetail === 'cancelling.needsReview') {
    reasons.push({ why: 'needs-review', since, rule: lastRule });
  }
  for (const anomaly of anomalies) {
    const { number, code } = anomaly;
    if (isOpen(anomaly)) reasons.push({ why: 'anomaly', since: anomaly.since, number, code });
  }
  if (unreadable !== null && unreadable !== undefined)
    reasons.push({ why: 'unreadable', ...unreadable });
  return reasons;
}

/** The anomalies with the instants at which they arose. */
export function anomaliesOf(
  { anomalies }: Pick<OrderFacts, 'anomalies'>,
  { anomaliesSince, createdAt }: Pick<OrderInstants, 'anomaliesSince' | 'createdAt'>,
): readonly (Anomaly & { readonly since: string })[] {
  return anomalies.map((anomaly) => ({
    ...anomaly,
    since: anomaliesSince[anomaly.number - 1] ?? createdAt,
  }));
}

/** The earliest instant at which `created` or `paying` has lasted too long; null where it may last. */
export function stalledSince(nowMs: number, thresholds: AttentionThresholds): string | null {
  const { stalledMs } = withDefaults(thresholds);
  return Number.isFinite(stalledMs) ? instantOf(nowMs - stalledMs) : null;
}

/**
 * Until when something must have begun to need a person at an instant; '' where nothing can. For who
 * compares instants as texts: the rules are those of `reasonsAt`.
 */
export function begunBefore(
  nowMs: number,
  thresholds: AttentionThresholds,
): Readonly<Record<'doubt' | 'overdue' | 'stalled', string>> {
  const { doubtMs, overdueMs, stalledMs } = withDefaults(thresholds);
  const before = (ms: number): string => (nowMs - ms < 0 ? '' : instantOf(nowMs - ms));
  return { doubt: before(doubtMs), overdue: before(overdueMs), stalled: before(stalledMs) };
}

function withDefaults(given: AttentionThresholds): Required<{
  readonly [Name in keyof AttentionThresholds]: number;
}> {
  return {
    doubtMs: given.doubtMs ?? thresholdDefaults.doubtMs,
    overdueMs: given.overdueMs ?? thresholdDefaults.overdueMs,
    stalledMs: given.stalledMs ?? thresholdDefaults.stalledMs,
  };
}
