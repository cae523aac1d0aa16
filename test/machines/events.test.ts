import { describe, expect, test } from 'vitest';
import {
  eventSchemas,
  hasRole,
  isEventType,
  reportedStatuses,
} from '../../machines/payment-order.events.ts';
import type { EventRole, EventType } from '../../machines/payment-order.events.ts';

const numbers = { orderNo: 'O1', processBillNo: 'F1' };
const outcome = { attempt: 1, rule: 'tried' };
const resolution = { resolution: 'open', evidence: 'bill', by: 'operator-1' };
const asked = { conclusive: false, attempts: 0, headRevision: 0 };
const report = { status: 'pending', rule: 'pending', ...asked };
const acknowledged = { number: 1, by: 'operator-1' };
const rejected = { command: 'StartPayment', code: 'already-paid' };

/** The least that an event of each type says. */
const least: Readonly<Record<EventType, object>> = {
  PaymentOrderCreated: numbers,
  PaymentStarted: {},
  PaymentSucceeded: {},
  PaymentFailed: {},
  PaymentDeclined: {},
  PaymentRefunded: { refundNo: 'R1', amountMinor: 0, currency: 'CNY' },
  StatusReported: report,
  ClosedAtGateway: {},
  CancelRequested: {},
  CancelConfirmed: outcome,
  CancelRefused: outcome,
  CancelNotExecuted: outcome,
  CancelBlocked: outcome,
  CancelOutcomeUnknown: outcome,
  CancelRetryDue: {},
  CancelRetryRequested: {},
  CancelAbandoned: {},
  CancelResolved: resolution,
  FactRetracted: { revision: 1, evidence: 'bill', by: 'operator-1' },
  AnomalyAcknowledged: acknowledged,
  CommandRejected: rejected,
};

const takes = (type: EventType, data: object): boolean =>
  eventSchemas[type].safeParse({ ...least[type], ...data }).success;

const types = Object.keys(least) as EventType[];

const characters = (count: number) => '取'.repeat(count);
const longestNumber = `O${'-_aZ09'.repeat(6).slice(0, 31)}`;
const longestId = `T${'_.:@-aZ09/余 +='.repeat(20).slice(0, 127)}`;
const hash = '0123456789abcdef'.repeat(4);
const free = (max: number) => ({
  good: ['', characters(max)],
  bad: [characters(max + 1), '\udc00', 1],
});
const said = { good: ['x', characters(2_048)], bad: ['', characters(2_049), '\udc00', null] };
const ids = {
  good: [
    ...['T', longestId, '-T', 'T 1', 'Ｔ', '余额不足', '51 : Insufficient funds', '2026/11/29+='],
    ...['张三', '\u200b', '😀'],
  ],
  bad: [
    ...['', `${longestId}x`, `${longestId.slice(0, 127)}😀`, 'T\n', '\0', '\u0085', '\ud800'],
    ...['\u061c', '\u200e', '\u200f', '\u2028', '\u2029', '\u202a', '\u202e', '\u2066', '\u2069'],
    ...[7, null],
  ],
};

type Edges = { readonly good: readonly unknown[]; readonly bad: readonly unknown[] };

const evidenceOfCall: Readonly<Record<string, Edges>> = {
  rule: {
    good: ['a', '4xx', `a${'9-'.repeat(31)}z`],
    bad: ['', '-a', 'A', 'a b', `a${'b'.repeat(64)}`],
  },
  sentAt: {
    good: ['2026-11-23T02:02:03.004Z'],
    bad: ['2026-11-23T02:02:03Z', '2026-02-30T02:02:03.004Z'],
  },
  durationMs: { good: [0, 2.5], bad: [-1, '0', NaN] },
  httpStatus: { good: [100, 999], bad: [99, 1_000, 200.5] },
  requestId: free(128),
  responseCode: free(64),
  responseMsg: free(512),
  nonce: free(64),
  timestamp: { good: [0, 1], bad: [-1, 0.5] },
  requestSha256: {
    good: [hash],
    bad: [hash.slice(1), `${hash}0`, hash.toUpperCase(), `${hash}\n`],
  },
  answerSha256: { good: [hash], bad: [hash.slice(1), `${hash}0`, hash.toUpperCase()] },
  insecureTransport: { good: [true], bad: [false, 1] },
};
const evidence = { attempt: { good: [1, 2], bad: [0, 1.5, '1', null] }, ...evidenceOfCall };
const told: Readonly<Record<string, Edges>> = {
  factId: ids,
  occurredAt: evidenceOfCall['sentAt'] ?? { good: [], bad: [] },
  message: free(512),
};
const wait: Edges = { good: [0, null, 31_536_000_000], bad: [-1, 31_536_000_001, 0.5, '1'] };
const deadline: Edges = { good: [1, 86_400_000], bad: [0, 86_400_001, 0.5, '1', null] };

