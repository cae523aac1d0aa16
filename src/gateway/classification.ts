/** The table of what was seen of a cancel, and the outcome that it stands for. */

import { callRuleOf, callRules } from './call-classification.ts';
import type { SeenCall } from './call-classification.ts';
import type { CancelOutcome } from './cancel-gateway.ts';

/** What an attempt saw. `cancelResult` is `data.cancel_result`; `other` is all but the booleans. */
export type Seen = SeenCall<{ readonly cancelResult: 'true' | 'false' | 'other' }>;

type Kind = CancelOutcome['kind'];

/** One row of the table that classifies attempts. */
export type CancelRule = {
  /** Stable across releases: it is stored with every attempt. */
  readonly rule: string;
  readonly kind: Kind;
  /** What was seen, in English. */
  readonly meaning: string;
};

const rules = {
  ...callRules,
  // 200 and 000: the data.
  confirmed: ['confirmed', '200, 000 and cancel_result true'],
  refused: ['refused', '200, 000 and cancel_result false'],
  'cancel-result-unreadable': ['outcome-unknown', '000, but cancel_result is not a boolean'],
} as const satisfies Record<string, readonly [Kind, string]>;

export type CancelRuleName = keyof typeof rules;

/**
 * Every rule, in the order in which they are tried: phase, HTTP status, body, code, data.
 *
 * @example
 * const { kind, meaning } = cancelRules.find(({ rule }) => rule === outcome.rule) ?? {};
 */
export const cancelRules: readonly CancelRule[] = Object.entries(rules).map(
  ([rule, [kind, meaning]]) => ({ rule, kind, meaning }),
);

/**
 * Classifies what an attempt saw. Total: what no rule matches is `outcome-unknown`, by `no-rule`.
 *
 * Source: the platform's document of the call (支付－取消支付); what it means for an attempt is
 * decided here.
 */
export function classify(seen: Seen): { readonly kind: Kind; readonly rule: CancelRuleName } {
  const rule = callRuleOf(seen) ?? resultRule(seen);
  return { kind: rules[rule][0], rule };
}

function resultRule(seen: Seen): CancelRuleName {
  // Only an envelope has no rule of the call.
  if (!('cancelResult' in seen)) return 'no-rule';
  if (seen.cancelResult === 'other') return 'cancel-result-unreadable';
  return seen.cancelResult === 'true' ? 'confirmed' : 'refused';
}
