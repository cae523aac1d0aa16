import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type {
  FactType,
  OutcomeEvent,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import { Deduplication } from '../../src/history/deduplication.ts';
import type { HistoryEvent } from '../../src/history/event.ts';

type Seen = PaymentOrderEvent<FactType> | OutcomeEvent;

/** A ledger reads the event and two fields of its metadata, nothing else. */
const stored = (event: PaymentOrderEvent, metadata: object = {}) =>
  ({ stream: 'paymentOrder-O1', revision: 1, event, metadata }) as unknown as HistoryEvent;

const ledgerOf = (...events: HistoryEvent[]): Deduplication =>
  events.reduce((before, event) => before.after(event), new Deduplication('O1'));

const payment: PaymentOrderEvent<'PaymentSucceeded'> = {
  ...{ type: 'PaymentSucceeded', factId: 'N1', transactionNo: 'T1' },
  ...{ amountMinor: 100, currency: 'CNY' },
};
const failure = { type: 'PaymentFailed', factId: 'N1', code: 'E1' } as const;
const closing = { type: 'ClosedAtGateway', factId: 'N1', code: 'E1', cause: 'expired' } as const;
const evidence = { attempt: 1, rule: 'tried', nonce: 'n', requestId: 'r', answerSha256: 'a' };
const outcomes = [
  'CancelConfirmed',
  'CancelRefused',
  'CancelNotExecuted',
  'CancelBlocked',
  'CancelOutcomeUnknown',
].map((type) => ({ type, ...evidence }) as OutcomeEvent);

describe('recognising a fact or an outcome', () => {
  test('has seen it once it was recorded', () => {
    for (const event of [payment, failure, closing, ...outcomes]) {
      expect(ledgerOf().seenAt(event), event.type).toBeUndefined();
      expect(ledgerOf(stored(event)).seenAt(event), event.type).toBe(1);
    }
  });

  test('takes any other content for another fact or outcome', () => {
    const others: readonly (readonly [Seen, object])[] = [
      ...[{ factId: 'N2' }, { transactionNo: 'T2' }, { amountMinor: 101 }, { currency: 'USD' }].map(
        (change) => [payment, change] as const,
      ),
      ...[{ factId: 'N2' }, { code: 'E2' }].map((change) => [failure, change] as const),
      ...[{ factId: 'N2' }, { code: 'E2' }, { cause: 'unstated' }].map(
        (change) => [closing, change] as const,
      ),
      ...outcomes.flatMap((outcome) =>
        [
          { attempt: 2 },
          { rule: 'x' },
          { nonce: 'x' },
          { requestId: 'x' },
          { answerSha256: 'x' },
        ].map((change) => [outcome, change] as const),
      ),
    ];
    for (const [event, change] of others) {
      // One field of the event, changed to another value of its type.
      const other = { ...event, ...change };
      expect(ledgerOf(stored(event)).seenAt(other), JSON.stringify(other)).toBeUndefined();
    }
    const all = ledgerOf(...[payment, failure, closing, ...outcomes].map((event) => stored(event)));
    expect(all.seenAt({ ...outcomes[0], attempt: 3 } as Seen)).toBeUndefined();
  });

  test('takes the same characters in other fields for another fact', () => {
    const pairs: readonly (readonly [Seen, Seen])[] = [
      [
        { ...payment, transactionNo: 'T1', amountMinor: 12 },
        { ...payment, transactionNo: 'T11', amountMinor: 2 },
      ],
      [
        { ...failure, factId: 'N', code: '1E' },
        { ...failure, factId: 'N1', code: 'E' },
      ],
      [
        { ...closing, factId: 'N', code: '1E' },
        { ...closing, factId: 'N1', code: 'E' },
      ],
      ...outcomes.map(
        (outcome) =>
          [
            { ...outcome, nonce: 'ab', requestId: 'c' },
            { ...outcome, nonce: 'a', requestId: 'bc' },
          ] as const,
      ),
    ];
    for (const [one, other] of pairs) {
      expect(ledgerOf(stored(one)).seenAt(other), JSON.stringify(other)).toBeUndefined();
    }
  });

  test('takes the same content of another type for another fact', () => {
    for (const [index, outcome] of outcomes.entries()) {
      const others = outcomes.toSpliced(index, 1);
      const deduplication = ledgerOf(...others.map((other) => stored(other)));
      expect(deduplication.seenAt(outcome)).toBeUndefined();
    }
  });

  test('takes an absent field and an empty or unstated one for the same', () => {
    const bare: readonly (readonly [Seen, Seen])[] = [
      [
        { type: 'ClosedAtGateway', factId: 'N1' },
        { type: 'ClosedAtGateway', factId: 'N1', cause: 'unstated' },
      ],
      [
        { type: 'PaymentSucceeded', transactionNo: 'T1' },
        { type: 'PaymentSucceeded', transactionNo: 'T1', factId: 'T1' },
      ],
      [
        { type: 'PaymentFailed', factId: 'N1' },
        { type: 'PaymentFailed', factId: 'N1', code: '' },
      ],
      [
        { type: 'CancelRefused', attempt: 1, rule: 'tried' },
        {
          type: 'CancelRefused',
          attempt: 1,
          rule: 'tried',
          nonce: '',
          requestId: '',
          answerSha256: '',
        },
      ],
    ];
    for (const [one, other] of bare) {
      expect(ledgerOf(stored(one)).seenAt(other)).toBe(1);
      expect(ledgerOf(stored(other)).seenAt(one)).toBe(1);
    }
  });
});

describe('recognising a command', () => {
  const [commandId, commandDigest] = ['c-1', 'd'.repeat(64)];
  const started = { type: 'PaymentStarted' } as const;
  const rejected: PaymentOrderEvent = {
    ...{ type: 'CommandRejected', command: 'StartPayment', code: 'already-paid' },
  };

  test('remembers a command id with its digest, and whether the command was rejected', () => {
    const accepted = ledgerOf(stored(started, { commandId, commandDigest }));
    expect(accepted.command(commandId)).toEqual({ digest: commandDigest, rejection: null });
    expect(accepted.command('c-2')).toBeUndefined();
    const refused = ledgerOf(stored(rejected, { commandId, commandDigest }));
    expect(refused.command(commandId)).toEqual({
      digest: commandDigest,
      rejection: 'already-paid',
    });
  });

  test('remembers no command id without a digest, and no digest without an id', () => {
    expect(ledgerOf(stored(started, { commandId })).command(commandId)).toBeUndefined();
    expect(ledgerOf(stored(started, { commandDigest })).command('undefined')).toBeUndefined();
  });

  test('counts rejected commands, with an id or without', () => {
    const deduplication = ledgerOf(
      stored(started),
      stored(rejected),
      stored(rejected, { commandId }),
    );
    expect(deduplication.rejections).toBe(2);
    expect(ledgerOf(stored(started)).rejections).toBe(0);
  });
});

describe('what is recognised after an event', () => {
  const [commandId, commandDigest] = ['c-1', 'd'.repeat(64)];
  const said: readonly (readonly [PaymentOrderEvent, object])[] = [
    ...[payment, failure, closing, ...outcomes].map((event) => [event, {}] as const),
    [{ type: 'PaymentStarted' }, { commandId, commandDigest }],
    [
      { type: 'CommandRejected', command: 'StartPayment', code: 'c' },
      { commandId, commandDigest },
    ],
    [{ type: 'CommandRejected', command: 'StartPayment', code: 'c' }, {}],
    [failure, { noticeId: 'n-1' }],
    [payment, { noticeId: 'n-2' }],
  ];
  const asked = [payment, failure, closing, ...outcomes] as const;
  /** Everything that can be asked. */
  const allOf = (one: Deduplication) => ({
    rejections: one.rejections,
    command: one.command(commandId),
    seen: asked.map((event) => one.seenAt(event)),
    notices: ['n-1', 'n-2'].map((id) => one.notice(id)),
  });
  type Said = readonly (typeof said)[number][];
  /** By the last event that says it. */
  const naive = (events: Said) => {
    const at = (isIt: (event: PaymentOrderEvent, metadata: object) => boolean) => {
      const revision = events.findLastIndex(([event, metadata]) => isIt(event, metadata));
      return revision < 0 ? undefined : revision;
    };
    const told = at((_, metadata) => 'commandId' in metadata);
    const event = told === undefined ? undefined : events[told]?.[0];
    return {
      rejections: events.filter(([{ type }]) => type === 'CommandRejected').length,
      command: event && {
        digest: commandDigest,
        rejection: event.type === 'CommandRejected' ? event.code : null,
      },
      seen: asked.map((other) => at((one) => one === other)),
      notices: ['n-1', 'n-2'].map((id) => {
        const revision = at((_, metadata) => 'noticeId' in metadata && metadata.noticeId === id);
        return revision === undefined ? undefined : { revision, hash: `h${revision}` };
      }),
    };
  };

  test('stays what it was, whatever is recorded later, in one history or in several', () => {
    // Each event follows one of the histories that are there already, and makes another one.
    const grown = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...said)), { maxLength: 60 });
    const property = fc.property(grown, (steps) => {
      const histories: { readonly events: Said; readonly ours: Deduplication }[] = [
        { events: [], ours: ledgerOf() },
      ];
      for (const [number, next] of steps) {
        const before = histories[number % histories.length];
        if (before === undefined) throw new TypeError('there is always one');
        const [event, metadata] = next;
        const [events, revision] = [[...before.events, next], before.events.length];
        const whole = { ...stored(event, { ...metadata, hash: `h${revision}` }), revision };
        histories.push({ events, ours: before.ours.after(whole) });
      }
      for (const { events, ours } of histories) expect(allOf(ours)).toEqual(naive(events));
    });
    fc.assert(property, { numRuns: 500 });
  });
});
