import { describe, expect, test } from 'vitest';
import { raise } from 'xstate';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import { OrderHistory, compileMachine, prepareEvent } from '../../src/history/order-history.ts';
import { PathCheck } from '../../src/history/path-check.ts';
import { compileAnyMachine } from '../../src/history/path.ts';
import { changedMachine } from '../../src/testing/index.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { at, readGolden } from './golden.ts';

const doubt = readGolden('CancelResolved-open').events.map((event) => decodeEvent(event));
const { stream } = at(readGolden('CancelResolved-open').events, 0);

const orderOf = (upTo: number, compiled = compileMachine()) => {
  const [first, ...others] = doubt.slice(0, upTo + 1);
  if (first === undefined) throw new Error('a golden history has events');
  const order = new OrderHistory(compiled, first);
  for (const event of others) order.apply(event);
  return order;
};

const lawWith = (raised: { readonly type: string }) =>
  compileAnyMachine(
    changedMachine(paymentOrderMachine, (part) => {
      part('states.cancelling.states.requesting.after.attemptDeadline').actions = raise(
        raised as never,
      );
    }),
  );

describe('an order that is folded', () => {
  test('knows the commands of its history, from the first event on', () => {
    const commandDigest = 'd'.repeat(64);
    const [first] = doubt;
    if (first === undefined) throw new Error('a golden history has events');
    const metadata = { ...first.metadata, commandId: 'c-1', commandDigest };
    const { deduplication } = new OrderHistory(compileMachine(), { ...first, metadata });
    expect(deduplication.command('c-1')).toEqual({ digest: commandDigest, rejection: null });
  });

  test('supposes a fact, and nothing that its machine would not take', () => {
    const order = orderOf(1);
    const payment = { type: 'PaymentSucceeded', transactionNo: 'T1' } as const;
    const some = at(readGolden('payment').events, 1);
    order.foldAsIfRecorded({ ...decodeEvent(some), event: { type: 'CancelRetryDue' } });
    expect(order.fold.state).toBe('paying');
    order.foldAsIfRecorded({ ...decodeEvent(some), event: payment });
    expect(order.fold.state).toBe('paid');
  });

  test('raises what its timer raises, as the event to be stored', () => {
    const order = orderOf(2);
    const [timer] = order.fold.pending.timers;
    if (timer === undefined) throw new Error('an attempt has a deadline');
    expect(order.raisedBy(timer)).toEqual({
      ...{ type: 'CancelOutcomeUnknown', attempt: 1, rule: 'attempt-abandoned' },
    });
  });

  test('refuses a timer that raises what can not be stored', () => {
    const odd = orderOf(2, lawWith({ type: 'Odd' }));
    const [timer] = odd.fold.pending.timers;
    if (timer === undefined) throw new Error('an attempt has a deadline');
    expect(() => odd.raisedBy(timer)).toThrow(
      expect.objectContaining({
        ...{ code: 'unsupported-machine', stream },
        message: `timer '${timer.id}' raises 'Odd', which is no stored event`,
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
          "take it in state 'paying'; this is a fault of the module",
      }),
    );
  });
});

describe('following a path', () => {
  const [first, second, third] = doubt;
  if (first === undefined || second === undefined || third === undefined) {
    throw new Error('a golden history has events');
  }

  test('names a history that begins otherwise, once', () => {
    const path = new PathCheck(compileMachine());
    const headless = { ...second, revision: 0 };
    expect(path.follow(headless)).toMatchObject({ code: 'illegal-history', revision: 0 });
    expect(path.isAstray).toBe(true);
    expect(path.follow({ ...third, revision: 0 })).toBeNull();
    expect(path.follow(first)).toBeNull();
    expect(path.isAstray).toBe(false);
    expect(path.follow(second)).toBeNull();
  });

  test('says nothing of what stands behind a beginning that is missing', () => {
    const path = new PathCheck(compileMachine());
    expect(path.follow(second)).toBeNull();
    expect(path.follow(third)).toBeNull();
  });

  test('names the first event that does not fit, and goes on', () => {
    const path = new PathCheck(compileMachine());
    expect(path.follow(first)).toBeNull();
    const elsewhere = { ...second, metadata: { ...second.metadata, to: 'failed' } };
    expect(path.follow(elsewhere)).toMatchObject({ code: 'replay-divergence', revision: 1 });
    expect(path.isAstray).toBe(true);
    expect(path.follow(third)).toBeNull();
    expect(path.isAstray).toBe(false);
    expect(path.follow(first)).toMatchObject({ code: 'illegal-history' });
  });

  test('takes a loss for a reason to name nothing until it fits again', () => {
    const path = new PathCheck(compileMachine());
    expect(path.follow(first)).toBeNull();
    path.lose();
    expect(path.isAstray).toBe(true);
    expect(path.follow(first)).toBeNull();
    expect(path.follow(second)).toBeNull();
    expect(path.isAstray).toBe(false);
  });
});
