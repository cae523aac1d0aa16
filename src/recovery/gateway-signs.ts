/** What one call says of its gateway: whether every other call would fare alike. */

import { fieldOf, ruleOf } from '../../machines/payment-order.outcomes.ts';

/**
 * - `up`: it does what it is asked.
 * - `reached`: a request was sent, but perhaps every one is turned down.
 * - `unreachable`: no byte could be sent.
 * - `blocked`: somebody must change something first.
 * - `none`: the call says nothing of it.
 */
export type Sign = {
  readonly kind: 'up' | 'reached' | 'unreachable' | 'blocked' | 'none';
  readonly rule: string;
};

const answered: ReadonlySet<unknown> = new Set(['confirmed', 'refused', 'outcome-unknown']);

/** @param outcome - A `CancelOutcome`; a port of somebody else's may give anything. */
export function signOfAttempt(outcome: unknown): Sign {
  const { decisive: kind, rule, isSent } = partsOf(outcome, 'kind');
  if (kind === 'blocked') return { kind, rule };
  if (answered.has(kind) || (kind === 'not-executed' && isSent)) return { kind: 'up', rule };
  // It was us who let the time pass.
  return { kind: kind === 'not-executed' && rule !== 'not-sent' ? 'unreachable' : 'none', rule };
}

const told: ReadonlySet<unknown> = new Set(['pending', 'succeeded', 'failed', 'canceled']);

/** @param answer - A `QueryAnswer`, or anything. */
export function signOfQuestion(answer: unknown): Sign {
  const { decisive: status, rule, isSent } = partsOf(answer, 'status');
  if (told.has(status)) return { kind: 'up', rule };
  if (status === 'unavailable') return { kind: 'reached', rule };
  if (status !== 'unknown') return { kind: 'none', rule };
  return { kind: isSent ? 'reached' : 'unreachable', rule };
}

function partsOf(given: unknown, decidedBy: 'kind' | 'status') {
  const of = (field: string) =>
    typeof given === 'object' && given !== null ? fieldOf(given, field) : undefined;
  return {
    decisive: of(decidedBy),
    // As it is recorded: a port's own words may hold anything.
    rule: ruleOf(of('rule')),
    isSent: of('sentAt') !== undefined,
  };
}
