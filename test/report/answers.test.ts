import { describe, expect, test } from 'vitest';
import { timelineOf } from '../../src/dispute.ts';
import type { DisputeEvent } from '../../src/dispute.ts';
import { knownAlong } from '../../src/history/recorded-steps.ts';
import { answersOf } from '../../src/report/answers/answers.ts';
import type { Answers } from '../../src/report/answers/types.ts';
import { knownAtEnd } from '../../src/report/known-at-end.ts';
import { reportDataOf } from '../../src/report/report-data-of.ts';
import { apartAsShown } from '../../src/report/times.ts';
import { attemptsAlong } from '../../src/timeline/attempts.ts';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { viewsOf } from '../history/golden.ts';
import { aHistory } from '../timeline/histories.ts';
import type { EventGiven } from '../timeline/histories.ts';
import { answersTo } from './said.ts';

const minute = 60_000;
const money = { amountMinor: 12_800, currency: 'CNY' };
const created: EventGiven = [
  ...([
    'PaymentOrderCreated',
    { orderNo: 'O1', processBillNo: 'F1', ...money },
    'created',
  ] as const),
];
const requested: EventGiven = ['CancelRequested', {}, 'cancelling.requesting'];
const sentAt = '2026-11-23T02:30:00.000Z';
const confirmed: EventGiven = [
  ...(['CancelConfirmed', { attempt: 1, rule: 'confirmed', sentAt }, 'cancelled'] as const),
];
const unknown: EventGiven = [
  ...(['CancelOutcomeUnknown', { attempt: 1, rule: 'answer-timeout', sentAt }] as const),
  'cancelling.inDoubt',
];
const paid = (transactionNo: string, after: number, occurredBefore?: number): EventGiven => [
  ...(['PaymentSucceeded', { transactionNo, ...money }, 'paid'] as const),
  { after, ...(occurredBefore === undefined ? {} : { occurredBefore }) },
];
const resolved = (resolution: string, to: string): EventGiven => [
  ...(['CancelResolved', { resolution, evidence: 'the bill', by: 'li-si' }, to] as const),
];
const acknowledged: EventGiven = ['AnomalyAcknowledged', { number: 1, by: 'li-si' }, 'paid'];

const answers = (...given: readonly EventGiven[]): Answers => {
  const events = aHistory(given);
  const steps = [...knownAlong(events)];
  return answersOf(events, attemptsAlong(steps), knownAtEnd(steps));
};

/** The order as its service shows it. These events are JSON, and only lack a position. */
const viewOf = (events: readonly DisputeEvent[]) =>
  viewsOf(events.map((event) => ({ ...event, position: '' }) as RecordedEvent)).at(-1);

describe('was the call made before or after the money moved', () => {
  // The history begins at 02:02:04, and the call is sent at 02:30.
  const twoPayments = [
    ...[created, requested, confirmed],
    ...[paid('T2', 58 * minute - 6_000, minute), paid('T1', 120 * minute, 170 * minute)],
  ];

  test('compares every payment, by when it occurred and when we learned of it', () => {
    const [call] = answers(...twoPayments).calls;
    expect(call?.money).toMatchObject([
      { revision: 3, moved: 'after', by: 'stated', apartMs: 29 * minute },
      { revision: 4, moved: 'before', by: 'stated', apartMs: 20 * minute },
    ]);
    expect(answersTo(twoPayments, 'order')).toEqual([
      'Payment T1 (128.00 CNY) had moved 20 min before call 1 (sent 02:30:00), and we learned it ' +
        '2 h 30 min after the call; payment T2 moved 29 min after it.',
    ]);
  });

  test('takes an order that an operator found paid for money', () => {
    const given = [created, requested, unknown, resolved('paid', 'paid')];
    expect(answers(...given).calls[0]?.money).toMatchObject([{ source: 'resolved', revision: 3 }]);
    expect(answersTo(given, 'order')[0]).toMatch(/^An operator found the order paid .* call 1/);
  });

  test('does not guess a time that no source gave', () => {
    const given = [created, requested, confirmed, paid('T1', 60 * minute)];
    expect(answers(...given).calls[0]?.money).toMatchObject([{ moved: 'unclear', by: null }]);
    expect(answersTo(given, 'order')[0]).toMatch(
      /^When the money \(128.00 CNY\) moved is not known/,
    );
  });

  test('knows that money moved before a call that began after it was recorded', () => {
    const given = [created, paid('T1', 1_000), requested, confirmed];
    expect(answers(...given).calls[0]?.money).toMatchObject([{ moved: 'before', by: 'recorded' }]);
  });

  test('shows milliseconds only where they decide', () => {
    const given = (occurredBefore: number) => [
      ...[created, requested, confirmed, paid('T1', 60 * minute, occurredBefore)],
    ];
    const momentsIn = (before: number) => {
      const { findings } = reportDataOf(aHistory(given(before)), {});
      const text = findings.find(({ question }) => question === 'order')?.answers[0]?.text.en ?? [];
      return text.filter((piece) => typeof piece !== 'string');
    };
    // It was recorded at 03:02:06.
    const sinceSent = 32 * minute + 6_000;
    expect(momentsIn(sinceSent - 300)).toEqual([
      { at: sentAt, isExact: true },
      { at: '2026-11-23T02:30:00.300Z', isExact: true },
    ]);
    expect(momentsIn(sinceSent - minute)).toEqual([{ at: sentAt }]);
  });

  test('makes one answer of calls that stand alike', () => {
    const call = (attempt: number): readonly EventGiven[] => [
      ['CancelRetryDue', {}, 'cancelling.requesting'],
      [
        ...(['CancelNotExecuted', { attempt, rule: 'dns-failed' }] as const),
        'cancelling.backingOff',
      ],
    ];
    const first = ['CancelNotExecuted', { attempt: 1, rule: 'dns-failed' }] as const;
    const given = [
      created,
      requested,
      [...first, 'cancelling.backingOff'] as const,
      ...call(2),
      ...call(3),
    ];
    expect(answersTo(given, 'order')).toEqual(['Calls 1 to 3 were not sent.']);
    expect(answersTo(given, 'answer')).toEqual([
      "3 calls, the same outcome, 02:02:06 to 02:02:10: the platform's host name was not found; " +
        'the call did not run.',
    ]);
  });
});

