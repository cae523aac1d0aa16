import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { HistoryEvent } from '../../src/history/event.ts';
import { describe, expect, test } from 'vitest';
import { raise } from 'xstate';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import { evolve, prepareEvent } from '../../src/history/load.ts';
import { compileAnyMachine, compileMachine } from '../../src/history/machine.ts';
import { changedMachine } from '../../src/testing/index.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { at, readGolden } from './golden.ts';

const doubt = readGolden('CancelResolved-open').events.map((event) => decodeEvent(event));
const { stream } = at(readGolden('CancelResolved-open').events, 0);

const orderOf = (upTo: number, compiled = compileMachine()) => {
  const [first, ...others] = doubt.slice(0, upTo + 1);
  if (first === undefined) throw new Error('a golden history has events');
  return others.reduce(
    (order, event) => evolve(compiled, order, event),
    evolve(compiled, null, first),
  );
};

const lawWith = (raised: { readonly type: string }) =>
  compileAnyMachine(
    changedMachine(paymentOrderMachine, (part) => {
      part('states.cancelling.states.requesting.after.attemptDeadline').actions = raise(
        raised as never,
      );
    }),
  );

describe('a loaded order', () => {
  test('remembers the commands of its history, from the first event on', () => {
    const commandDigest = 'd'.repeat(64);
    const [first] = doubt;
    if (first === undefined) throw new Error('a golden history has events');
    const metadata = { ...first.metadata, commandId: 'c-1', commandDigest };
    const { deduplication } = evolve(compileMachine(), null, { ...first, metadata });
    expect(deduplication.command('c-1')).toEqual({ digest: commandDigest, rejection: null });
  });

  test('folds a fact as if it had been recorded, and nothing that its machine would not take', () => {
    const order = orderOf(1);
    const payment = { type: 'PaymentSucceeded', transactionNo: 'T1' } as const;
    const some = at(readGolden('payment').events, 1);
    const recordedAs = (event: PaymentOrderEvent) =>
      // Another event in place of its own.
      ({ ...decodeEvent(some), event }) as HistoryEvent;
    expect(order.asIfRecorded(recordedAs({ type: 'CancelRetryDue' }))).toBe(order);
    expect(order.asIfRecorded(recordedAs(payment)).fold.state).toBe('paid');
    expect(order.fold.state).toBe('paying');
  });

  test('gives the event to be stored when a timer is due', () => {
    const order = orderOf(2);
    const [timer] = order.fold.pending.timers;
    if (timer === undefined) throw new Error('an attempt has a deadline');
    expect(order.raisedBy(timer)).toEqual({
      ...{ type: 'CancelOutcomeUnknown', attempt: 1, rule: 'attempt-abandoned' },
    });
  });

  test('refuses a timer that raises an event which cannot be stored', () => {
    const odd = orderOf(2, lawWith({ type: 'Odd' }));
    const [timer] = odd.fold.pending.timers;
    if (timer === undefined) throw new Error('an attempt has a deadline');
    expect(() => odd.raisedBy(timer)).toThrow(
      expect.objectContaining({
        ...{ code: 'unsupported-machine', stream },
        message: `timer '${timer.id}' raises 'Odd', which is not a stored event`,
      }),
    );
    const half = orderOf(2, lawWith({ type: 'CancelOutcomeUnknown' }));
    expect(() => half.raisedBy(timer)).toThrow(
      expect.objectContaining({ ...{ code: 'invalid-event', stream, revision: 3 } }),
    );
  });

  test('prepares no event that its machine does not take', () => {
    const circumstances = { source: 'command', $correlationId: 'c' };
    const prepare = () =>
      prepareEvent(
        ...([
          compileMachine(),
          orderOf(1),
          stream,
          { type: 'CancelRetryDue' },
          circumstances,
          simulatedRuntime(),
        ] as const),
      );
    expect(prepare).toThrow(
      expect.objectContaining({
        ...{ code: 'illegal-history', stream, revision: 2 },
        message:
          `stream ${stream}: CancelRetryDue was about to be recorded, but the machine does not ` +
          "take it in state 'paying'; this is a bug of the module",
      }),
    );
  });
});
