import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerEvidence, masked } from '../../src/gateway/evidence.ts';
import { cancelResultOf, hasDuplicateKeys, readAnswer } from '../../src/gateway/wire.ts';
import { envelope } from './support.ts';

function read(text: string): string {
  const answer = readAnswer(Buffer.from(text));
  return typeof answer === 'string' ? answer : 'envelope';
}

describe('an answer', () => {
  test('is an envelope where it has the shape, whatever other keys it has', () => {
    expect(read(envelope())).toBe('envelope');
    expect(read(`\uFEFF${envelope()}`)).toBe('envelope');
    expect(read(envelope({ data: null, extra: 1, requestId: null }))).toBe('envelope');
    expect(read('{"responseCode":"000"}')).toBe('envelope');
  });

  test('is unreadable where it is not UTF-8, not JSON, or has two byte order marks', () => {
    expect(read(`\uFEFF\uFEFF${envelope()}`)).toBe('unreadable');
    expect(readAnswer(Buffer.from(envelope(), 'utf16le'))).toBe('unreadable');
    expect(read(`${envelope()}x`)).toBe('unreadable');
    expect(readAnswer(Buffer.from([0x22, 0xff, 0x22]))).toBe('unreadable');
    expect(read('{"responseCode":"500","responseCode":"000"}')).toBe('unreadable');
  });

  test('is not an envelope with values of other types, which are never coerced', () => {
    for (const bad of [0, true, null, ['000'], {}, '', 'x'.repeat(13)]) {
      expect(read(envelope({ responseCode: bad }))).toBe('not-an-envelope');
    }
    expect(read('[]')).toBe('not-an-envelope');
  });

  test.each([1, 1.5, 'x'.repeat(65), 'x'.repeat(5_000), {}, [], true, '\ud800', null])(
    'is an envelope whatever its words are: %j',
    (words) => {
      expect(read(envelope({ requestId: words, responseMsg: words }))).toBe('envelope');
    },
  );

  test('keeps a requestId as it was written, also where it is a large number', () => {
    const text = envelope({ data: { id: 1 } }).replace(/"42dd[^"]*"/, '12345678901234567890');
    const answer = readAnswer(Buffer.from(text));
    expect(answer).toMatchObject({ requestId: '12345678901234567890', data: { id: 1 } });
  });

  test('reads cancel_result only from a boolean', () => {
    expect(cancelResultOf({ cancel_result: true, more: 1 })).toBe('true');
    expect(cancelResultOf({ cancel_result: false })).toBe('false');
    const others = ['true', 1, 0, null, undefined, [true], {}].map((value) => ({
      cancel_result: value,
    }));
    for (const data of [...others, undefined, null, true, 'true', [], [{ cancel_result: true }]]) {
      expect(cancelResultOf(data)).toBe('other');
    }
    expect(cancelResultOf(JSON.parse('{"__proto__":{"cancel_result":true}}'))).toBe('other');
  });
});

describe('a duplicate key', () => {
  test.each([
    ['{"a":1,"a":2}', true],
    ['{"a":{"b":1,"c":2,"b":3}}', true],
    ['[{"a":1},{"a":1,"\\u0061":2}]', true],
    ['{"a":[{"a":1}],"a":0}', true],
    ['{"__proto__":1,"__proto__":2}', true],
    ['{"a":"a","b":"a","c":{"a":1}}', false],
    ['{"a":"\\",\\"a\\":","b":["a","a"]}', false],
    ['["a","a",{"a":{}},{"a":[]}]', false],
    ['"a"', false],
    ['{"a":{"b":1},"b":{"a":[1]},"c":[],"d":1}', false],
    ['{"a":{},"a":1}', true],
    ['{"a":[],"a":1}', true],
  ])('is found in %s: %s', (json, twice) => {
    expect(hasDuplicateKeys(json)).toBe(twice);
  });

  test('is never found in the output of JSON.stringify', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(hasDuplicateKeys(JSON.stringify(value))).toBe(false);
      }),
    );
  });
});

describe('the message kept as evidence', () => {
  test.each([
    ['4111111111111111', '[masked]'],
    ['卡4111-1111-1111-1111。', '卡[masked]。'],
    ['622202 0200 112233445', '[masked]'],
    ['４１１１１１１１１１１１１１１１', '[masked]'],
    ['1234567890123', '[masked]'],
    ['123456789012', '123456789012'],
    [`sign ${'aB+/'.repeat(43)}== is bad`, 'sign [masked] is bad'],
    ['not over apiCode=a&reason=x y\n&timestamp=1604990109987!', 'not over [masked]!'],
    ['not over apiCode=a&appId=cut of', 'not over [masked]'],
    ['O20201109150635695000001', 'O20201109150635695000001'],
  ])('masks card numbers, signatures and signing strings: %s becomes %s', (text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  test('is well-formed, without control characters, and cut between characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (responseMsg) => {
        const parsed = { requestId: '\ud800\u0000', responseCode: '000', responseMsg, data: null };
        const kept = answerEvidence(parsed, 7);
        expect(kept.requestId).toBe('\ufffd');
        expect(kept.responseMsg?.isWellFormed()).toBe(true);
        expect(Array.from(kept.responseMsg ?? '').length).toBeLessThanOrEqual(7);
        expect(kept.responseMsg).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
