import { describe, expect, test } from 'vitest';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { decideCommand, streamLimits } from '../../src/order/decide.ts';
import type { Decision } from '../../src/order/decide.ts';
import type { Command, CommandAnswer, RecordedCode, RejectionCode } from '../../src/order/types.ts';
import { created } from '../machines/created.ts';
import { accepted, cancelRequested, duplicate, failures, limits, orderOf } from './orders.ts';
import { payment, retryRequested, stream, testedOf, unknown } from './orders.ts';

const { orderNo, processBillNo, amountMinor, currency } = created;

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
  const decision = decide(order, command, { commandId: 'c-1' });
  if (decision.kind !== 'append') throw new Error('the command is not a repeat');
  return decision.commandDigest ?? '';
}

const rejected = (code: RejectionCode): Decision => ({
  kind: 'answer',
  answer: { kind: 'rejected', code },
});

/** The decision to record that a command was not accepted, as `rejected` or as `duplicate`. */
function recorded(
  command: Command,
  code: RecordedCode,
  answer: CommandAnswer,
  isLastRecorded?: true,
): Decision {
  const { payload, type } = command;
  const reason = 'reason' in payload ? payload.reason : undefined;
  const event = { type: 'CommandRejected', command: type, code, reason, isLastRecorded } as const;
  return { kind: 'append', event, answer };
}

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

  test('digests a command in every version as in the first, or its id would be refused as reused', () => {
    expect(digestIn(null, create)).toBe(
      '08ecb252c372437c066a5273af5ac335775f01caef3d3b63dc72a4cf9cc04102',
    );
    expect(digestIn(orderOf(), start)).toBe(
      '3468e04f49d625c7207b57facb96e5e81bd602a6bf5297be89e0e18ede911d8f',
    );
    expect(digestIn(orderOf(), cancel)).toBe(
      'a71f4cbaad17a49d94b4cf7fd0d967511c7f0698bc4f5958086c41dca6f2cd04',
    );
    expect(digestIn(orderOf(), retry)).toBe(
      'b17cc1f3056d6a4aceea706e27bdb64270b0c95aec9ac0911cccce8e7882590a',
    );
    expect(digestIn(orderOf(), resolve)).toBe(
      'fb9716d98d17503ffe59960ce1b26a9d181718c2e317b2c30441780ebab3be0c',
    );
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
    const repeat = recorded(create, 'already-created', { kind: 'duplicate' });
    expect(decide(orderOf(), create)).toEqual(repeat);
    const { payload } = create;
    for (const other of [{ processBillNo: 'F2' }, { amountMinor: 1 }, { currency: 'USD' }]) {
      const another = { ...create, payload: { ...payload, ...other } } as Command;
      expect(decide(orderOf(), another).answer).toEqual(rejected('order-exists').answer);
    }
  });

  test('appends what the machine takes', () => {
    const event = { type: 'CancelRequested', reason: 'late' };
    expect(decide(orderOf(), cancel)).toEqual({ kind: 'append', event, answer: accepted });
  });

  test('answers the repeat of an accepted command as a duplicate', () => {
    const order = orderAfterCommand([], start, { type: 'PaymentStarted' });
    expect(decide(order, start, { commandId: 'c-1' })).toEqual(duplicate);
    expect(decide(order, start).answer).toEqual(rejected('already-started').answer);
  });

  test('appends on the revision that its sender saw, and throws on any other', () => {
    const order = orderOf();
    const message =
      `stream ${stream}: ifRevision is 7, and the last revision is 0; the command was not ` +
      'recorded: look at what was recorded since, and decide again';

    expect(decide(order, cancel, { ifRevision: 0 })).toEqual(decide(order, cancel));
    expect(() => decide(order, cancel, { ifRevision: 7 })).toThrow(
      expect.objectContaining({
        code: 'revision-moved',
        field: 'ifRevision',
        revision: 0,
        message,
      }),
    );
  });

  test('rejects nothing on a revision that its sender did not see', () => {
    const order = orderOf({ type: 'PaymentStarted' });

    expect(() => decide(order, start, { ifRevision: 0 })).toThrow('ifRevision');
    expect(decide(order, start, { ifRevision: 1 })).toEqual(decide(order, start));
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
    const repeat = { kind: 'duplicate' } as const;
    expect(decide(orderOf(cancelRequested), cancel)).toEqual(
      recorded(cancel, 'already-cancelling', repeat),
    );
    expect(decide(orderOf(cancelled), cancel)).toEqual(
      recorded(cancel, 'already-cancelled', repeat),
    );
    const { answer } = rejected('already-cancelling');
    expect(decide(orderOf(cancelRequested), start)).toEqual(
      recorded(start, 'already-cancelling', answer),
    );
  });

  test('answers the repeat of a repeat as a duplicate, after the cancel it repeated has ended', () => {
    const { tested, order } = testedOf([cancelRequested]);
    const commandDigest = digestIn(order, cancel);
    const repeat = { type: 'CommandRejected', command: 'RequestCancel' } as const;
    tested.record({ ...repeat, code: 'already-cancelling' }, { commandId: 'c-1', commandDigest });
    const after = tested.record({ type: 'CancelRefused', attempt: 1, rule: 'refused' });
    expect(after.takes({ type: 'CancelRequested' })).toBe(true);
    expect(decide(after, cancel, { commandId: 'c-1' })).toEqual(duplicate);
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
    const outdated = decide(order, resolve, { attemptsSeen: 1 });
    expect(outdated.answer).toEqual(rejected('cancel-in-doubt').answer);
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
          'only facts and outcomes are still recorded; find out what floods this order',
        stream,
        revision: 5,
      }),
    );
  });
});

