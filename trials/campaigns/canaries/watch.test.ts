import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Watch, cardNumber, grouped } from './watch.ts';

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const body = pem.replaceAll(/-----[A-Z ]+-----|\n/g, '');
const card = cardNumber(1);

function watch(): Watch {
  const watching = new Watch();
  watching.plantLong('key', body);
  watching.plantLong('key', Buffer.from(body, 'base64'));
  watching.plant('card', card);
  watching.plant('password', 'hunter2-canary');
  return watching;
}

const found = (output: string | Buffer, except: readonly string[] = []) => {
  const watching = watch();
  watching.look('here', output, except);
  return watching.found.map(({ canary }) => canary);
};

describe('a watch', () => {
  test.each([
    ['whole', pem],
    ['in JSON', JSON.stringify({ pem })],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ pem }))],
    ['as one line of its middle', pem.split('\n')[10] ?? ''],
    ['as 24 characters of its middle', `x ${body.slice(801, 825)} y`],
    ['in base64 again', Buffer.from(`a${body}`).toString('base64')],
    ['as hexadecimal bytes', Buffer.from(body, 'base64').toString('hex').slice(100, 160)],
    ['in a URL', encodeURIComponent(body)],
    ['in bytes of a file', Buffer.from(`\0\xff${body}`, 'latin1')],
  ])('finds a planted key %s', (_how, output) => {
    expect(found(output)).toEqual(['key']);
  });

  test.each([
    ['whole', card],
    ['in groups separated by spaces', `card ${grouped(card, ' ')}.`],
    ['in groups separated by hyphens', grouped(card, '-')],
    ['in base64', Buffer.from(`no ${card}`).toString('base64')],
    ['in hexadecimal', Buffer.from(card).toString('hex')],
  ])('finds a planted card number %s', (_how, output) => {
    expect(found(output)).toEqual(['card']);
  });

  test('finds a secret in a cause and in a hidden property', () => {
    const watching = watch();
    watching.lookInto('cause', new Error('a', { cause: new Error('b', { cause: { pem } }) }));
    watching.lookInto('hidden', Object.defineProperty({}, 'secret', { value: 'hunter2-canary' }));
    expect(watching.found.map(({ canary }) => canary)).toContain('key');
    expect(watching.found.map(({ canary }) => canary)).toContain('password');
  });

  test('finds nothing where no secret is, or where one may be', () => {
    expect(found(`order ${cardNumber(2)} of ${body.slice(30, 50)}`)).toEqual([]);
    expect(found(card, ['card'])).toEqual([]);
  });

  test('plants valid card numbers that differ by their place', () => {
    expect(cardNumber(1)).toMatch(/^622202\d{10}$/);
    expect(new Set(Array.from({ length: 50 }, (_, n) => cardNumber(n))).size).toBe(50);
  });
});
