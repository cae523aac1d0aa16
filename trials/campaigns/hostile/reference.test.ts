import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { envelope, http } from '../../../test/gateway/raw-server.ts';
import { behaviours } from './behaviours.ts';
import { readByReference } from './reference.ts';

const yes = envelope();
const inGzip = { headers: { 'content-encoding': 'gzip' } };
const head = 'HTTP/1.1 200 OK\r\n';
const saidOf = (text: string | Buffer, ended = false) =>
  readByReference(Buffer.from(text), ended).verdict;

describe('the reference reader', () => {
  test('reads a confirmation and a refusal in every framing', () => {
    expect(saidOf(http())).toBe('confirmed');
    expect(saidOf(http(envelope({ data: { cancel_result: false } })))).toBe('refused');
    expect(saidOf(http(envelope({ responseCode: '400', data: null })))).toBe('failure-code');
    expect(saidOf(`${head}\r\n${yes}`, true)).toBe('confirmed');
    const bytes = Buffer.byteLength(yes).toString(16);
    const chunked = `${head}Transfer-Encoding: Chunked\r\n\r\n${bytes}\r\n${yes}\r\n0\r\n\r\n`;
    expect(saidOf(chunked)).toBe('confirmed');
    expect(saidOf(http(gzipSync(yes), inGzip))).toBe('confirmed');
    expect(saidOf(http(`\uFEFF${yes}`))).toBe('confirmed');
    expect(saidOf(`HTTP/1.1 103 Early\r\n\r\n${http().toString()}`)).toBe('confirmed');
  });

  test.each([
    ['cut off', http().subarray(0, -1)],
    ['without end', `${head}\r\n${yes}`],
    ['with its member twice', http(`{"data":{"cancel_result":true},${yes.slice(1)}`)],
    ['in text', http(envelope({ data: { cancel_result: 'true' } }))],
    ['in gzip that is none', http(yes, inGzip)],
    ['in gzip cut short', http(gzipSync(yes).subarray(0, -1), inGzip)],
    ['in gzip with more after it', http(Buffer.concat([gzipSync(yes), Buffer.from('x')]), inGzip)],
    ['in br', http(yes, { headers: { 'content-encoding': 'br' } })],
    ['after two byte order marks', http(`\uFEFF\uFEFF${yes}`)],
    ['with a comma too many', http(yes.replace('}}', ',}}'))],
    ['with more text after it', http(`${yes}{}`)],
    ['in bytes that are not UTF-8', http(Buffer.from(yes.replace('成功', '\xff'), 'latin1'))],
    ['of two lengths', http(yes, { headers: { 'Content-Length': '5' } })],
    [
      'in chunks that do not add up',
      `${head}transfer-encoding: chunked\r\n\r\n5\r\n${yes}\r\n0\r\n\r\n`,
    ],
    ['in an array', http(`[${yes}]`)],
  ])('believes nothing of a yes %s', (_what, bytes) => {
    expect(saidOf(bytes)).toBe('nothing');
  });
});

describe('the behaviours of the hostile platform', () => {
  test('have unique names, and confirm or refuse only where the bytes do', () => {
    expect(new Set(behaviours.map(({ name }) => name)).size).toBe(behaviours.length);
    const definite = behaviours.filter(({ kind }) => kind === 'confirmed' || kind === 'refused');
    expect(definite.map(({ name }) => name)).toEqual([
      ...['small gzip', 'small gzip, refused', 'byte order mark', 'byte order mark, refused'],
      ...['answers twice', 'true', 'false'],
    ]);
  });
});
