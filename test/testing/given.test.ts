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

describe('given, when, then', () => {
  test('tells the events that were stored, the state, and the reason of a rejection', () => {
    given([created])
      .when(cancel)
      .then([{ type: 'CancelRequested' }], 'cancelling.requesting');
    given([created])
      .when(paid)
      .then([{ type: 'PaymentSucceeded', factId: 'T1' }], 'paid');
    given([created, { ...paid, factId: 'T1' }])
      .when(cancel)
      .then(rejected('already-paid'), 'paid', []);
    given(inDoubt).when({ type: 'AbandonCancel', payload: {} }).then(rejected('cancel-in-doubt'));
  });

  test('goes on from what was stored, and knows a repeat', () => {
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

  test('records with an outcome how long the policy waits', () => {
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
  ])('throws where %s was expected, and says what came', (_, run, says) => {
    expect(run).toThrow(says);
  });

  test('refuses a history that the machine does not take, and to be awaited', async () => {
    expect(() => given([created, { type: 'CancelRetryDue' }]).when(cancel)).toThrow(
      expect.objectContaining({ code: 'illegal-history', revision: 1 }),
    );
    expect(() => given([{ type: 'PaymentStarted' }]).when(cancel)).toThrow('begins with');
    // The type says it is no promise; a caller may await it all the same.
    const when: unknown = given([created]).when(cancel);
    await expect((async () => await when)()).rejects.toThrow('not to be awaited');
  });

  test('asks the machine that it is given', () => {
    const machine = changedMachine(paymentOrderMachine, (at) => {
      at('states.created.on.PaymentSucceeded').target = 'failed';
    });
    given([created], { machine })
      .when(paid)
      .then('failed')
      .when(cancel)
      .then(rejected('payment-failed'));
  });
});
