import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { loadPrivateKey } from '../../src/gateway/private-key.ts';
import { newAuthority } from './certificates.ts';
import { refusal } from './refusal.ts';
import { keys } from './support.ts';

const pkcs8Pem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const pkcs1Pem = keys.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const der = keys.privateKey.export({ type: 'pkcs8', format: 'der' });
const oneLine = der.toString('base64');
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const publicDer = keys.publicKey.export({ type: 'spki', format: 'der' });
const encrypted = keys.privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'canary' })
  .toString();

const bodyOf = (pem: string) => pem.replaceAll(/-----[A-Z0-9 ]+-----|\s/g, '');
const text = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const pkcs1Line = bodyOf(pkcs1Pem);
const envPem = pkcs8Pem.replaceAll('\n', String.raw`\n`);
const encryptedPkcs1 = keys.privateKey
  .export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'canary' })
  .toString();
const sec1 = ec.privateKey.export({ type: 'sec1', format: 'pem' }).toString();
const publicPkcs1 = keys.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const certificate = newAuthority().cert;

function rsa(bits: number): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
}

describe('a private key', () => {
  test.each([
    ['PKCS#8 PEM', pkcs8Pem],
    ['PKCS#1 PEM', pkcs1Pem],
    [
      'PEM with CRLF, a byte order mark and blanks',
      `\uFEFF\n${pkcs8Pem.replaceAll('\n', '\r\n')} `,
    ],
    ['one line of base64', oneLine],
    ['base64 with a line end', `${oneLine}\n`],
    ['base64 with a byte order mark', `\uFEFF${oneLine}`],
    ['PKCS#1 as one line of base64', pkcs1Line],
    ['PKCS#1 DER bytes', Buffer.from(pkcs1Line, 'base64')],
    ['base64 in lines', pkcs1Pem.replaceAll(/-----.*-----/g, '')],
    ['url-safe base64', der.toString('base64url')],
    ['the base64 of a PEM file', Buffer.from(`${pkcs1Pem}\n`).toString('base64')],
    ['PEM of a .env file', pkcs8Pem.replaceAll('\n', String.raw`\n`)],
    ['PEM of a .env file with CRLF', pkcs8Pem.replaceAll('\n', String.raw`\r\n`)],
    ['PEM escaped twice', pkcs1Pem.replaceAll('\n', String.raw`\\n`)],
    ['PEM in JSON', JSON.stringify(pkcs8Pem)],
    ['PEM in one line', pkcs1Pem.replaceAll('\n', ' ')],
    ['PEM without any line end', pkcs8Pem.replaceAll('\n', '')],
    ['PEM with indented lines', pkcs8Pem.replaceAll('\n', '\n    ')],
    ['PEM in quotes', ` '${pkcs8Pem}' `],
    ['PEM after other text and a certificate', `Bag Attributes\n${certificate}${pkcs8Pem}`],
    ['PEM after its public key', `${publicPem}${pkcs1Pem}`],
    ['base64 in quotes', `"${oneLine}"`],
    ['base64 in quotes with a line end', `'${pkcs1Line}\n'\r\n`],
    ['DER bytes', der],
    ['PEM bytes', Buffer.from(pkcs8Pem)],
    ['a KeyObject', keys.privateKey],
  ])('is read from %s', (_name, input) => {
    const onWarning = vi.fn();
    expect(loadPrivateKey(input, onWarning).equals(keys.privateKey)).toBe(true);
    expect(onWarning).not.toHaveBeenCalled();
  });

  test.each([
    ['an EC key', text(ec.privateKey), /ec/],
    ['an EC KeyObject', ec.privateKey, /ec/],
    ['a public key', publicPem, /public/],
    ['a public key in base64', publicDer.toString('base64'), /public/],
    ['a public KeyObject', keys.publicKey, /public/],
    ['a truncated PEM', pkcs8Pem.slice(0, 800), /is not readable PEM/],
    ['a truncated PEM of a .env file', envPem.slice(0, 800), /is not readable PEM/],
    ['a truncated base64', oneLine.slice(0, 801), /is not a whole key/],
    ['a truncated base64 of PKCS#1', pkcs1Line.slice(0, 801), /is not a whole key/],
    ['truncated DER', der.subarray(0, 500), /is not a whole key/],
    ['an encrypted key', encrypted, /is encrypted/],
    ['an encrypted key of a .env file', encrypted.replaceAll('\n', String.raw`\n`), /is encrypted/],
    ['an encrypted key in base64', bodyOf(encrypted), /is encrypted/],
    ['an encrypted PKCS#1 key', encryptedPkcs1, /is encrypted/],
    ['an EC key in base64', bodyOf(text(ec.privateKey)), /type ec/],
    ['an EC key in SEC1', sec1, /type ec/],
    ['an EC key in SEC1 in base64', bodyOf(sec1), /type ec/],
    ['a public key in PKCS#1', publicPkcs1, /is a public key/],
    ['a public key in PKCS#1 in base64', bodyOf(publicPkcs1), /is a public key/],
    // Its only line is full.
    ['an Ed25519 key', text(generateKeyPairSync('ed25519').privateKey), /type ed25519/],
    ['a certificate', certificate, /is not readable PEM/],
    ['the base64 of base64', Buffer.from(oneLine).toString('base64'), /is not a whole key/],
    ['nothing', '', /empty/],
    ['blanks', ' \n', /empty/],
    ['garbage', 'canary-garbage-canary-garbage !', /neither/],
    ['base64 after garbage', `!${oneLine}`, /neither/],
    ['garbage in PEM', '-----BEGIN PRIVATE KEY-----\nY2FuYXJ5Y2FuYXJ5Y2FuYXJ5\n', /PEM/],
    [
      'an RSA-PSS key',
      generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey,
      /rsa-pss/,
    ],
    ['an RSA key of 512 bits', rsa(512), /512/],
  ])('refuses %s, without the material', (_name, input, message) => {
    const material = typeof input === 'string' ? input : '';
    expect(refusal(() => loadPrivateKey(input), material).message).toMatch(message);
  });

  test('is read where its last line is full', () => {
    // Every second key of this size in PKCS#1 is a whole number of lines, and every third of 4096.
    const full = () => {
      for (;;) {
        const key = rsa(1_048);
        const pem = key.export({ type: 'pkcs1', format: 'pem' }).toString();
        if (bodyOf(pem).length % 64 === 0) return { key, pem };
      }
    };
    const { key, pem } = full();

    expect(loadPrivateKey(pem, () => undefined).equals(key)).toBe(true);
  });

  test('of 1024 bits is accepted with a warning', () => {
    const onWarning = vi.fn();
    const key = rsa(1024);
    expect(loadPrivateKey(key, onWarning)).toBe(key);
    const message = 'the private key has 1024 bits; RSA under 2048 bits is weak';
    expect(onWarning).toHaveBeenCalledExactlyOnceWith({ code: 'weak-key', message });
  });

  test('is not printed by inspect', () => {
    expect(inspect(loadPrivateKey(pkcs8Pem), { depth: 20 })).not.toContain(oneLine.slice(30, 60));
  });
});
