import { describe, expect, test } from 'vitest';
import { reportDataOf } from '../../src/report/report-data-of.ts';
import { aHistory } from '../timeline/histories.ts';
import type { EventGiven } from '../timeline/histories.ts';

const created: EventGiven = [
  'PaymentOrderCreated',
  { orderNo: 'O1', processBillNo: 'F1' },
  'created',
];
const due: EventGiven = ['CancelRetryDue', {}, 'cancelling.requesting'];

function answered(attempt: number, answer: Readonly<Record<string, unknown>> = {}): EventGiven {
  const data = { attempt, rule: 'dns-failed', retryInMs: attempt * 1_000, ...answer };
  return ['CancelNotExecuted', data, 'cancelling.backingOff'];
}

/** A cancel and calls made by the timer; each is answered as given. */
function calls(answers: readonly Readonly<Record<string, unknown>>[]): readonly EventGiven[] {
  return answers.flatMap((answer, index) => [
    index === 0 ? (['CancelRequested', {}, 'cancelling.requesting'] as const) : due,
    answered(index + 1, answer),
  ]);
}

const runsIn = (given: readonly EventGiven[]) =>
  reportDataOf(aHistory([created, ...given]), {}).runs;

const alike = Array.from({ length: 5 }, () => ({}));

describe('calls alike', () => {
  test('are one run by their answers, and another by their events', () => {
    expect(runsIn(calls(alike))).toEqual({
      calls: [{ first: 0, last: 4 }],
      // The first call was asked for by a person.
      events: [{ calls: { first: 1, last: 4 }, first: 3, last: 10 }],
    });
  });

  test('are not a run where they are fewer than four', () => {
    expect(runsIn(calls(alike.slice(0, 3)))).toEqual({ calls: [], events: [] });
    expect(runsIn(calls(alike.slice(0, 4)))).toEqual({
      calls: [{ first: 0, last: 3 }],
      events: [],
    });
  });

  test.each([
    ['rule', { rule: 'connection-refused' }],
    ['response code', { responseCode: '004' }],
    ['message', { responseMsg: 'x' }],
    ['HTTP status', { httpStatus: 500 }],
    ['time of sending', { sentAt: '2026-11-23T02:02:05.000Z' }],
  ])('end where one differs in its %s', (_, answer) => {
    const given = calls([...alike, answer, ...alike]);
    expect(runsIn(given)).toEqual({
      calls: [
        { first: 0, last: 4 },
        { first: 6, last: 10 },
      ],
      events: [
        { calls: { first: 1, last: 4 }, first: 3, last: 10 },
        { calls: { first: 6, last: 10 }, first: 13, last: 22 },
      ],
    });
  });

  test('end in the timeline where another event stands between them', () => {
    const given = calls([...alike, ...alike]).toSpliced(10, 0, [
      'CommandRejected',
      { command: 'RequestCancel', code: 'already-cancelling' },
      'cancelling.backingOff',
    ]);
    expect(runsIn(given)).toEqual({
      calls: [{ first: 0, last: 9 }],
      events: [
        { calls: { first: 1, last: 4 }, first: 3, last: 10 },
        { calls: { first: 5, last: 9 }, first: 12, last: 21 },
      ],
    });
  });

  test('end where one leads elsewhere', () => {
    const given: readonly EventGiven[] = [
      ...calls(alike),
      due,
      [
        'CancelNotExecuted',
        { attempt: 6, rule: 'dns-failed', retryInMs: null },
        'cancelling.needsReview',
      ],
    ];
    expect(runsIn(given)).toEqual({
      calls: [{ first: 0, last: 5 }],
      events: [{ calls: { first: 1, last: 4 }, first: 3, last: 10 }],
    });
  });

  test('hide no reason of a person who asked for a call', () => {
    const given = calls(alike).map((event, place): EventGiven => {
      const note = `reason ${place}`;
      return event === due ? ['CancelRetryRequested', { note }, 'cancelling.requesting'] : event;
    });
    expect(runsIn(given)).toEqual({ calls: [{ first: 0, last: 4 }], events: [] });
  });

  test('do not include a call that is in flight', () => {
    expect(runsIn([...calls(alike), due]).calls).toEqual([{ first: 0, last: 4 }]);
  });
});