/** Values at the edges of each field, by type. */
const edges: Readonly<Partial<Record<EventType, Readonly<Record<string, Edges>>>>> = {
  PaymentOrderCreated: {
    orderNo: {
      good: ['O', longestNumber],
      bad: ['', `${longestNumber}x`, '-O', '_O', 'O.1', 'Ａ1', 'O\n'],
    },
    processBillNo: { good: ['F', longestNumber], bad: ['', `${longestNumber}x`, '@F', null] },
  },
  PaymentSucceeded: { ...told, transactionNo: ids },
  PaymentFailed: { ...told, code: ids },
  PaymentDeclined: { ...told, transactionNo: ids, code: ids },
  PaymentRefunded: {
    ...{ ...told, refundNo: ids, transactionNo: ids },
    amountMinor: { good: [0, 1, Number.MAX_SAFE_INTEGER], bad: [-1, 0.5, '1', 2 ** 53] },
    currency: { good: ['CNY'], bad: ['cny', 'CNYX', ''] },
  },
  StatusReported: {
    ...evidenceOfCall,
    status: { good: [...reportedStatuses], bad: ['cancelled', 'CLOSED', '', null] },
    ...{ amount: free(64), amountCurrency: free(64), payChannel: free(64) },
    conclusive: { good: [true, false], bad: ['true', 1, null] },
    attempts: { good: [0, 9_999], bad: [-1, 0.5, '1', null] },
    headRevision: { good: [0, 9_999], bad: [-1, 0.5, '1', null] },
    retryInMs: wait,
  },
  FactRetracted: {
    revision: { good: [0, 9_999], bad: [-1, 0.5, '1'] },
    ...{ evidence: said, by: ids },
  },
  ClosedAtGateway: {
    ...told,
    code: ids,
    cause: {
      good: ['expired', 'closed-by-platform', 'closed-by-channel', 'unstated'],
      bad: ['', 'closed', null],
    },
  },
  CancelRequested: { reason: free(512), attemptDeadlineMs: deadline },
  CancelRetryDue: { attemptDeadlineMs: deadline },
  CancelConfirmed: { ...evidence, retryInMs: { good: [], bad: wait.good } },
  CancelRefused: { ...evidence, retryInMs: wait },
  CancelNotExecuted: { ...evidence, retryInMs: wait },
  CancelBlocked: { ...evidence, retryInMs: { good: [null], bad: [0, 1, '1'] } },
  CancelOutcomeUnknown: { ...evidence, retryInMs: wait },
  CancelRetryRequested: { note: said, attemptDeadlineMs: deadline },
  CancelAbandoned: { note: said },
  CancelResolved: {
    resolution: { good: ['cancelled', 'paid', 'failed', 'open'], bad: ['', 'refunded', null] },
    evidence: said,
    by: ids,
  },
  AnomalyAcknowledged: { number: { good: [1, 99], bad: [0, 1.5, '1'] }, by: ids, note: said },
  CommandRejected: {
    command: {
      good: ['A', `A${'aZ'.repeat(31)}a`],
      bad: ['', 'a', 'A1', `A${'a'.repeat(64)}`, 'A\n'],
    },
    code: { good: ['a', `a${'-z'.repeat(31)}z`], bad: ['', '-a', 'A', 'a1', `a${'a'.repeat(64)}`] },
    reason: free(512),
    isLastRecorded: { good: [true], bad: [false, 1] },
  },
};

