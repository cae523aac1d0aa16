import { describe, expect, test } from 'vitest';
import { reportDataOf } from '../../src/report/report-data-of.ts';
import { aHistory } from '../timeline/histories.ts';
import type { EventGiven } from '../timeline/histories.ts';
import { textOf, verdictOn } from './said.ts';
import { stories } from './stories.ts';
import type { StoryName } from './stories.ts';

const money = { amountMinor: 12_800, currency: 'CNY' };
const created: EventGiven = [
  ...([
    'PaymentOrderCreated',
    { orderNo: 'O1', processBillNo: 'F1', ...money },
    'created',
  ] as const),
];
const requested: EventGiven = ['CancelRequested', {}, 'cancelling.requesting'];
const unknown: EventGiven = [
  ...(['CancelOutcomeUnknown', { attempt: 1, rule: 'answer-timeout' }] as const),
  'cancelling.inDoubt',
];
const confirmed: EventGiven = ['CancelConfirmed', { attempt: 1, rule: 'confirmed' }, 'cancelled'];
const paid = (transactionNo: string): EventGiven => [
  ...(['PaymentSucceeded', { transactionNo, ...money }, 'paid'] as const),
];
const acknowledged: EventGiven = ['AnomalyAcknowledged', { number: 1, by: 'li-si' }, 'paid'];

describe('the verdict', () => {
  test('joins what happened in its order, and says that nobody has acknowledged a contradiction', () => {
    expect(verdictOn([created, requested, confirmed, paid('T1')])).toEqual({
      tone: 'bad',
      said: [
        'Customer u-7 asked to cancel at 02:02:05; the platform confirmed the cancel at 02:02:06; ' +
          'paid 128.00 CNY (T1) at 02:02:07.',
        'The payment and the cancel are both on record, and nobody has acknowledged that contradiction.',
      ],
    });
    expect(verdictOn([created, requested, confirmed, paid('T1')], 'zh-CN').said).toEqual([
      '客户 u-7 于 02:02:05 要求取消；平台于 02:02:06 确认已取消；于 02:02:07 到账 128.00 CNY（流水 T1）。',
      '到账与取消均有记录，相互矛盾，尚无人签认。',
    ]);
  });

  test('says that nothing is open once it was acknowledged', () => {
    const { tone, said } = verdictOn([created, requested, confirmed, paid('T1'), acknowledged]);
    expect([tone, said.at(-1)]).toEqual([
      ...['good', 'The contradiction was acknowledged, and nothing is open in this record.'],
    ]);
  });

  test('says what is not known while a call is in doubt, and that of a paid order too', () => {
    const doubted = [created, requested, unknown];
    expect(verdictOn(doubted)).toMatchObject({
      ...{ tone: 'doubt', said: [{}, 'Whether call 1 cancelled is not known since 02:02:06.'] },
    });
    expect(verdictOn([...doubted, paid('T1')])).toMatchObject({
      tone: 'bad',
      said: [{}, 'Whether call 1 cancelled is not known since 02:02:06, though the order is paid.'],
    });
  });

  test('counts many payments, and adds them up', () => {
    const [first] = verdictOn([created, paid('T1'), paid('T2'), paid('T3')]).said;
    expect(first).toBe('3 payments, 384.00 CNY in all, came from 02:02:05 to 02:02:07.');
  });

  test('of an order that waits for its payment says no more than that', () => {
    expect(verdictOn([created])).toEqual({
      tone: 'plain',
      said: ['The order was created at 02:02:04.', 'No money has arrived yet.'],
    });
  });

  test('claims no end where a revision is missing or cannot be read', () => {
    const whole = aHistory([created, paid('T1'), paid('T2'), paid('T1')]);
    const isUnread = (event: (typeof whole)[number]) =>
      event.revision === 2 ? { ...event, type: 'SomethingElse' } : event;
    const told = [whole.toSpliced(2, 1), whole.slice(3), whole.map(isUnread)].map((events) => {
      const { verdict, header } = reportDataOf(events, {});
      const last = textOf(verdict.sentences.at(-1)?.text.en ?? []);
      return [verdict.tone, last, header.receivedInAll];
    });
    expect(told).toEqual([
      ['plain', 'Revision 2 is missing from this history, and may change this.', null],
      ['plain', 'Revision 0 is missing from this history, and may change this.', null],
      ['plain', 'This version cannot read revision 2, which may change this.', null],
    ]);
  });

  test('claims no call where it is not recorded how the order stands', () => {
    const said = [[], aHistory([[created[0], created[1], 'elsewhere']])];
    const last = said.map((events) => reportDataOf(events, {}).verdict.sentences.at(-1));
    expect(last.map((each) => textOf(each?.text.en ?? []))).toEqual([
      'How the order stands is not recorded.',
      'How the order stands is not recorded.',
    ]);
  });

  test('names each kind of anomaly once', () => {
    const other: EventGiven = [
      ...(['PaymentSucceeded', { transactionNo: 'T2', amountMinor: 1, currency: 'CNY' }] as const),
      'paid',
    ];
    const another: EventGiven = [other[0], { ...other[1], transactionNo: 'T3' }, 'paid'];
    expect(verdictOn([created, other, another]).said[1]).toBe(
      "Nobody has acknowledged that the payment's amount differs from the order's, " +
        'nor that more than one payment was received, nor 1 more.',
    );
  });

  test('throws at no text of an altered history, and shows it escaped', () => {
    const odd: EventGiven = ['ClosedAtGateway', { cause: 'constructor' }, 'cancelled'];
    const strange = { actor: { kind: 'operator', id: 'x\u202e' } };
    const finding: EventGiven = [
      ...(['CancelResolved', { resolution: '__proto__', evidence: 7 }, 'x'] as const),
      { metadata: strange },
    ];
    const { said } = verdictOn([created, odd, finding]);
    expect(said[0]).toBe('The order was found closed at the gateway at 02:02:05.');
  });

  const tones = {
    cancelledCleanly: 'good',
    refusedAndPaid: 'good',
    inDoubtThenAsked: 'good',
    paidAfterCancel: 'bad',
    cancelledAndPaid: 'bad',
    twoLatePayments: 'bad',
    retracted: 'good',
    refunded: 'good',
    thirtyTwoCalls: 'good',
    blockedKey: 'bad',
    closedByChannel: 'good',
    hostileReason: 'good',
  } as const satisfies Readonly<Record<StoryName, string>>;

  test('says that a request to cancel was not accepted, where none was', () => {
    const given: readonly EventGiven[] = [
      created,
      ['PaymentSucceeded', { transactionNo: 'T1', ...money }, 'paid'],
      ['CommandRejected', { command: 'RequestCancel', code: 'already-paid' }, 'paid'],
    ];
    expect(verdictOn(given).said[0]).toMatch(
      /customer u-7 asked to cancel at .*, which was not accepted\.$/,
    );
  });

  test.each(Object.entries(tones))(
    'of the story %s is short, and as bad as it is',
    (name, tone) => {
      // The keys are those of the stories, by the type above.
      const { verdict } = reportDataOf(stories[name as StoryName], {});
      expect(verdict.tone).toBe(tone);
      expect(verdict.sentences.length).toBeLessThanOrEqual(3);
      for (const { text } of verdict.sentences) {
        expect(textOf(text.en).length).toBeLessThan(200);
        expect(textOf(text.en)).toMatch(/^[A-Z0-9].*[^.]\.$/);
        expect(textOf(text['zh-CN'])).toMatch(/[^。]。$/);
      }
    },
  );
});