describe('how far apart two times are', () => {
  test.each([
    [1_900, 2_100, 200],
    [1_900, 3_100, 2_000],
    [3_000, 1_999, 2_000],
    [60_999, 1_000, 59_000],
  ])('follows from the seconds that are shown: %i and %i are %i ms apart', (one, other, apart) => {
    expect(apartAsShown(one, other)).toBe(apart);
  });
});

describe('when did we know', () => {
  test('includes the answer by which the gateway confirmed a cancel', () => {
    const given = [created, requested, confirmed];
    expect(answers(...given).knowledge).toEqual([
      { revision: 2, by: 'answer', lateMs: null, retractedBy: null },
    ]);
    expect(answersTo(given, 'knew')).toEqual([
      'The platform confirmed the cancel: we knew at 02:02:06, with its answer.',
    ]);
  });

  test('says that a clock is wrong where a source gave a time after the recording', () => {
    const given = [created, paid('T1', 1_000, -120 * minute)];
    expect(answers(...given).knowledge).toMatchObject([{ lateMs: -120 * minute }]);
    expect(answersTo(given, 'knew')).toEqual([
      'The money (128.00 CNY) arrived: we recorded it at 02:02:05; its source says that it ' +
        'occurred 2 h after we recorded it, so one of the two clocks is wrong.',
    ]);
  });

  test.each([
    [826, undefined, 'we knew at 02:02:05.'],
    [826, 500, 'at 02:02:04: we knew at 02:02:05, 826 ms later.'],
    [minute, undefined, 'we knew at 02:02:05, 1 min later.'],
    [minute, 2 * minute, 'we knew at 02:02:05.'],
  ])('calls a fact of %i ms late from the threshold %s on', (lateMs, lateAfterMs, said) => {
    const [text] = answersTo([created, paid('T1', 1_000, lateMs)], 'knew', { lateAfterMs });
    expect(text).toContain(said);
    expect(text?.includes('later')).toBe(said.includes('later'));
  });
});

describe('a doubt about a call of an order that was paid', () => {
  const open = [created, requested, unknown, paid('T1', minute)];

  test('lasts while its anomaly is open, wherever somebody reads of it', () => {
    const events = aHistory(open);
    expect(answers(...open).doubts).toEqual([{ attempt: 1, from: 2, until: null }]);
    expect(answers(...open).replies).toMatchObject([{ isOpen: true }]);
    expect([...timelineOf(events)].at(-1)?.isInDoubt).toBe(true);
    expect(viewOf(events)).toMatchObject({
      state: 'paid',
      cancel: { inDoubt: true },
    });
  });

  test('ends for all of them when an operator acknowledges that', () => {
    const events = aHistory([...open, acknowledged]);
    expect(answers(...open, acknowledged).doubts).toEqual([{ attempt: 1, from: 2, until: 4 }]);
    expect([...timelineOf(events)].at(-1)?.isInDoubt).toBe(false);
    expect(viewOf(events)).toMatchObject({
      state: 'paid',
      cancel: { inDoubt: false },
    });
  });

  test('is left out where the unknown outcome itself closes the order', () => {
    const given: readonly EventGiven[] = [
      ...[created, requested, ['ClosedAtGateway', {}, 'cancelling.requesting'] as const],
      ['CancelOutcomeUnknown', { attempt: 1, rule: 'answer-timeout' }, 'cancelled'],
    ];
    expect(answers(...given).doubts).toEqual([]);
  });
});