describe('the data of a stored event', () => {
  test.each(types)('requires the fields of type %s, and refuses unknown ones', (type) => {
    expect(isEventType(type)).toBe(true);
    expect(takes(type, {})).toBe(true);
    expect(takes(type, { result: true })).toBe(false);
    for (const field of Object.keys(least[type])) {
      expect(takes(type, { [field]: undefined }), field).toBe(false);
    }
  });

  const rows = Object.entries(edges).flatMap(([type, fields]) =>
    Object.entries(fields).map(([field, of]) => [type as EventType, field, of] as const),
  );

  test.each(rows)(
    'takes for type %s a %s up to its limits, and nothing beyond',
    (type, field, of) => {
      for (const value of of.good)
        expect(takes(type, { [field]: value }), String(value)).toBe(true);
      for (const value of of.bad)
        expect(takes(type, { [field]: value }), String(value)).toBe(false);
    },
  );

  test('has a type by its own name alone', () => {
    for (const type of ['', 'toString', '__proto__', 'paymentFailed']) {
      expect(isEventType(type)).toBe(false);
    }
  });

  test.each<[EventRole, readonly string[]]>([
    [
      'fact',
      [
        ...['PaymentSucceeded', 'PaymentFailed', 'PaymentDeclined', 'PaymentRefunded'],
        'ClosedAtGateway',
      ],
    ],
    ['report', ['StatusReported']],
    ['beginsAttempt', ['CancelRequested', 'CancelRetryDue', 'CancelRetryRequested']],
    [
      'outcome',
      [
        'CancelConfirmed',
        'CancelRefused',
        'CancelNotExecuted',
        'CancelBlocked',
        'CancelOutcomeUnknown',
      ],
    ],
    [
      'decidedByOperator',
      [
        ...['CancelRetryRequested', 'CancelAbandoned', 'CancelResolved', 'FactRetracted'],
        'AnomalyAcknowledged',
      ],
    ],
  ])('plays the role %s by its type alone', (role, expected) => {
    expect(types.filter((type) => hasRole(type, role))).toEqual(expected);
    expect(hasRole('PaymentUndone', role)).toBe(false);
  });

  test("gives the cause 'unstated' to a closing without one", () => {
    expect(eventSchemas.ClosedAtGateway.parse({})).toEqual({ cause: 'unstated' });
  });

  const problem = (type: EventType, data: object) =>
    eventSchemas[type].safeParse({ ...least[type], ...data }).error?.issues[0];

  test.each([
    ['PaymentOrderCreated', 'orderNo', '-', 'must be 1 to 32 of A-Z a-z 0-9 _ -, no dash first'],
    [
      'PaymentSucceeded',
      'factId',
      'a\nb',
      'must be 1 to 128 characters, none of them a control or a mark of direction',
    ],
    ['CancelRequested', 'reason', characters(513), 'must have at most 512 characters'],
    ['PaymentSucceeded', 'currency', 'cny', 'must be an ISO 4217 code such as CNY'],
    [
      'CancelRequested',
      'reason',
      '\ud800',
      'must be well-formed Unicode (a lone surrogate is not)',
    ],
    ['CancelAbandoned', 'note', characters(2_049), 'must have at most 2048 characters'],
    ['CancelAbandoned', 'note', '', 'must not be empty'],
  ] as const)('of type %s says what is wrong with a %s', (type, field, value, message) => {
    expect(problem(type, { [field]: value })).toMatchObject({ path: [field], message });
  });
});

describe('amounts', () => {
  test.each(['PaymentOrderCreated', 'PaymentSucceeded'] as const)(
    'take for %s a safe integer with its currency, or neither',
    (type) => {
      const refused = [2 ** 53, Number('1e400'), NaN, -1, 12.5, ' 12', '12', null];
      for (const amountMinor of refused) {
        expect(takes(type, { amountMinor, currency: 'CNY' }), String(amountMinor)).toBe(false);
      }
      for (const amountMinor of [1, Number.MAX_SAFE_INTEGER]) {
        expect(takes(type, { amountMinor, currency: 'CNY' })).toBe(true);
      }
      for (const currency of ['cny', 'CN', 'CNYX', '', 'ＣＮＹ']) {
        expect(takes(type, { amountMinor: 1, currency }), currency).toBe(false);
      }
      for (const half of [{ amountMinor: 1 }, { currency: 'CNY' }]) {
        const { error } = eventSchemas[type].safeParse({ ...least[type], ...half });
        expect(error?.issues[0]).toMatchObject({
          path: ['amountMinor'],
          message: 'must be given together with currency',
        });
      }
    },
  );
});

test('an amount of 0 is taken from a channel, and not for an order', () => {
  expect(takes('PaymentSucceeded', { amountMinor: 0, currency: 'CNY' })).toBe(true);
  expect(takes('PaymentOrderCreated', { amountMinor: 0, currency: 'CNY' })).toBe(false);
});

describe('an order number', () => {
  test('refuses text that could escape a path, a shell or a reader', () => {
    const hostile = [
      ...['..', '.', '%2e%2e', '../../x', 'a\0b', 'a\nb', '$all', '$$x', '\ud800', 'Ａ１'],
      ...['e\u0301', 'a\u200bb', '', 'x'.repeat(33), '-rf', '@file', '__proto__'],
    ];
    for (const orderNo of hostile) {
      expect(takes('PaymentOrderCreated', { orderNo }), orderNo).toBe(false);
    }
    expect(takes('PaymentOrderCreated', { orderNo: 'O20201109150635695000001' })).toBe(true);
  });
});
