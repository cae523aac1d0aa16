import { describe, expect, test } from 'vitest';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { decideCommand, streamLimits } from '../../src/order/decide.ts';
import type { Decision } from '../../src/order/decide.ts';
import type { Command, RejectionCode } from '../../src/order/types.ts';
import { created } from '../machines/created.ts';
import { accepted, cancelRequested, duplicate, failures, limits, orderOf } from './orders.ts';
import { payment, retryRequested, stream, testedOf, unknown } from './orders.ts';

const { orderNo, processBillNo, amountMinor, currency } = created;
const actor = { kind: 'customer', id: 'u-7' };

const create: Command = {
  type: 'CreatePaymentOrder',
  payload: { orderNo, processBillNo, amountMinor, currency },
};
const start: Command = { type: 'StartPayment', payload: {} };
const cancel: Command = { type: 'RequestCancel', payload: { reason: 'late' } };
const retry: Command = { type: 'RetryCancel', payload: {} };
const resolve: Command = {
  type: 'ResolveCancel',
  payload: { resolution: 'open', evidence: 'bill', by: 'operator-1' },
};

const rejections = (count: number): PaymentOrderEvent[] =>
  Array.from({ length: count }, () => ({
    type: 'CommandRejected',
    command: 'StartPayment',
    code: 'already-started',
  }));

const decide = (order: OrderHistory | null, command: Command, context = {}) =>
  decideCommand(order, orderNo, command, context, limits);

/** The order after a command with the id `c-1` was recorded as this event. */
function orderAfterCommand(
  before: readonly PaymentOrderEvent[],
  command: Command,
  event: PaymentOrderEvent,
): OrderHistory {
  const { tested, order } = testedOf(before);
  return tested.record(event, { commandId: 'c-1', commandDigest: digestIn(order, command) });
}

function digestIn(order: OrderHistory | null, command: Command): string {
  const decision = decide(order, command, { commandId: 'c-1', actor });
  if (decision.kind !== 'append') throw new Error('the command is not a repeat');
  return decision.commandDigest ?? '';
}

const rejected = (code: RejectionCode): Decision => ({
  kind: 'answer',
  answer: { kind: 'rejected', code },
});

