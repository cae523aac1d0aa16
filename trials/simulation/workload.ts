import type { Plan } from './plan.ts';
import type { Random } from './random.ts';
import { randomStreams } from './random.ts';

/** An action from outside: of a caller, an operator, the payer, the channel. */
export type Act =
  | 'create'
  | 'start'
  | 'cancel'
  | 'cancel-anonymous'
  | 'cancel-no-wait'
  | 'retry'
  | 'abandon'
  | 'resolve'
  | 'acknowledge'
  | 'pay'
  | 'refund'
  | 'mistake'
  | 'decline'
  | 'fail'
  | 'retract'
  | 'retract-both'
  | 'expire'
  | 'storm'
  | 'ask'
  | 'read'
  | 'restart';

export type Step = { readonly atMs: number; readonly order: number; readonly act: Act };

/** The safety phase lasts about this long, ms. */
const spanMs = 120_000;

const acts: readonly (readonly [act: Act, weight: number])[] = [
  ['start', 3],
  ['cancel', 6],
  ['cancel-anonymous', 1],
  ['cancel-no-wait', 1],
  ['retry', 2],
  ['abandon', 1],
  ['resolve', 1],
  ['acknowledge', 1],
  ['fail', 1],
  ['decline', 1],
  ['read', 2],
] as const;

/** What happens in a run, drawn from its seed: every order's life, and what befalls it. */
export function workloadOf(plan: Plan): readonly Step[] {
  const random = randomStreams(plan.seed);
  const has = (fault: Plan['faults'][number]) => plan.faults.includes(fault);
  const steps: Step[] = [];
  for (let order = 0; order < plan.orders; order += 1) {
    const draws = random(`order ${order}`);
    const bornMs = draws.between(0, 10_000);
    steps.push({ atMs: bornMs, order, act: 'create' });
    // What all this is about.
    if (draws.chance(0.8))
      steps.push({ atMs: soonAfter(draws, bornMs + 100), order, act: 'cancel' });
    const length = draws.between(1, 6);
    for (let index = 0; index < length; index += 1) {
      steps.push({ atMs: soonAfter(draws, bornMs), order, act: weighted(draws) });
    }
    // Each in a stream of its own: it comes at the same time whatever else is left out.
    const befalls = (fault: Plan['faults'][number], act: Act, share: number, part = '') => {
      const own = random(`${fault} of ${order}${part}`);
      const atMs = soonAfter(own, bornMs);
      if (own.chance(share) && has(fault)) steps.push({ atMs, order, act });
    };
    befalls('racingPayment', 'pay', 0.8);
    befalls('paidAfterClose', 'pay', 0.5);
    befalls('expiry', 'expire', 0.5);
    befalls('rivalStorm', 'storm', 0.4);
    befalls('restart', 'restart', 0.6);
    befalls('refund', 'refund', 0.5);
    befalls('mistakenPayment', 'mistake', 0.3);
    for (const part of ['sooner', 'later']) befalls('retraction', 'retract', 0.4, part);
    befalls('retractionRace', 'retract-both', 0.3);
    const asks = random(`questions about ${order}`);
    const atMs = soonAfter(asks, bornMs);
    if (asks.chance(0.15)) steps.push({ atMs, order, act: 'ask' });
  }
  return steps.toSorted((one, other) => one.atMs - other.atMs);
}

/** Most things happen while a cancel is young; some an hour of retries later. */
function soonAfter(random: Random, bornMs: number): number {
  return bornMs + random.between(0, random.pick([300, 3_000, 20_000, spanMs - 10_000]));
}

function weighted(random: Random): Act {
  const total = acts.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random.next() * total;
  for (const [act, weight] of acts) {
    left -= weight;
    if (left < 0) return act;
  }
  return 'cancel';
}
