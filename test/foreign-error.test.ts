import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { retold } from '../src/foreign-error.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const messageOf = (message: string) => retold(new Error(message)).message;

describe('an error of somebody else, retold', () => {
  test('keeps its name, its code, the places in the code, and its causes', () => {
    const cause = Object.assign(new RangeError('too far'), { code: 'ERR_OUT_OF_RANGE' });
    const error = retold(
      new TypeError("Cannot read properties of undefined ('headers')", { cause }),
    );

    expect(error).toMatchObject({
      name: 'TypeError',
      message: "Cannot read properties of undefined ('headers')",
      stack: expect.stringMatching(
        /^TypeError: Cannot .*\n {4}at .*foreign-error\.test\.ts:\d+/,
      ) as unknown,
      cause: { name: 'RangeError', message: 'too far', code: 'ERR_OUT_OF_RANGE' },
    });
  });

  test.each([
    ['HTTP 502 from the gateway', 'HTTP 502 from the gateway'],
    ['timeout of 15000ms exceeded', 'timeout of 15000ms exceeded'],
    ['连接失败', '连接失败'],
    [`key ${pem.trim()} is bad`, 'key [masked] is bad'],
    [`key ${pem.slice(0, 300)}`, 'key [masked]'],
    [`line ${pem.split('\n')[3] ?? ''}`, 'line [masked]'],
    ['of apiCode=a&reason=x y&timestamp=1604990109987!', 'of [masked]!'],
    ['at https://u:pw@h.io', 'at https://[masked]@h.io'],
    ['{"password": "abc def"}', '{"password": [masked]'],
    ['Authorization: Basic abc', 'Authorization: [masked]'],
    ['sent Bearer abc', 'sent Bearer [masked]'],
    ['pAss-canary-5Zq8', '[masked]'],
    ['call 139 1234 5678', 'call [masked]'],
    ['card 6222 0200 0000 0000 14.', 'card [masked].'],
    ['card ６２２２０２０００００００００１４', 'card [masked]'],
    ['two\r\nlines\u001b]52;\u202e', 'two lines ]52; '],
  ])('masks what may be a secret: %s', (message, kept) => {
    expect(messageOf(message)).toBe(kept);
  });

  test('keeps no line of a message that looks like a place in the code', () => {
    const error = retold(new Error('x\n    at /canary/canary:1:2\n    at canary (/canary:1:2)'));
    expect(error.stack?.split('\n').slice(1).join('\n')).not.toContain('canary');
  });

  test('keeps nothing that was fixed to it', () => {
    const thrown = Object.assign(new Error('no'), { request: 'canary', errors: ['canary'] });
    expect(inspect(retold(thrown), { depth: 9, showHidden: true })).not.toContain('canary');
  });

  test.each([
    ['a text', 'no route', 'no route'],
    ['nothing', undefined, 'a thrown undefined, not an error'],
    ['an object', { message: 'canary' }, 'a thrown object, not an error'],
  ])('is made of %s too', (_what, thrown, message) => {
    expect(retold(thrown).message).toBe(message);
  });

  test('ends after five causes, and never throws', () => {
    const circular = new Error('round');
    circular.cause = circular;
    expect(inspect(retold(circular), { depth: 20 }).match(/Error: round/g)).toHaveLength(6);
    const trap = new Proxy(new Error('x'), {
      get: () => {
        throw new Error('canary');
      },
    });
    expect(retold(trap).message).toBe('a thrown error that cannot be read');
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (message, cause) => {
        const thrown = Object.assign(new Error('x'), {
          message,
          cause,
          stack: message,
          name: cause,
        });
        expect(retold(thrown)).toBeInstanceOf(Error);
      }),
    );
  });

  test('is short and quick, however long it was', () => {
    const error = retold(new Error(`${' x'.repeat(100_000)}${'1'.repeat(100_000)}`));
    expect(error.message.length).toBeLessThanOrEqual(500);
  });
});
