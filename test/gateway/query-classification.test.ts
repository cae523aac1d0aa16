import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callRules } from '../../src/gateway/call-classification.ts';
import {
  billRules,
  classifyBill,
  classifyQuery,
  queryRules,
} from '../../src/gateway/query-classification.ts';
import type { Reported, ReportedBill, SeenQuery } from '../../src/gateway/query-classification.ts';

const answered = (responseCode: string, reported: Reported, httpStatus = 200) => {
  const [phase, body] = ['answered', 'envelope'] as const;
  return { phase, body, httpStatus, responseCode, reported, maybeSentTwice: false };
};

const statusOf: Readonly<Record<Reported, string>> = {
  'data-missing': 'unknown',
  'data-not-an-object': 'unknown',
  'order-missing': 'unknown',
  'order-differs': 'unknown',
  'status-missing': 'unknown',
  'status-unknown': 'unknown',
  pending: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
};
// The keys of the table are what can be reported.
const reports = Object.keys(statusOf) as Reported[];

describe('the classification of a question', () => {
  test.each(reports)('takes 200, 000 and %s for what it says', (reported) => {
    const expected = { status: statusOf[reported], rule: reported };
    expect(classifyQuery(answered('000', reported))).toEqual(expected);
  });

  test.each([
    ['400002', 'call-disabled'],
    ['401002', 'permission-missing'],
    ['404001', 'api-code-unknown'],
  ])('takes code %s for a call that may not be made', (code, rule) => {
    const expected = { status: 'unavailable', rule };
    expect(classifyQuery(answered(code, 'succeeded'))).toEqual(expected);
    expect(classifyQuery(answered(code, 'succeeded', 404))).toEqual(expected);
  });

  test.each([
    ['400', 'parameter-empty'],
    ['400001', 'app-id-wrong'],
    ['401001', 'signature-refused'],
    ['403001', 'timestamp-refused'],
    ['403002', 'nonce-repeated'],
    ['500', 'system-error'],
    ['500004', 'business-refused'],
    ['500005', 'business-connect-timeout'],
    ['500006', 'business-answer-timeout'],
    ['500007', 'business-format-wrong'],
    ['500008', 'business-unanswered'],
    ['500009', 'business-call-failed'],
    ['777', 'code-unknown'],
    ['constructor', 'code-unknown'],
  ])('learns nothing from code %s, whatever the data says', (code, rule) => {
    for (const reported of reports) {
      expect(classifyQuery(answered(code, reported))).toEqual({ status: 'unknown', rule });
    }
  });

  test.each([
    [{ phase: 'before-sending', failure: 'dns-failed' }, 'dns-failed'],
    [{ phase: 'before-sending', failure: 'tls-certificate' }, 'tls-certificate-invalid'],
    [{ phase: 'sent', failure: 'timeout', reusedConnection: false }, 'answer-timeout'],
    [{ phase: 'head', failure: 'too-large', reusedConnection: false }, 'answer-too-large'],
    [{ phase: 'answered', httpStatus: 500, body: 'unreadable' }, 'http-5xx'],
    [{ phase: 'answered', httpStatus: 404, body: 'unreadable' }, 'http-4xx-without-envelope'],
    [{ phase: 'answered', httpStatus: 200, body: 'not-an-envelope' }, 'answer-not-an-envelope'],
    [answered('000', 'succeeded', 503), 'http-5xx'],
    [answered('000', 'succeeded', 202), 'success-code-off-200'],
    [answered('404001', 'succeeded', 503), 'http-5xx'],
  ] as const)('learns nothing from %j', (seen, rule) => {
    expect(classifyQuery(seen)).toEqual({ status: 'unknown', rule });
  });

  test('learns a status from nothing but 200, 000 and that status', () => {
    const codes = fc.oneof(fc.constantFrom('000', '400002', '500', '500006'), fc.string());
    const anyAnswer: fc.Arbitrary<SeenQuery> = fc
      .tuple(codes, fc.constantFrom(...reports), fc.oneof(fc.constant(200), fc.integer()))
      .map(([code, reported, httpStatus]) => answered(code, reported, httpStatus));
    fc.assert(
      fc.property(anyAnswer, (seen) => {
        const { status } = classifyQuery(seen);
        if (!('reported' in seen) || status === 'unknown' || status === 'unavailable') return;
        expect(seen).toMatchObject({ httpStatus: 200, responseCode: '000', reported: status });
      }),
      { numRuns: 5000 },
    );
  });
});

describe('the classification of a question for a bill', () => {
  const billSeen = (responseCode: string, reported: ReportedBill) => ({
    ...answered(responseCode, 'pending'),
    reported,
  });

  test.each([
    ['000', 'bill-read', 'read', 'bill-read'],
    ['000', 'bill-missing', 'unknown', 'bill-missing'],
    ['000', 'bill-not-an-array', 'unknown', 'bill-not-an-array'],
    ['404001', 'bill-read', 'unavailable', 'api-code-unknown'],
    ['500007', 'bill-read', 'unknown', 'business-format-wrong'],
  ] as const)('takes code %s with %s for %s by rule %s', (code, reported, status, rule) => {
    expect(classifyBill(billSeen(code, reported))).toEqual({ status, rule });
  });
});

describe('the documented rules', () => {
  test('are those of every call and those of the data, each with a meaning', () => {
    const ofCalls = Object.keys(callRules);
    expect(queryRules.map(({ rule }) => rule)).toEqual([...ofCalls, ...reports]);
    const ofBills = ['bill-missing', 'bill-not-an-array', 'bill-read'];
    expect(billRules.map(({ rule }) => rule)).toEqual([...ofCalls, ...ofBills]);
    for (const { rule, meaning } of [...queryRules, ...billRules]) {
      expect(rule).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(meaning.length).toBeGreaterThan(10);
    }
  });

  test('say what each rule stands for', () => {
    const statuses = new Map(queryRules.map(({ rule, status }) => [rule, status]));
    for (const reported of reports) expect(statuses.get(reported)).toBe(statusOf[reported]);
    const unavailable = queryRules.filter(({ status }) => status === 'unavailable');
    expect(unavailable.map(({ rule }) => rule)).toEqual([
      ...['call-disabled', 'permission-missing', 'api-code-unknown'],
    ]);
  });
});