describe('deciding a rejected command', () => {
  const started: PaymentOrderEvent = { type: 'PaymentStarted' };
  const { answer } = rejected('already-started');

  test('stores the rejection, with an id or without', () => {
    const order = orderOf(payment);
    const stored = recorded(cancel, 'already-paid', rejected('already-paid').answer);
    expect(decide(order, cancel)).toEqual(stored);
    const commandDigest = digestIn(order, cancel);
    expect(decide(order, cancel, { commandId: 'c-1' })).toEqual({ ...stored, commandDigest });
  });

  test('says of the last one that further ones are not stored', () => {
    const last = recorded(start, 'already-started', answer, true);
    expect(decide(orderOf(started), start)).toEqual(recorded(start, 'already-started', answer));
    expect(decide(orderOf(started, ...rejections(1)), start)).toEqual(last);
    expect(decide(orderOf(...failures(4)), start)).toMatchObject({
      event: { type: 'CommandRejected', isLastRecorded: true },
    });
  });

  test.each([
    ['after as many as are stored', orderOf(started, ...rejections(2)), 'already-started', 4, 2],
    ['where only facts have room', orderOf(...failures(5)), 'payment-failed', 6, 0],
  ] as const)(
    '%s, answers one without an id and stores nothing',
    (_, order, code, events, held) => {
      expect(decide(order, start)).toEqual(rejected(code));
      expect(() => decide(order, start, { commandId: 'c-1' })).toThrow(
        expect.objectContaining({
          code: 'stream-full',
          message:
            `stream ${stream} holds ${events} events, ${held} of them rejected commands, and has no ` +
            `room for another: this one (${code}) is not recorded, so its id gets no answer; ` +
            'look at the order, and find out who repeats what it does not allow',
          ...{ stream, revision: events - 1 },
        }),
      );
    },
  );

  test('still accepts what the machine takes after as many rejections as are stored', () => {
    const full = orderOf(...rejections(2));
    expect(decide(full, cancel, { commandId: 'c-1' })).toMatchObject({ answer: accepted });
  });

  test('still answers the repeat of one that was stored, whatever room there is', () => {
    const { tested } = testedOf([started, ...rejections(1)]);
    const commandDigest = digestIn(tested.order, start);
    const [rejection] = rejections(1);
    if (rejection === undefined) throw new Error('one was asked for');
    const full = tested.record(rejection, { commandId: 'c-1', commandDigest });
    expect(decide(full, start, { commandId: 'c-1' })).toEqual(rejected('already-started'));
  });

  test('stores a thousand by default', () => {
    const decision = decideCommand(orderOf(payment), orderNo, cancel, {});
    expect(decision.kind).toBe('append');
    expect(streamLimits).toEqual({
      streamEventsMax: 10_000,
      keptForFacts: 100,
      keptForOperators: 400,
      rejectionsMax: 1_000,
    });
  });
});
