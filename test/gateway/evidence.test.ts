import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerEvidence } from '../../src/gateway/evidence.ts';

const requestIdOf = (requestId: unknown) =>
  answerEvidence({ requestId, responseCode: '000' }, 512).requestId;

describe('the requestId kept as evidence', () => {
  test.each([
    ['a UUID', '42dd6c6e-247e-487f-87e8-dd97067b877b'],
    ['a UUID of nothing but digits', '41111111-1111-1111-0000-000000000000'],
    ['a number that fails the check digit', '4111111111111112'],
    ['a number that is too short for a card', '411111111111'],
    ['a number that is too long for a card', 'O20210222151600564862'],
    ['groups of digits, a short one with a right check digit', '18-1234567890124'],
    ['words', 'req-2021-02-22/7'],
  ])('keeps %s as it is', (_what, requestId) => {
    expect(requestIdOf(requestId)).toBe(requestId);
  });

  test.each([
    ['alone', '4111111111111111', '[masked]'],
    ['in groups', 'x4111 1111 1111 1111', 'x[masked]'],
    ['after another number', '20210222-4111111111111111', '[masked]'],
    ['before another number', '4111111111111111-01', '[masked]'],
    ['in full-width digits', '４１１１１１１１１１１１１１１１', '[masked]'],
    ['with an invisible character in it', '41111111\u200b11111111', '[masked]'],
    ['that ends in digits of another script', '411111111111１１２', '[masked]'],
    ['that begins in digits of another script', '４１1111111111112', '[masked]'],
    [
      'after a UUID',
      '42dd6c6e-247e-487f-87e8-dd97067b877b4111111111111111',
      '42dd6c6e-247e-487f-87e8-dd97067b877b[masked]',
    ],
    [
      'before a UUID',
      '4111111111111111x42dd6c6e-247e-487f-87e8-dd97067b877b',
      '[masked]x42dd6c6e-247e-487f-87e8-dd97067b877b',
    ],
  ])('masks a card number %s', (_where, requestId, kept) => {
    expect(requestIdOf(requestId)).toBe(kept);
  });

  /** Digits with the check digit of ISO/IEC 7812-1, computed from its table. */
  const checked = (digits: readonly number[]): string => {
    const doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    const sum = digits.reduce((total, digit, index) => {
      const isDoubled = (digits.length - index) % 2 === 1;
      return total + (isDoubled ? (doubled[digit] ?? 0) : digit);
    }, 0);
    return [...digits, (10 - (sum % 10)) % 10].join('');
  };
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 11, maxLength: 19 });

  test('masks 13 to 19 digits with a right check digit, and keeps all other numbers', () => {
    fc.assert(
      fc.property(digits, fc.integer({ min: 1, max: 9 }), (some, off) => {
        const card = checked(some);
        const isCard = card.length >= 13 && card.length <= 19;
        expect(requestIdOf(card)).toBe(isCard ? '[masked]' : card);
        const other = card.slice(0, -1) + String((Number(card.at(-1)) + off) % 10);
        expect(requestIdOf(other)).toBe(other);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['65 characters', 'x'.repeat(65), 'x'.repeat(65)],
    ['128 characters', 'x'.repeat(128), 'x'.repeat(128)],
    ['words', 'x '.repeat(500_000), 'x '.repeat(64)],
    ['a run as long as a signature', `sign ${'aB+/'.repeat(43)}`, 'sign [masked]'],
    ['a signing string', 'apiCode=a&appId=b', '[masked]'],
    ['half a character at the end', `${'x '.repeat(63)}y\u{1f600}`, `${'x '.repeat(63)}y`],
    ['a card before the end', `${'x'.repeat(100)}4111111111111111`, `${'x'.repeat(100)}[masked]`],
    ['a card over the end', `${'x '.repeat(60)}4111111111111111`, `${'x '.repeat(60)}[masked]`],
    [
      'a card over twice the end',
      '4111111111111111x '.repeat(20),
      `${'[masked]x '.repeat(12)}[masked]`,
    ],
    ['groups without end', '4111 '.repeat(100_000), ''],
  ])('is cut at 128 characters: %s', (_what, requestId, kept) => {
    expect(requestIdOf(requestId)).toBe(kept);
  });

  test('is text where it is a number, and absent where it is neither', () => {
    expect(requestIdOf(17)).toBe('17');
    for (const given of [true, {}, ['x']]) expect(requestIdOf(given)).toBeUndefined();
  });

  test('is absent where the platform gave none', () => {
    for (const requestId of [null, undefined]) {
      const kept = answerEvidence({ requestId, responseCode: '000', responseMsg: null }, 512);
      expect(kept).toEqual({ responseCode: '000' });
    }
  });
});
