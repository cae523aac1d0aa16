import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventSchemas } from '../../machines/payment-order.events.ts';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { inDoubt } from '../../machines/payment-order.facts.ts';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { knownOf } from '../../src/history/machine.ts';
import { createInterpreter } from '../../src/interpreter/interpreter.ts';
import type { Fold } from '../../src/interpreter/interpreter.ts';
import { allowedCommands, commands, eventOf } from '../../src/order/commands.ts';
import type { Command, CommandType } from '../../src/order/types.ts';
import { changedMachine, validHistories } from '../../src/testing/index.ts';
import { created } from '../machines/created.ts';
import { cancelRequested, orderOf, payment, testedOf, unknown } from './orders.ts';

const interpreter = createInterpreter(paymentOrderMachine);
const cause = { recordedAtMs: 0, eventId: 'e', correlationId: 'c' };

const examples: readonly Command[] = [
  { type: 'StartPayment', payload: {} },
  { type: 'RequestCancel', payload: {} },
  { type: 'RetryCancel', payload: {} },
  { type: 'AbandonCancel', payload: {} },
  { type: 'ResolveCancel', payload: { resolution: 'open', evidence: 'bill', by: 'operator-1' } },
];

const allowedIn = (fold: Fold) => allowedCommands(interpreter, fold, knownOf(fold));
const whyRejected = (type: CommandType, fold: Fold) =>
  commands[type].rejected({ fold, known: knownOf(fold) });

const withoutCancel = {
  RetryCancel: 'no-open-cancel',
  AbandonCancel: 'no-open-cancel',
  ResolveCancel: 'no-open-cancel',
};
const cancelling = { StartPayment: 'already-cancelling', RequestCancel: 'already-cancelling' };

/** The code of each rejection, by state; the other pairs are accepted. */
const rejections: Record<string, Partial<Record<CommandType, string>>> = {
  created: withoutCancel,
  paying: { StartPayment: 'already-started', ...withoutCancel },
  'cancelling.requesting': {
    ...cancelling,
    RetryCancel: 'attempt-in-flight',
    AbandonCancel: 'attempt-in-flight',
    ResolveCancel: 'attempt-in-flight',
  },
  'cancelling.backingOff': {
    ...cancelling,
    // Only a retraction brings a doubt here.
    AbandonCancel: 'cancel-in-doubt',
    ResolveCancel: 'not-in-doubt',
  },
  'cancelling.inDoubt': {
    ...cancelling,
    AbandonCancel: 'cancel-in-doubt',
  },
  'cancelling.needsReview': {
    ...cancelling,
    AbandonCancel: 'cancel-in-doubt',
  },
  paid: { StartPayment: 'already-paid', RequestCancel: 'already-paid', ...withoutCancel },
  cancelled: {
    StartPayment: 'already-cancelled',
    RequestCancel: 'already-cancelled',
    ...withoutCancel,
  },
  // A cancel is not taken only where the order was closed as well.
  failed: { StartPayment: 'payment-failed', RequestCancel: 'already-cancelled', ...withoutCancel },
};

describe('the table of commands', () => {
  test('names why each command is rejected, in every state, and allows just those that are taken', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(validHistories(), ([first, ...events]) => {
        let fold = interpreter.start(first, cause);
        for (const event of events) {
          fold = interpreter.next(fold, event, cause) ?? fold;
          const allowed = allowedIn(fold);
          for (const command of examples) {
            const { type } = command;
            const isTaken = interpreter.takes(fold, eventOf(command));
            expect(allowed.includes(type)).toBe(isTaken);
            seen.add(`${fold.state} ${type}`);
            if (isTaken) continue;
            // A retraction may bring a doubt back to a cancel that waits.
            const isDoubted = fold.state === 'cancelling.backingOff' && inDoubt(knownOf(fold));
            const ofCancel = type === 'AbandonCancel' || type === 'ResolveCancel';
            const wanted = isDoubted && ofCancel ? 'cancel-in-doubt' : null;
            expect(whyRejected(type, fold)).toBe(wanted ?? rejections[fold.state]?.[type]);
          }
        }
      }),
      { numRuns: 200 },
    );
    expect(seen.size).toBe(9 * examples.length);
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
      { type: 'RetractFact', payload: { revision: 2, evidence: 'bill', by: 'li.wei' } },
      { type: 'FactRetracted', revision: 2, evidence: 'bill', by: 'li.wei' },
    ],
    [
      { type: 'AcknowledgeAnomaly', payload: { number: 1, by: 'li.wei' } },
      { type: 'AnomalyAcknowledged', number: 1, by: 'li.wei' },
    ],
  ])('turns $0.type into $1.type with all of its payload', (command, event) => {
    expect(eventOf(command)).toEqual(event);
  });

  test('rejects the creation of an order that exists', () => {
    const first = interpreter.start(created, cause);
    expect(whyRejected('CreatePaymentOrder', first)).toBe('order-exists');
  });

  test('allows an anomaly to be acknowledged once', () => {
    const first = interpreter.start(created, cause);
    expect(allowedIn(first)).not.toContain('AcknowledgeAnomaly');
    expect(whyRejected('AcknowledgeAnomaly', first)).toBe('no-open-anomaly');
    const wrong = {
      type: 'PaymentSucceeded',
      transactionNo: 'T1',
      amountMinor: 1,
      currency: 'CNY',
    };
    const acknowledged = { type: 'AnomalyAcknowledged', number: 1, by: 'operator-1' };
    const withAnomaly = interpreter.next(first, wrong, cause);
    if (withAnomaly === null) throw new Error('a payment is always taken');
    expect(allowedIn(withAnomaly)).toContain('AcknowledgeAnomaly');
    const after = interpreter.next(withAnomaly, acknowledged, cause);
    expect(after && interpreter.takes(after, acknowledged)).toBe(false);
  });
});

describe('listing the allowed commands', () => {
  const allowedOf = ({ compiled, fold, known }: OrderHistory) =>
    allowedCommands(compiled.interpreter, fold, known);

  test('looks for an open anomaly after those that were acknowledged', () => {
    const wrong = { ...payment, amountMinor: 1, currency: 'CNY' };
    const acknowledged = { type: 'AnomalyAcknowledged', number: 1, by: 'operator-1' } as const;
    const order = orderOf(wrong, acknowledged, { ...wrong, transactionNo: 'T2' });
    expect(allowedOf(order)).toEqual(['RetractFact', 'AcknowledgeAnomaly']);
  });

  test('asks with data that a guard accepts', () => {
    const machine = changedMachine(paymentOrderMachine, (part) => {
      part('states.cancelling.states.inDoubt.on')['CancelResolved'] = {
        target: 'settling',
        guard: ({ event }: { event: PaymentOrderEvent }) =>
          eventSchemas.CancelResolved.strip().safeParse(event).success,
      };
    });
    const { order } = testedOf([cancelRequested, unknown(1)], machine);
    expect(allowedOf(order)).toEqual(['RetryCancel', 'ResolveCancel']);
  });
});
