import { spawn, spawnSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import { loadPrivateKey, readPrivateKeyFile } from '../../src/gateway/private-key.ts';
import { keys } from './support.ts';

const pkcs8Pem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const pkcs1Pem = keys.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const der = keys.privateKey.export({ type: 'pkcs8', format: 'der' });
const oneLine = der.toString('base64');
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const publicDer = keys.publicKey.export({ type: 'spki', format: 'der' });
const encrypted = keys.privateKey.export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'canary',
});

function rsa(bits: number): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
}

/** The error of `run`, checked to hold none of the material. */
function refusal(run: () => unknown, material: string): PaymentOrderError {
  try {
    run();
  } catch (error) {
    if (!(error instanceof PaymentOrderError)) throw error;
    expect(error.code).toBe('invalid-private-key');
    expect(error.field).toBe('privateKey');
    expect(error.message).toContain(error.problem);
    expect(error.cause).toBeUndefined();
    const everything = inspect(error, { depth: 20, showHidden: true });
    for (const line of material.split('\n').filter((text) => text.length > 16)) {
      if (!line.startsWith('-----')) expect(everything).not.toContain(line.slice(0, 16));
    }
    return error;
  }
  throw new Error('it was accepted');
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
    ['DER bytes', der],
    ['PEM bytes', Buffer.from(pkcs8Pem)],
    ['a KeyObject', keys.privateKey],
  ])('is read from %s', (_name, input) => {
    const onWarning = vi.fn();
    expect(loadPrivateKey(input, onWarning).equals(keys.privateKey)).toBe(true);
    expect(onWarning).not.toHaveBeenCalled();
  });

  const text = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

  test.each([
    ['an EC key', text(ec.privateKey), /ec/],
    ['an EC KeyObject', ec.privateKey, /ec/],
    ['a public key', publicPem, /public/],
    ['a public key in base64', publicDer.toString('base64'), /public/],
    ['a public KeyObject', keys.publicKey, /public/],
    ['a truncated PEM', pkcs8Pem.slice(0, 800), /is not readable PEM/],
    ['a truncated base64', oneLine.slice(0, 801), /is not a whole, unencrypted PKCS#8 key/],
    ['truncated DER', der.subarray(0, 500), /is not a whole, unencrypted PKCS#8 key/],
    ['an encrypted key', encrypted, /encrypted/],
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

describe('a private key file', () => {
  function file(content: string, mode = 0o600): string {
    const directory = mkdtempSync(join(tmpdir(), 'key-'));
    onTestFinished(() => {
      rmSync(directory, { recursive: true });
    });
    const path = join(directory, 'key.pem');
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  }

  test('is read where only its owner may read it', () => {
    expect(readPrivateKeyFile(file(pkcs8Pem)).equals(createPrivateKey(pkcs8Pem))).toBe(true);
    expect(readPrivateKeyFile(file(oneLine, 0o400)).equals(keys.privateKey)).toBe(true);
  });

  test.runIf(process.platform !== 'win32').each([0o644, 0o640, 0o604, 0o660, 0o601])(
    'is refused with mode %o, with a hint at chmod 600',
    (mode) => {
      const path = file(pkcs8Pem, mode);
      expect(refusal(() => readPrivateKeyFile(path), pkcs8Pem).message).toMatch(/chmod 600/);
    },
  );

  test('is refused where it is missing, a directory, too large, or not a key', () => {
    const missing = refusal(() => readPrivateKeyFile('/no/such/key.pem'), '');
    expect(missing.message).toMatch(/\/no\/such\/key\.pem.*ENOENT/);
    const directory = join(file(''), '..', 'directory');
    mkdirSync(directory);
    expect(refusal(() => readPrivateKeyFile(directory), '').message).toMatch(/not a file/);
    const large = file('x'.repeat(65_537));
    expect(refusal(() => readPrivateKeyFile(large), '').message).toMatch(/65536/);
    const largest = refusal(() => readPrivateKeyFile(file('x'.repeat(65_536))), '');
    expect(largest.message).not.toMatch(/65536/);
    refusal(() => readPrivateKeyFile(file(publicPem)), publicPem);
    refusal(() => readPrivateKeyFile('with\0nul'), '');
  });

  test.each([pkcs8Pem, `  ${pkcs1Pem}`, oneLine, ` ${oneLine}`])(
    'is refused, without an echo, where it is the key itself',
    (material) => {
      const error = refusal(() => readPrivateKeyFile(material), material);
      expect(error.message).toBe(
        'expected the path of a private key file, but got a private key; put the key into a file ' +
          'with mode 600 and pass its path, because every process can see a command line',
      );
    },
  );

  test.each([`/keys/MI${'a'.repeat(70)}`, 'MI', `MI-${'a'.repeat(70)}`, `MI${'a'.repeat(63)}`])(
    'may have a name that resembles a key: %s',
    (path) => {
      const { message } = refusal(() => readPrivateKeyFile(path), '');
      expect(message).toBe(`the private key file ${path} cannot be opened (ENOENT)`);
    },
  );

  test.runIf(process.platform !== 'win32')('is refused at once where it is a pipe', () => {
    const [pipe, writer] = [`${file('')}.pipe`, `${file('')}.writer`];
    spawnSync('mkfifo', ['-m', '600', pipe]);
    // A reader that waits for a writer is released, and noticed, after 5 s.
    const child = spawn('sh', ['-c', 'sleep 5; : > "$1"; : > "$0"', pipe, writer], {
      stdio: 'ignore',
    });
    onTestFinished(() => {
      child.kill();
    });
    expect(refusal(() => readPrivateKeyFile(pipe), '').message).toMatch(/is not a file/);
    expect(existsSync(writer)).toBe(false);
  });

  test.runIf(process.platform === 'linux')('is closed again after success and failure', () => {
    const open = () => readdirSync('/proc/self/fd').length;
    const [good, bad] = [file(pkcs8Pem), file(pkcs8Pem, 0o644)];
    const before = open();
    readPrivateKeyFile(good);
    refusal(() => readPrivateKeyFile(bad), pkcs8Pem);
    expect(open()).toBe(before);
  });
});
