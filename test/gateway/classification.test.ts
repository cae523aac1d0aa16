import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cancelRules, classify } from '../../src/gateway/classification.ts';
import type { AfterSending, BeforeSending } from '../../src/gateway/call-classification.ts';
import type { Seen } from '../../src/gateway/classification.ts';

type Kind = ReturnType<typeof classify>['kind'];
type Row = readonly [seen: Seen, kind: Kind, rule: string];

function before(failure: BeforeSending): Seen {
  return { phase: 'before-sending', failure };
}

function lost(phase: 'sent' | 'head', failure: AfterSending, reusedConnection = false): Seen {
  return { phase, failure, reusedConnection };
}

function bare(httpStatus: number, body: 'unreadable' | 'not-an-envelope' = 'unreadable'): Seen {
  return { phase: 'answered', httpStatus, body };
}

function answered(
  responseCode: string,
  {
    httpStatus = 200,
    cancelResult = 'other',
    maybeSentTwice = false,
  }: {
    httpStatus?: number;
    cancelResult?: 'true' | 'false' | 'other';
    maybeSentTwice?: boolean;
  } = {},
): Seen {
  const body = 'envelope';
  return { phase: 'answered', httpStatus, body, responseCode, cancelResult, maybeSentTwice };
}

const rows: readonly Row[] = [
  [before('not-allowed'), 'not-executed', 'not-sent'],
  [before('key-unavailable'), 'not-executed', 'key-unavailable'],
  [before('no-connection-free'), 'not-executed', 'no-connection-free'],
  [before('dns-failed'), 'not-executed', 'dns-failed'],
  [before('connection-refused'), 'not-executed', 'connection-refused'],
  [before('connect-timeout'), 'not-executed', 'connect-timeout'],
  [before('connect-failed'), 'not-executed', 'connect-failed'],
  [before('connection-lost'), 'not-executed', 'connection-lost-before-sending'],
  [before('tls-handshake-failed'), 'not-executed', 'tls-handshake-failed'],
  [before('tls-certificate'), 'blocked', 'tls-certificate-invalid'],
  [before('tls-host-name'), 'blocked', 'tls-host-name-mismatch'],
  [lost('sent', 'lost'), 'outcome-unknown', 'connection-lost'],
  [lost('sent', 'lost', true), 'outcome-unknown', 'connection-lost-on-reuse'],
  [lost('sent', 'timeout'), 'outcome-unknown', 'answer-timeout'],
  [lost('sent', 'malformed'), 'outcome-unknown', 'answer-malformed'],
  [lost('head', 'lost', true), 'outcome-unknown', 'answer-truncated'],
  [lost('head', 'timeout'), 'outcome-unknown', 'body-timeout'],
  [lost('head', 'malformed'), 'outcome-unknown', 'answer-malformed'],
  [lost('head', 'too-large'), 'outcome-unknown', 'answer-too-large'],
  [bare(299), 'outcome-unknown', 'http-2xx-not-200'],
  [bare(300), 'blocked', 'http-redirect'],
  [bare(399), 'blocked', 'http-redirect'],
  [bare(499), 'blocked', 'http-4xx-without-envelope'],
  [answered('401001', { maybeSentTwice: true }), 'blocked', 'signature-refused'],
  [bare(500), 'outcome-unknown', 'http-5xx'],
  [bare(599), 'outcome-unknown', 'http-5xx'],
  [answered('000', { httpStatus: 500, cancelResult: 'true' }), 'outcome-unknown', 'http-5xx'],
  [answered('401001', { httpStatus: 503 }), 'outcome-unknown', 'http-5xx'],
  [bare(408), 'outcome-unknown', 'http-408'],
  [bare(429), 'not-executed', 'http-429'],
  [answered('500', { httpStatus: 429 }), 'not-executed', 'http-429'],
  [bare(301), 'blocked', 'http-redirect'],
  [bare(307), 'blocked', 'http-redirect'],
  [bare(400), 'blocked', 'http-4xx-without-envelope'],
  [bare(404, 'not-an-envelope'), 'blocked', 'http-4xx-without-envelope'],
  [bare(409), 'blocked', 'http-4xx-without-envelope'],
  [bare(201), 'outcome-unknown', 'http-2xx-not-200'],
  [bare(204), 'outcome-unknown', 'http-2xx-not-200'],
  [answered('401001', { httpStatus: 202 }), 'outcome-unknown', 'http-2xx-not-200'],
  ...[202, 302, 404, 429].map((httpStatus): Row => [
    answered('000', { httpStatus, cancelResult: 'true' }),
    'outcome-unknown',
    'success-code-off-200',
  ]),
  [bare(200), 'outcome-unknown', 'answer-unreadable'],
  [bare(200, 'not-an-envelope'), 'outcome-unknown', 'answer-not-an-envelope'],
  [answered('000', { cancelResult: 'true' }), 'confirmed', 'confirmed'],
  [answered('000', { cancelResult: 'false' }), 'refused', 'refused'],
  [answered('000'), 'outcome-unknown', 'cancel-result-unreadable'],
  [answered('400'), 'blocked', 'parameter-empty'],
  [answered('400', { httpStatus: 400 }), 'blocked', 'parameter-empty'],
  [answered('400001'), 'blocked', 'app-id-wrong'],
  [answered('400002'), 'blocked', 'call-disabled'],
  [answered('401001'), 'blocked', 'signature-refused'],
  [answered('401001', { httpStatus: 401 }), 'blocked', 'signature-refused'],
  [answered('401002'), 'blocked', 'permission-missing'],
  [answered('404001'), 'blocked', 'api-code-unknown'],
  [answered('403001'), 'not-executed', 'timestamp-refused'],
  [answered('403001', { httpStatus: 403 }), 'not-executed', 'timestamp-refused'],
  [answered('403002'), 'not-executed', 'nonce-repeated'],
  [answered('403002', { maybeSentTwice: true }), 'outcome-unknown', 'nonce-maybe-sent-twice'],
  [answered('500'), 'outcome-unknown', 'system-error'],
  [answered('500', { httpStatus: 404 }), 'outcome-unknown', 'system-error'],
  [answered('500004'), 'outcome-unknown', 'business-refused'],
  [answered('500005'), 'outcome-unknown', 'business-connect-timeout'],
  [answered('500006'), 'outcome-unknown', 'business-answer-timeout'],
  [answered('500007'), 'outcome-unknown', 'business-format-wrong'],
  [answered('500008'), 'outcome-unknown', 'business-unanswered'],
  [answered('500009', { cancelResult: 'true' }), 'outcome-unknown', 'business-call-failed'],
  [answered('777'), 'outcome-unknown', 'code-unknown'],
  [answered('constructor'), 'outcome-unknown', 'code-unknown'],
  [answered('401001', { cancelResult: 'true' }), 'blocked', 'signature-refused'],
  [bare(101), 'outcome-unknown', 'no-rule'],
  [bare(999), 'outcome-unknown', 'no-rule'],
  [answered('401001', { httpStatus: 0 }), 'outcome-unknown', 'no-rule'],
];

