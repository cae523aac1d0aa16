import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { changedMachine, duplicate, given, rejected } from '../../src/testing/index.ts';
import type { History } from '../../src/testing/index.ts';

const created = { type: 'PaymentOrderCreated', orderNo: 'O1', processBillNo: 'F1' } as const;
const cancel = { type: 'RequestCancel', payload: { reason: 'changed my mind' } } as const;
const paid = { type: 'PaymentSucceeded', transactionNo: 'T1' } as const;
const inDoubt: History = [
  created,
  { type: 'CancelRequested' },
  { type: 'CancelOutcomeUnknown', attempt: 1, rule: 'answer-timeout', retryInMs: 5_000 },
];

describe('given().when().then()', () => {
  test('checks the stored events, the state, and the code of a rejection', () => {
    given([created])
      .when(cancel)
      .then([{ type: 'CancelRequested' }], 'cancelling.requesting');
    given([created])
      .when(paid)
      .then([{ type: 'PaymentSucceeded', factId: 'T1' }], 'paid');
    given([created, { ...paid, factId: 'T1' }])
      .when(cancel)
      .then(rejected('already-paid'), 'paid', [{ type: 'CommandRejected', code: 'already-paid' }]);
    given(inDoubt).when({ type: 'AbandonCancel', payload: {} }).then(rejected('cancel-in-doubt'));
  });

  test('continues after the stored events and recognizes a duplicate', () => {
    given([])
      .when({ type: 'CreatePaymentOrder', payload: { orderNo: 'O1', processBillNo: 'F1' } })
      .then('created')
      .when(cancel)
      .then('cancelling.requesting')
      .when(cancel)
      .then(duplicate, 'cancelling.requesting')
      .when({ type: 'CancelConfirmed', attempt: 1, rule: 'confirmed' })
      .then('cancelled')
      .when(paid)
      .then('paid')
      .when(paid)
      .then(duplicate);
  });

  test("records the policy's wait with an outcome", () => {
    const outcome = { type: 'CancelNotExecuted', attempt: 1, rule: 'connection-refused' } as const;
    const retryPolicy = { notExecutedMs: [7], unknownMs: [], jitter: 0.5 };
    given([created, { type: 'CancelRequested' }], { retryPolicy })
      .when(outcome)
      .then([{ ...outcome, retryInMs: 7 }], 'cancelling.backingOff');
  });

  test.each([
    ['another state', () => given([created]).when(cancel).then('paid'), 'cancelling.requesting'],
    ['no event', () => given([created]).when(cancel).then([]), 'CancelRequested'],
    [
      'another event',
      () =>
        given([created])
          .when(cancel)
          .then([{ type: 'PaymentStarted' }]),
      'be',
    ],
    ['a rejection', () => given([created]).when(cancel).then(rejected('already-paid')), 'accepted'],
    ['a repeat', () => given([created]).when(cancel).then(duplicate), 'accepted'],
  ])('throws if %s was expected, and shows the result', (_, run, says) => {
    expect(run).toThrow(says);
  });

  test('refuses an illegal history, and refuses to be awaited', async () => {
    expect(() => given([created, { type: 'CancelRetryDue' }]).when(cancel)).toThrow(
      expect.objectContaining({ code: 'illegal-history', revision: 1 }),
    );
    expect(() => given([{ type: 'PaymentStarted' }]).when(cancel)).toThrow('begins with');
    // The type is not a promise, but JavaScript callers may await it.
    const when: unknown = given([created]).when(cancel);
    await expect((async () => await when)()).rejects.toThrow('do not await');
  });

  test('uses the given machine', () => {
    const machine = changedMachine(paymentOrderMachine, (at) => {
      at('states.created.on.PaymentSucceeded').target = 'cancelled';
    });
    given([created], { machine }).when(paid).then('cancelled').when(cancel).then(duplicate);
  });
});
