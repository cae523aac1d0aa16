import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { knownOf } from '../../src/history/order-history.ts';
import type { Command, CommandType } from '../../src/interpreter/commands.ts';
import { eventOf } from '../../src/interpreter/commands.ts';
import { allowedCommands, rejectionCode } from '../../src/interpreter/rejections.ts';
import { createInterpreter } from '../../src/interpreter/interpreter.ts';
import { validHistories } from '../../src/testing/index.ts';
import { created } from '../machines/created.ts';

const interpreter = createInterpreter(paymentOrderMachine);
const cause = { recordedAtMs: 0, eventId: 'e', correlationId: 'c' };

const commands: readonly Command[] = [
  { type: 'StartPayment', payload: {} },
  { type: 'RequestCancel', payload: {} },
  { type: 'RetryCancel', payload: {} },
  { type: 'AbandonCancel', payload: {} },
  { type: 'ResolveCancel', payload: { resolution: 'open', evidence: 'bill', by: 'operator-1' } },
];

/** What a rejected caller is told, state by state; the rest of the pairs are accepted. */
const rejections: Record<string, Partial<Record<CommandType, string>>> = {
  created: {
    RetryCancel: 'no-open-cancel',
    AbandonCancel: 'no-open-cancel',
    ResolveCancel: 'no-open-cancel',
  },
  paying: {
    StartPayment: 'already-started',
    ...{
      RetryCancel: 'no-open-cancel',
      AbandonCancel: 'no-open-cancel',
      ResolveCancel: 'no-open-cancel',
    },
  },
  'cancelling.requesting': {
    ...{ StartPayment: 'already-cancelling', RequestCancel: 'already-cancelling' },
    ...{
      RetryCancel: 'attempt-in-flight',
      AbandonCancel: 'attempt-in-flight',
      ResolveCancel: 'attempt-in-flight',
    },
  },
  'cancelling.backingOff': {
    ...{ StartPayment: 'already-cancelling', RequestCancel: 'already-cancelling' },
    ResolveCancel: 'not-in-doubt',
  },
  'cancelling.inDoubt': {
    ...{ StartPayment: 'already-cancelling', RequestCancel: 'already-cancelling' },
    AbandonCancel: 'cancel-in-doubt',
  },
  'cancelling.needsReview': {
    ...{ StartPayment: 'already-cancelling', RequestCancel: 'already-cancelling' },
    AbandonCancel: 'cancel-in-doubt',
  },
  ...Object.fromEntries(
    (
      [
        ['paid', 'already-paid'],
        ['cancelled', 'already-cancelled'],
        ['failed', 'payment-failed'],
      ] as const
    ).map(([state, code]) => [
      state,
      {
        ...{ StartPayment: code, RequestCancel: code },
        ...{
          RetryCancel: 'no-open-cancel',
          AbandonCancel: 'no-open-cancel',
          ResolveCancel: 'no-open-cancel',
        },
      },
    ]),
  ),
};

describe('commands', () => {
  test('are taken or rejected with their reason in every state, and allowed names just those taken', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(validHistories(), ([first, ...events]) => {
        let fold = interpreter.start(first, cause);
        for (const event of events) {
          fold = interpreter.next(fold, event, cause) ?? fold;
          const known = knownOf(fold);
          const allowed = allowedCommands(interpreter, fold, known);
          for (const command of commands) {
            const { type } = command;
            const isTaken = interpreter.takes(fold, eventOf(command));
            expect(allowed.includes(type)).toBe(isTaken);
            seen.add(`${fold.state} ${type}`);
            if (isTaken) continue;
            expect(rejectionCode(type, fold, known)).toBe(rejections[fold.state]?.[type]);
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(seen.size).toBe(9 * commands.length);
  });

  test.each<[Command, PaymentOrderEvent]>([
    [
      { type: 'CreatePaymentOrder', payload: { orderNo: 'O1', processBillNo: 'F1' } },
      { type: 'PaymentOrderCreated', orderNo: 'O1', processBillNo: 'F1' },
    ],
    [{ type: 'StartPayment', payload: {} }, { type: 'PaymentStarted' }],
    [
      { type: 'RequestCancel', payload: { reason: 'late' } },
      { type: 'CancelRequested', reason: 'late' },
    ],
    [
      { type: 'RetryCancel', payload: { note: 'again' } },
      { type: 'CancelRetryRequested', note: 'again' },
    ],
    [
      { type: 'AbandonCancel', payload: { note: 'enough' } },
      { type: 'CancelAbandoned', note: 'enough' },
    ],
    [
      { type: 'ResolveCancel', payload: { resolution: 'paid', evidence: 'bill', by: 'li.wei' } },
      { type: 'CancelResolved', resolution: 'paid', evidence: 'bill', by: 'li.wei' },
    ],
    [
      { type: 'AcknowledgeAnomaly', payload: { number: 1, by: 'li.wei' } },
      { type: 'AnomalyAcknowledged', number: 1, by: 'li.wei' },
    ],
  ])('$type asks for its event, with all it says', (command, event) => {
    expect(eventOf(command)).toEqual(event);
  });

  test('an order that exists is not created again', () => {
    const first = interpreter.start(created, cause);
    expect(rejectionCode('CreatePaymentOrder', first, knownOf(first))).toBe('order-exists');
  });

  test('an anomaly can be acknowledged once', () => {
    const first = interpreter.start(created, cause);
    expect(allowedCommands(interpreter, first, knownOf(first))).not.toContain('AcknowledgeAnomaly');
    expect(rejectionCode('AcknowledgeAnomaly', first, knownOf(first))).toBe('no-open-anomaly');
    const paid = [
      { type: 'PaymentSucceeded', transactionNo: 'T1', amountMinor: 1, currency: 'CNY' } as const,
      { type: 'AnomalyAcknowledged', number: 1, by: 'operator-1' } as const,
    ];
    const [wrong, acknowledged] = paid;
    const withAnomaly = wrong && interpreter.next(first, wrong, cause);
    if (!withAnomaly || !acknowledged) throw new Error('a payment is always taken');
    expect(allowedCommands(interpreter, withAnomaly, knownOf(withAnomaly))).toContain(
      'AcknowledgeAnomaly',
    );
    const after = interpreter.next(withAnomaly, acknowledged, cause);
    expect(after && interpreter.takes(after, acknowledged)).toBe(false);
  });
});
