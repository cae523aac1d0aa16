import assert from 'node:assert/strict';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { RetryPolicy } from '../../machines/payment-order.retry-policy.ts';
import type { OrderHistory } from '../history/load.ts';
import type { CommandAnswer, Incoming, RejectionCode } from '../order/types.ts';
import type { History } from './replayed-order.ts';
import type { TestedMachine } from './tested-machine.ts';
import { commandId, decide, repeatedAnswer, testedOrder } from './tested-order.ts';

/** Stored events, a state, or an answer: see `When.then`. */
export type Expected = readonly Partial<PaymentOrderEvent>[] | string | Rejected | Duplicate;

export type Rejected = { readonly kind: 'rejected'; readonly code: RejectionCode };
export type Duplicate = { readonly kind: 'duplicate' };

/** Expects the command to be rejected with this code, and nothing else to be stored. */
export function rejected(code: RejectionCode): Rejected {
  return { kind: 'rejected', code };
}

/** Expects the answer `duplicate`, and nothing to be stored but that the command was a repeat. */
export const duplicate: Duplicate = { kind: 'duplicate' };

export type Given = {
  /**
   * Decides and records as the service does, but at once, without a store or gateway. Everything is
   * sent twice, commands with an id: the second time nothing may be stored, and what was accepted
   * must be a duplicate, anything else must get the same answer.
   */
  when(incoming: Incoming): When;
};

export type When = {
  /**
   * Checks the result against one or more expectations.
   *
   * - a list: the stored events, each with at least these fields
   * - a string: the state, such as `cancelling.inDoubt`
   * - `rejected(code)` or `duplicate`: the answer
   *
   * Do not await it: it is not a promise's `then`.
   *
   * @throws AssertionError if an expectation is not met.
   */
  then(...expected: Expected[]): Given;
};

export type GivenOptions = {
  /** Default: the shipped machine. */
  readonly machine?: TestedMachine | undefined;
  /** Waits between attempts, without jitter. Default `defaultRetryPolicy`. */
  readonly retryPolicy?: RetryPolicy | undefined;
};

/**
 * An order with this history; with an empty one, it does not exist yet. `then` gives the next `Given`.
 *
 * @throws PaymentOrderError `illegal-history` where the machine does not take it.
 */
export function given(history: History, options: GivenOptions = {}): Given {
  return {
    when: (incoming) => {
      const tested = testedOrder(history, options.machine);
      const decision = decide(tested.order, incoming, options);
      const stored: PaymentOrderEvent[] = [];
      if (decision.kind === 'append') {
        const { event, commandDigest } = decision;
        tested.record(event, commandDigest === undefined ? {} : { commandId, commandDigest });
        stored.push(event);
      }
      const { order } = tested;
      assert(order !== null);
      changesNothing(order, incoming, decision.answer, options);
      return {
        then: (...expected) => {
          for (const one of expected) check(one, decision.answer, stored, order.fold.state);
          return given([...history, ...stored], options);
        },
      };
    },
  };
}

function changesNothing(
  order: OrderHistory,
  incoming: Incoming,
  first: CommandAnswer,
  options: GivenOptions,
): void {
  const again = decide(order, incoming, options);
  const message = `${incoming.type} was stored or answered differently the second time`;
  assert.deepEqual(again, { kind: 'answer', answer: repeatedAnswer(first) }, message);
}

function check(
  expected: Expected,
  answer: CommandAnswer,
  stored: readonly PaymentOrderEvent[],
  state: string,
): void {
  if (typeof expected === 'function') {
    throw new TypeError('then() takes expectations; do not await given/when/then');
  }
  const found = answer.kind === 'rejected' ? `rejected ${answer.code}` : answer.kind;
  if (typeof expected === 'string') {
    const message = `expected the order to be ${expected}; it is ${state} (${found})`;
    assert.equal(state, expected, message);
    return;
  }
  if ('kind' in expected) {
    const wanted = expected.kind === 'rejected' ? `rejected ${expected.code}` : expected.kind;
    assert.equal(found, wanted, `expected: ${wanted}; it was ${found}`);
    const others = stored.filter(({ type }) => type !== 'CommandRejected');
    assert.deepEqual(others, [], 'expected nothing else to be stored');
    return;
  }
  const [wanted, was] = [JSON.stringify(expected), JSON.stringify(stored)];
  const message = `expected ${wanted} to be stored; it was ${was} (${found})`;
  assert.equal(stored.length, expected.length, message);
  for (const [index, event] of expected.entries()) {
    assert.partialDeepStrictEqual(stored[index], event, message);
  }
}