describe('deciding a command', () => {
  test('creates an order that does not exist', () => {
    expect(decide(null, create)).toEqual({ kind: 'append', event: created, answer: accepted });
  });

  test('digests a command that carries an id, by its type and payload', () => {
    const digestOf = (command: Command) => digestIn(orderOf(), command);
    expect(digestOf(start)).toMatch(/^[0-9a-f]{64}$/);
    expect(digestOf(cancel)).not.toBe(digestOf({ type: 'RequestCancel', payload: {} }));
    expect(digestOf(start)).not.toBe(digestOf({ type: 'RequestCancel', payload: {} }));
    expect(digestIn(null, create)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('finds no order for any command but a creation', () => {
    const message = `payment order ${orderNo} does not exist; create it first`;
    for (const command of [start, cancel, retry, resolve]) {
      expect(() => decide(null, command)).toThrow(
        expect.objectContaining({ code: 'order-not-found', message, stream }),
      );
    }
  });

  test('takes the creation of the same order for a repeat, and rejects any other', () => {
    expect(decide(orderOf(), create)).toEqual(duplicate);
    const { payload } = create;
    for (const other of [{ processBillNo: 'F2' }, { amountMinor: 1 }, { currency: 'USD' }]) {
      const another = { ...create, payload: { ...payload, ...other } } as Command;
      expect(decide(orderOf(), another)).toEqual(rejected('order-exists'));
    }
  });

  test('appends what the machine takes', () => {
    const event = { type: 'CancelRequested', reason: 'late' };
    expect(decide(orderOf(), cancel)).toEqual({ kind: 'append', event, answer: accepted });
  });

  test('answers the repeat of an accepted command as a duplicate', () => {
    const order = orderAfterCommand([], start, { type: 'PaymentStarted' });
    expect(decide(order, start, { commandId: 'c-1' })).toEqual(duplicate);
    expect(decide(order, start)).toEqual(rejected('already-started'));
  });

  test('answers the repeat of a rejected command with the code of then', () => {
    const rejection = {
      type: 'CommandRejected',
      command: 'StartPayment',
      code: 'already-started',
    } as const;
    const { tested } = testedOf([{ type: 'PaymentStarted' }]);
    const commandDigest = digestIn(tested.order, start);
    tested.record(rejection, { commandId: 'c-1', commandDigest });
    const order = tested.record(payment);
    expect(decide(order, start, { commandId: 'c-1' })).toEqual(rejected('already-started'));
  });

  test('takes a second cancel, in progress or done, for a repeat', () => {
    const cancelled = { type: 'ClosedAtGateway', factId: 'f', cause: 'expired' } as const;
    expect(decide(orderOf(cancelRequested), cancel)).toEqual(duplicate);
    expect(decide(orderOf(cancelled), cancel)).toEqual(duplicate);
    expect(decide(orderOf(payment), cancel)).toEqual(rejected('already-paid'));
    expect(decide(orderOf(cancelRequested), start)).toEqual(rejected('already-cancelling'));
  });

  test('refuses an id that was used with another payload', () => {
    const order = orderAfterCommand([], start, { type: 'PaymentStarted' });
    expect(() => decide(order, cancel, { commandId: 'c-1' })).toThrow(
      expect.objectContaining({
        code: 'command-id-reused',
        message:
          `stream ${stream}: this command id was used before with another payload; ` +
          'use a new id for a new command',
        stream,
        field: 'commandId',
      }),
    );
  });

  test('resolves only the attempts that the evidence knew of', () => {
    const order = orderOf(cancelRequested, unknown(1), retryRequested, unknown(2));
    expect(decide(order, resolve, { attemptsSeen: 1 })).toEqual(rejected('cancel-in-doubt'));
    expect(decide(order, resolve, { attemptsSeen: 2 }).kind).toBe('append');
    expect(decide(order, resolve).kind).toBe('append');
    expect(decide(order, retry, { attemptsSeen: 1 }).kind).toBe('append');
  });

  test('stops at the room that is kept for facts', () => {
    const before = orderOf(...[cancelRequested, unknown(1)], ...failures(2));
    expect(decide(before, retry).kind).toBe('append');
    const full = orderOf(...[cancelRequested, unknown(1)], ...failures(3));
    expect(() => decide(full, retry)).toThrow(
      expect.objectContaining({
        code: 'stream-full',
        message:
          `stream ${stream} holds 6 events, close to the limit; ` +
          'only facts and outcomes are still recorded',
        stream,
        revision: 5,
      }),
    );
  });
});

describe('deciding a rejected command', () => {
  test('stores the rejection if the command names its actor', () => {
    const order = orderOf(payment);
    const event = { type: 'CommandRejected', command: 'RequestCancel', code: 'already-paid' };
    const { answer } = rejected('already-paid');
    expect(decide(order, cancel, { actor })).toEqual({
      kind: 'append',
      event: { ...event, reason: 'late' },
      answer,
    });
    expect(decide(order, cancel, { actor, commandId: 'c-1' })).toMatchObject({
      commandDigest: digestIn(order, cancel),
    });
    expect(decide(order, cancel)).toEqual(rejected('already-paid'));
  });

  test('stores no more rejections than the limit, and still answers', () => {
    const started: PaymentOrderEvent = { type: 'PaymentStarted' };
    expect(decide(orderOf(started, ...rejections(1)), start, { actor }).kind).toBe('append');
    const many = orderOf(started, ...rejections(2));
    expect(decide(many, start, { actor })).toEqual(rejected('already-started'));
  });

  test('stores no rejection where only facts have room, and still answers', () => {
    expect(decide(orderOf(...failures(4)), start, { actor }).kind).toBe('append');
    const full = orderOf(...failures(5));
    expect(decide(full, start, { actor })).toEqual(rejected('payment-failed'));
  });

  test('stores one by default', () => {
    const decision = decideCommand(orderOf(payment), orderNo, cancel, { actor });
    expect(decision.kind).toBe('append');
    expect(streamLimits).toEqual({
      streamEventsMax: 10_000,
      keptForFacts: 100,
      rejectionsMax: 100,
    });
  });
});
