import { describe, expect, test } from 'vitest';
import { defaultRetryPolicy } from '../../machines/payment-order.retry-policy.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { decideCommand, decideTimer } from '../../src/order/decide.ts';
import type { Command } from '../../src/order/types.ts';
import { created } from '../machines/created.ts';
import { accepted, cancelRequested, failures, orderOf, unknown } from './orders.ts';

const { orderNo } = created;
const start: Command = { type: 'StartPayment', payload: {} };
const cancel: Command = { type: 'RequestCancel', payload: {} };
const retry: Command = { type: 'RetryCancel', payload: {} };
const resolve: Command = {
  type: 'ResolveCancel',
  payload: { resolution: 'open', evidence: 'bill', by: 'operator-1' },
};

describe('a stream that callers have filled', () => {
  /** Callers find room in the first 4 events, operators and timers in 8. */
  const kept = { streamEventsMax: 12, keptForFacts: 4, keptForOperators: 4, rejectionsMax: 9 };
  const doubtful = orderOf(cancelRequested, unknown(1, 1), ...failures(1));
  const send = (order: OrderHistory, command: Command, commandId?: string) =>
    decideCommand(order, orderNo, command, { commandId }, kept);

  test.each([
    ['a retry', retry],
    ['a resolution', resolve],
  ])('still takes %s by an operator', (_, command) => {
    expect(send(doubtful, command).answer).toEqual(accepted);
  });

  test('still takes the timer that probes', () => {
    const due = { type: 'CancelRetryDue' } as const;
    expect(decideTimer(doubtful, due, defaultRetryPolicy, 0, kept).answer).toEqual(accepted);
  });

  test('takes no further command of a caller, and stores no further rejection', () => {
    const rejection = {
      type: 'CommandRejected',
      command: 'StartPayment',
      code: 'already-started',
    } as const;
    const started = { type: 'PaymentStarted' } as const;
    const open = orderOf(started, rejection, rejection);
    const full = expect.objectContaining({ code: 'stream-full' }) as unknown;

    expect(() => send(open, cancel)).toThrow(full);
    expect(() => send(open, start, 'c-1')).toThrow(full);
    expect(send(open, start)).toEqual({
      kind: 'answer',
      answer: { kind: 'rejected', code: 'already-started' },
    });
  });
});
