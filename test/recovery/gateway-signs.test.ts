import { describe, expect, test } from 'vitest';
import { signOfAttempt, signOfQuestion } from '../../src/recovery/gateway-signs.ts';

const sentAt = '2026-11-29T10:00:00.000Z';

describe('a call', () => {
  test.each([
    ['confirmed', { kind: 'confirmed', rule: 'confirmed', sentAt }, 'up'],
    ['refused', { kind: 'refused', rule: 'refused', sentAt }, 'up'],
    ['unanswered', { kind: 'outcome-unknown', rule: 'answer-timeout', sentAt }, 'up'],
    ['too many calls', { kind: 'not-executed', rule: 'http-429', sentAt }, 'up'],
    ['no connection', { kind: 'not-executed', rule: 'connect-timeout' }, 'unreachable'],
    ['too late by our own fault', { kind: 'not-executed', rule: 'not-sent' }, 'none'],
    ['a wrong certificate', { kind: 'blocked', rule: 'tls-certificate-invalid' }, 'blocked'],
    ['a wrong key', { kind: 'blocked', rule: 'signature-refused', sentAt }, 'blocked'],
    ['no outcome at all', 7, 'none'],
    ['an unknown kind', { kind: 'else', rule: 'x' }, 'none'],
  ])('says how its gateway stands, as an attempt: %s', (_what, outcome, expected) => {
    expect(signOfAttempt(outcome).kind).toBe(expected);
  });

  test.each([
    ['pending', { status: 'pending', rule: 'pending', sentAt }, 'up'],
    ['nothing learned', { status: 'unknown', rule: 'http-5xx', sentAt }, 'reached'],
    ['no connection', { status: 'unknown', rule: 'connection-refused' }, 'unreachable'],
    ['may not be asked', { status: 'unavailable', rule: 'call-disabled', sentAt }, 'reached'],
    ['no answer at all', null, 'none'],
  ])('says how its gateway stands, as a question: %s', (_what, answer, expected) => {
    expect(signOfQuestion(answer).kind).toBe(expected);
  });
});
