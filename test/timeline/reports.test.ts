import { describe, expect, test } from 'vitest';
import { attemptsOf, timelineOf } from '../../src/dispute.ts';
import { answersTo } from '../report/said.ts';
import { aHistory } from './histories.ts';
import type { EventGiven } from './histories.ts';

const created: EventGiven = [
  ...(['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'] as const),
];
const requested: EventGiven = ['CancelRequested', {}, 'cancelling.requesting'];
const unknown: EventGiven = [
  'CancelOutcomeUnknown',
  { attempt: 1, rule: 'answer-timeout', sentAt: '2026-11-23T02:02:05.000Z', retryInMs: 5_000 },
  'cancelling.inDoubt',
];
const http = { httpStatus: 200, responseCode: '000', responseMsg: 'success', requestId: 'q-1' };

/** Asked after the newest event of a history of so many events. */
function report(
  status: string,
  to: string,
  asked: { readonly after: number; readonly attempts?: number; readonly conclusive?: boolean },
  more: Readonly<Record<string, unknown>> = http,
): EventGiven {
  const { after, attempts = 1, conclusive = false } = asked;
  const data = { status, rule: status, attempts, conclusive, headRevision: after - 1, ...more };
  return ['StatusReported', data, to];
}

const sentences = (given: readonly EventGiven[]) =>
  [...timelineOf(aHistory(given))].map(({ sentence }) => sentence);

describe('a doubt that a question ended', () => {
  const ended = [created, requested, unknown, report('canceled', 'cancelled', { after: 3 })];

  test('reads as one: when it is asked, and what was answered', () => {
    const [, , doubt, answer] = sentences(ended);
    expect(doubt?.en).toMatch(
      /by rule: no answer in time \(answer-timeout\) · .*asked again in 5 s$/,
    );
    expect(answer).toEqual({
      en: 'The platform was asked, and reported the order closed · status canceled · HTTP 200 · code 000',
      'zh-CN': '经查询，平台答复已关闭 · 状态 canceled · HTTP 200 · 响应码 000',
    });
  });

  test('has lasted until then, and the evidence of the question is among the answers', () => {
    const [attempt] = attemptsOf(aHistory(ended));
    expect(attempt).toMatchObject({ outcome: 'settled', inDoubt: { until: { revision: 3 } } });
    expect(answersTo(ended, 'answer')).toEqual([
      'Call 1, outcome at 02:02:06: no answer in time; later the platform said how the order ended.',
      'The platform was asked at 02:02:07: the order is closed.',
    ]);
    expect(answersTo(ended, 'knew')).toEqual([
      'The platform reported the order closed: we knew at 02:02:07, when we asked.',
      'Call 1 was in doubt from 02:02:06 to 02:02:07 (1 s).',
    ]);
  });
});

describe('a doubt that `pending` ended, and a refusal brought back', () => {
  const pending = { after: 4, conclusive: true };
  const story: readonly EventGiven[] = [
    ...[created, requested, unknown],
    report('pending', 'cancelling.inDoubt', { after: 3 }, { retryInMs: 15_000 }),
    report('pending', 'cancelling.backingOff', pending, { retryInMs: 1_000 }),
    ['CancelRetryDue', {}, 'cancelling.requesting'],
    ['CancelRefused', { attempt: 2, rule: 'refused' }, 'cancelling.inDoubt'],
    report('canceled', 'cancelled', { after: 7, attempts: 2 }),
  ];

  test('says what each answer proves, and what follows it', () => {
    const [, , , early, late] = sentences(story);
    expect(early?.en).toMatch(/ · an attempt could still take effect · asked again in 15 s$/);
    expect(late?.en).toMatch(/ · no attempt could take effect any more · next attempt in 1 s$/);
    expect(late?.['zh-CN']).toMatch(/ · 先前的请求已不可能再生效 · 1 秒后再次请求$/);
  });

  test('is over in between, and reads as one doubt at the end', () => {
    const history = aHistory(story);
    const doubtAfter = (events: number) => attemptsOf(history.slice(0, events))[0];
    expect(doubtAfter(5)).toMatchObject({
      outcome: 'not-seen',
      inDoubt: { until: { revision: 4 } },
    });
    expect(doubtAfter(7)).toMatchObject({ outcome: 'unknown', inDoubt: { until: null } });
    expect(doubtAfter(8)).toMatchObject({
      outcome: 'settled',
      inDoubt: { until: { revision: 7 } },
    });
  });
});

describe('a payment that only the platform reported', () => {
  const money = { amount: '128.00', amountMinor: 12_800, currency: 'CNY' };
  const sent = { sentAt: '2026-11-23T02:02:05.000Z', durationMs: 9 };
  const paid: readonly EventGiven[] = [
    ...[created, requested],
    ['CancelRefused', { attempt: 1, rule: 'refused', ...sent }, 'created'],
    report('succeeded', 'paid', { after: 3 }, money),
  ];

  test('shows its amount once, and as it was written where it cannot be read', () => {
    expect(sentences(paid)[3]?.en).toBe(
      'The platform was asked, and reported the order paid · status succeeded · 128.00 CNY',
    );
    const odd = report('succeeded', 'paid', { after: 1 }, { amount: '1,28' });
    expect(sentences([created, odd])[1]?.en).toContain('amount as written 1,28');
  });

  test('is named where the call is compared with the money, and its time is not guessed', () => {
    expect(answersTo(paid, 'order')).toEqual([
      'The platform reported the order paid 2 s after call 1 (sent 02:02:05), and did not say when it was.',
    ]);
    expect(answersTo(paid, 'knew')[0]).toMatch(/reported the order paid: we knew at 02:02:07/);
  });

  test('gives way to the notice that says when', () => {
    const payment = { transactionNo: 'T1', amountMinor: 12_800, currency: 'CNY' };
    const told: EventGiven = ['PaymentSucceeded', payment, 'paid', { occurredBefore: 60_000 }];
    expect(answersTo([...paid, told], 'order')).toEqual([
      'The money (128.00 CNY) had moved 57 s before call 1 (sent 02:02:05), and we learned it 2 s after the call, ' +
        'by asking the platform.',
    ]);
  });
});

describe('a question that taught nothing', () => {
  test('is a failure, an answer all the same, and nothing that we knew', () => {
    const asked = report('unknown', 'created', { after: 1 }, { rule: 'status-missing' });
    const story = [created, asked, report('pending', 'created', { after: 2, attempts: 0 })];
    const entries = [...timelineOf(aHistory(story))];
    expect(entries.map(({ isFailure }) => isFailure)).toEqual([false, true, false]);
    expect(entries[1]?.sentence.en).toMatch(
      /nothing was learned · status unknown · .*by rule: the answer has no status \(status-/,
    );
    expect(entries[2]?.sentence.en).toMatch(
      /payment still open · status pending · HTTP 200 · code 000$/,
    );
    expect(answersTo(story, 'knew')).toEqual([]);
    expect(answersTo(story, 'answer')).toHaveLength(2);
  });

  test('is named even where its stored status is damaged', () => {
    const odd = report('constructor', 'created', { after: 1 });
    expect(sentences([created, odd])[1]?.en).toMatch(
      /^The platform was asked how the order stands/,
    );
  });
});