describe('the classification of an attempt', () => {
  test.each(rows)('classifies %j as %s by rule %s', (seen, kind, rule) => {
    expect(classify(seen)).toEqual({ kind, rule });
  });

  test('uses exactly the documented rules', () => {
    const used = new Set(rows.map(([, , rule]) => rule));
    expect([...used].sort()).toEqual(cancelRules.map(({ rule }) => rule).sort());
  });

  test('documents each rule with its outcome and its meaning, in kebab case', () => {
    const kinds = new Map(rows.map(([, kind, rule]) => [rule, kind]));
    for (const { rule, kind, meaning } of cancelRules) {
      expect(rule).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(kinds.get(rule)).toBe(kind);
      expect(meaning.length).toBeGreaterThan(10);
    }
  });
});

const anyAnswer: fc.Arbitrary<Seen> = fc.record({
  phase: fc.constant('answered' as const),
  httpStatus: fc.oneof(fc.integer({ min: 100, max: 999 }), fc.constant(200)),
  body: fc.constant('envelope' as const),
  responseCode: fc.oneof(
    fc.constantFrom('000', '400', '400001', '401001', '403001', '403002', '404001', '500'),
    fc.string(),
  ),
  cancelResult: fc.constantFrom('true' as const, 'false' as const, 'other' as const),
  maybeSentTwice: fc.boolean(),
});

describe('the classification of any answer', () => {
  test('confirms and refuses only by 200, 000 and the boolean', () => {
    fc.assert(
      fc.property(anyAnswer, (seen) => {
        const { kind } = classify(seen);
        if (seen.phase !== 'answered' || seen.body !== 'envelope') return;
        const success = seen.httpStatus === 200 && seen.responseCode === '000';
        expect(kind === 'confirmed').toBe(success && seen.cancelResult === 'true');
        expect(kind === 'refused').toBe(success && seen.cancelResult === 'false');
      }),
      { numRuns: 5000 },
    );
  });

  test('never calls 000 without a clear result, or HTTP 5xx, not executed or blocked', () => {
    fc.assert(
      fc.property(anyAnswer, (seen) => {
        if (seen.phase !== 'answered' || seen.body !== 'envelope') return;
        const { kind } = classify(seen);
        const maybeRun = seen.responseCode === '000' || Math.floor(seen.httpStatus / 100) === 5;
        if (maybeRun) expect(['confirmed', 'refused', 'outcome-unknown']).toContain(kind);
      }),
      { numRuns: 5000 },
    );
  });
});
