import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventRoles, eventSchemas } from '../../machines/payment-order.events.ts';
import { fitOutcome, parseOutcome } from '../../machines/payment-order.outcomes.ts';
import { hostileEvidence, throwingAt } from './hostile-evidence.ts';

const digest = '0123456789abcdef'.repeat(4);
const whole = {
  rule: 'refused',
  sentAt: '2026-11-29T10:00:00.000Z',
  durationMs: 12.5,
  httpStatus: 200,
  requestId: 'r',
  responseCode: '000',
  responseMsg: '成功',
  nonce: 'abc123',
  timestamp: 1_604_990_109_987,
  requestSha256: digest,
  answerSha256: digest,
  insecureTransport: true,
};
const without = (fields: object, ...names: readonly string[]): object =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
const fitted = (given: object) => {
  const { event, changed } = fitOutcome('CancelRefused', 2, given);
  return { evidence: without(event, 'type', 'attempt'), changed };
};

describe('parseOutcome', () => {
  const answer = { type: 'CancelRefused', attempt: 2, rule: 'refused', retryInMs: 5 };

  test('gives an outcome of the attempt that was asked for', () => {
    expect(parseOutcome(answer, 2)).toEqual(answer);
    expect(parseOutcome(answer, 1)).toBeNull();
  });

  test.each([
    ['nothing', undefined],
    ['text', 'CancelRefused'],
    ['without a type', { attempt: 2, rule: 'refused' }],
    ['no outcome', { type: 'PaymentSucceeded', transactionNo: 'T1' }],
    ['no attempt', { ...answer, attempt: undefined }],
    ['an attempt in text', { ...answer, attempt: '2' }],
    ['a type that cannot be read', throwingAt('type')],
  ])('gives no outcome for %s', (_, output) => {
    expect(parseOutcome(output, 2)).toBeNull();
  });

  test('leaves out what nobody knows', () => {
    expect(parseOutcome({ ...answer, result: true }, 2)).toEqual(answer);
  });

  test('leaves out a wait after a blocked call, and keeps the outcome', () => {
    const blocked = { type: 'CancelBlocked', attempt: 2, rule: 'key-refused' };

    const withWaits = { ...blocked, retryInMs: 5, retryInMsOfVersion1: 5 };

    expect(parseOutcome(withWaits, 2)).toEqual(blocked);
  });
});

describe('evidence', () => {
  test('that fits is kept as it is', () => {
    expect(fitted(whole)).toEqual({ evidence: whole, changed: [] });
    expect(fitted({ rule: 'r', requestId: null, sentAt: undefined })).toEqual({
      evidence: { rule: 'r' },
      changed: [],
    });
  });

  test.each([
    ['rule', 'wechat.closed', 'wechat-closed'],
    ['rule', 'WECHAT_Closed!', 'wechat-closed'],
    ['rule', `${'x'.repeat(64)}.y`, 'x'.repeat(64)],
    ['rule', 7, '7'],
    ['rule', '微信关闭', 'unreadable-rule'],
    ['rule', '', 'unreadable-rule'],
    ['rule', undefined, 'unreadable-rule'],
    ['rule', {}, 'unreadable-rule'],
    ['sentAt', '2026-11-29T10:00:00Z', '2026-11-29T10:00:00.000Z'],
    ['sentAt', '2026-11-29T10:00:00.123456Z', '2026-11-29T10:00:00.123Z'],
    ['sentAt', '2026-11-29T10:00:00+08:00', undefined],
    ['sentAt', '2026-02-30T10:00:00Z', undefined],
    ['sentAt', 1_604_990_109_987, undefined],
    ['durationMs', '12', 12],
    ['durationMs', -1, undefined],
    ['durationMs', Number.NaN, undefined],
    ['httpStatus', '200', 200],
    ['httpStatus', 20, undefined],
    ['timestamp', 1_604_990_109_987n, 1_604_990_109_987],
    ['timestamp', '1604990109987', 1_604_990_109_987],
    ['timestamp', 1.5, undefined],
    ['requestId', 17, '17'],
    ['requestId', 12_345_678_901_234_567_890n, '12345678901234567890'],
    ['requestId', 'x'.repeat(129), 'x'.repeat(128)],
    ['requestId', {}, undefined],
    ['responseCode', 0, '0'],
    ['responseCode', 'x'.repeat(65), 'x'.repeat(64)],
    ['responseMsg', 'x'.repeat(1_000_000), 'x'.repeat(512)],
    ['responseMsg', `${'x'.repeat(511)}\u{1f600}\u{1f600}`, 'x'.repeat(511)],
    ['responseMsg', 'half \ud800', 'half \ufffd'],
    ['responseMsg', ['no'], undefined],
    ['nonce', true, 'true'],
    ['requestSha256', digest.toUpperCase(), digest],
    ['answerSha256', digest.slice(1), undefined],
    ['insecureTransport', 'yes', undefined],
  ])('whose %s is %s becomes %s, and nothing else changes', (name, given, kept) => {
    const others = without(whole, name);

    expect(fitted({ ...whole, [name]: given })).toEqual({
      evidence: kept === undefined ? others : { ...others, [name]: kept },
      changed: [name],
    });
  });

  test('whose insecureTransport is false has none', () => {
    const others = without(whole, 'insecureTransport');
    expect(fitted({ ...whole, insecureTransport: false })).toEqual({
      evidence: others,
      changed: [],
    });
  });

  test('that cannot be read, or that no event has, is left out', () => {
    const unreadable = Object.assign(throwingAt('requestId'), { rule: 'r', colour: 'red' });
    expect(fitted(unreadable)).toEqual({
      evidence: { rule: 'r' },
      changed: ['requestId', 'others'],
    });
    const proxy = new Proxy({ rule: 'r' }, { ownKeys: () => [] as never, get: () => 'r' });
    expect(() => fitted(proxy)).not.toThrow();
  });

  test('never costs the outcome, and always makes an event that can be stored', () => {
    fc.assert(
      fc.property(fc.constantFrom(...eventRoles.outcome), hostileEvidence(), (type, evidence) => {
        const { event } = fitOutcome(type, 3, evidence);
        expect(event).toMatchObject({ type, attempt: 3 });
        const data = without(event, 'type');
        expect(eventSchemas[type].parse(data)).toEqual(data);
        expect(JSON.stringify(data).isWellFormed()).toBe(true);
        const again = fitOutcome(type, 3, data);
        expect(again).toEqual({ event, changed: [] });
      }),
      { numRuns: 3_000 },
    );
  });
});
