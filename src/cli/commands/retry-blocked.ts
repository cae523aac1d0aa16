/**
 * The morning after: one more attempt for every order that needs review because its last attempt was
 * blocked, such as by a wrong key that was replaced since; or because its attempts were used up on a
 * gateway that could not be reached.
 */

import type { FoundOrder, PaymentOrder, PaymentOrders } from '../../index.ts';
import { PaymentOrderError } from '../../errors.ts';
import type { CallInput } from '../../order/types.ts';
import type { Context } from '../io.ts';
import type { Firings } from '../output/firings.ts';
import { foundBy } from './list.ts';

/** How many attempts are made at the same time, once one has gone through. */
const atOnce = 32;

/** After so many failures in a row the gateway blocks all of them, and not this or that order. */
const failuresMax = 3;

/** What became of the orders that were blocked. */
export type Retried = {
  readonly found: number;
  /** How many attempts were made. */
  readonly retried: number;
  /**
   * How many were left as they are: the gateway still blocks, a signal came, or no gateway of this
   * process may call for them.
   */
  readonly left: number;
  /** Whether a gateway still blocks. */
  readonly stillBlocked: boolean;
};

type Work = {
  readonly orders: PaymentOrders;
  readonly signal: AbortSignal;
  readonly input: CallInput<'RetryCancel'>;
  readonly firings: Firings;
  readonly failures: unknown[];
};

/** What came of one order: its attempt went through or not; or none was made, or it is not ours. */
type Tried = 'passed' | 'failed' | 'none' | 'not-ours';

export async function retryBlocked(context: Context, work: Work): Promise<Retried> {
  const found = await foundBy(context, work.orders, { attention: 'needs-review', sort: 'since' });
  const blocked = await blockedOf(work, found.orders);
  let [retried, left, stillBlocked] = [0, 0, false];
  for (const group of Map.groupBy(blocked, gatewayOf).values()) {
    const done = await retryGroup(work, group);
    retried += done.retried;
    left += done.left;
    stillBlocked ||= done.stillBlocked;
  }
  return { found: blocked.length, retried, left, stillBlocked };
}

/** Its own gateway may work, while another one blocks. */
function gatewayOf({ gateway }: PaymentOrder): string {
  return gateway?.name ?? '';
}

async function blockedOf(
  { orders, signal, failures }: Work,
  found: readonly FoundOrder[],
): Promise<readonly PaymentOrder[]> {
  const blocked: PaymentOrder[] = [];
  for (const { orderNo } of found) {
    if (signal.aborted) break;
    try {
      const order = await orders.get(orderNo);
      if (order !== null && isBlocked(order)) blocked.push(order);
    } catch (error) {
      failures.push(error);
    }
  }
  return blocked;
}

/** Its newest attempt did not run. Where that was not blocked, an older doubt is for a person to end. */
function isBlocked({ stateDetail, cancel }: PaymentOrder): boolean {
  if (stateDetail !== 'cancelling.needsReview') return false;
  const newest = newestAnswer(cancel);
  return newest === 'blocked' || (newest === 'not-executed' && cancel?.inDoubt === false);
}

/** One by one until an attempt goes through, then many at once, as long as any does. */
async function retryGroup(
  work: Work,
  group: readonly PaymentOrder[],
): Promise<Omit<Retried, 'found'>> {
  let [next, retried, notOurs, failures, isPassing] = [0, 0, 0, 0, false];
  while (next < group.length && failures < failuresMax && !work.signal.aborted) {
    const batch = group.slice(next, next + (isPassing ? atOnce : 1));
    next += batch.length;
    const tried = await Promise.all(batch.map((order) => retryOne(work, order)));
    notOurs += tried.filter((result) => result === 'not-ours').length;
    const made = tried.filter((result) => result === 'passed' || result === 'failed');
    retried += made.length;
    if (made.length === 0) continue;
    isPassing = made.includes('passed');
    failures = isPassing ? 0 : failures + 1;
  }
  const left = group.length - next + notOurs;
  return { retried, left, stillBlocked: failures >= failuresMax };
}

async function retryOne(
  { orders, input, firings, failures }: Work,
  { orderNo }: PaymentOrder,
): Promise<Tried> {
  try {
    const receipt = await orders.retryCancel(orderNo, input);
    if (receipt.kind === 'rejected') return 'none';
    firings.sawRetry(receipt);
    const answer = newestAnswer(receipt.order.cancel);
    return answer === 'blocked' || answer === 'not-executed' ? 'failed' : 'passed';
  } catch (error) {
    if (error instanceof PaymentOrderError && error.code === 'no-gateway') return 'not-ours';
    failures.push(error);
    return 'none';
  }
}

function newestAnswer(cancel: PaymentOrder['cancel']) {
  return cancel?.attempts.at(-1)?.answer;
}
