import { spawn, spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readKeyFile, readPrivateKeyFile } from '../../src/gateway/private-key-file.ts';
import { refusal } from './refusal.ts';
import { keys } from './support.ts';

const pkcs8Pem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const pkcs1Pem = keys.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const oneLine = keys.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
const pkcs1Line = keys.privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64');
const publicPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const isPosix = process.platform !== 'win32';

describe('a private key file', () => {
  /** A named pipe in a directory of its own. */
  function pipe(mode = 0o600): string {
    const path = `${file('')}.pipe`;
    spawnSync('mkfifo', [path]);
    chmodSync(path, mode);
    return path;
  }

  /** Another process writes to the pipe. */
  function writing(script: string, path: string, key: string): void {
    const child = spawn('sh', ['-c', `exec > "$0"; ${script}`, path, key], { stdio: 'ignore' });
    onTestFinished(() => {
      child.kill();
    });
  }

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

  test('is read in any form that a key may have', () => {
    expect(readPrivateKeyFile(file(`\uFEFF${pkcs1Line}\r\n`)).equals(keys.privateKey)).toBe(true);
  });

  test.runIf(isPosix).each([0o644, 0o650, 0o604, 0o660, 0o601, 0o620])(
    'is refused with mode %o, with a hint at chmod',
    (mode) => {
      const path = file(pkcs8Pem, mode);
      expect(refusal(() => readPrivateKeyFile(path), pkcs8Pem).message).toMatch(/chmod 6[04]0/);
    },
  );

  test.runIf(process.geteuid?.() === 0)('of root is read through its group', () => {
    expect(readPrivateKeyFile(file(pkcs8Pem, 0o440)).equals(keys.privateKey)).toBe(true);
  });

  test.runIf(process.geteuid?.() === 0)('of another user is refused, with a hint at chown', () => {
    const path = file(pkcs8Pem);
    chownSync(path, 12_345, 12_345);
    expect(refusal(() => readPrivateKeyFile(path), pkcs8Pem).message).toMatch(
      /belongs to user 12345, but this is user 0; run chown 0 on it/,
    );
  });

  test('is refused where it is missing, a directory, too large, or not a key', () => {
    const missing = refusal(() => readPrivateKeyFile('/no/such/key.pem'), '');
    expect(missing.message).toMatch(/\/no\/such\/key\.pem.*ENOENT/);
    const directory = join(file(''), '..', 'directory');
    mkdirSync(directory);
    expect(refusal(() => readPrivateKeyFile(directory), '').message).toMatch(
      /not a file or a pipe/,
    );
    expect(refusal(() => readPrivateKeyFile('/dev/null'), '').message).toMatch(/not a file/);
    const large = file('x'.repeat(65_537));
    expect(refusal(() => readPrivateKeyFile(large), '').message).toMatch(/65536/);
    const largest = refusal(() => readPrivateKeyFile(file('x'.repeat(65_536))), '');
    expect(largest.message).not.toMatch(/65536/);
    refusal(() => readPrivateKeyFile(file(publicPem)), publicPem);
    refusal(() => readPrivateKeyFile('with\0nul'), '');
  });

  test.each([
    ...[pkcs8Pem, `  ${pkcs1Pem}`, oneLine, ` ${oneLine}`, `"${pkcs1Line}"`],
    Buffer.from(pkcs8Pem).toString('base64'),
  ])('is refused, without an echo, where it is the key itself', (material) => {
    const error = refusal(() => readPrivateKeyFile(material), material);
    expect(error.message).toBe(
      'expected the path of a private key file, but got a private key; put the key into a file ' +
        'with mode 600 and pass its path, because every process can see a command line',
    );
  });

  test.each([`/keys/MI${'a'.repeat(70)}`, 'MI', `MI-${'a'.repeat(70)}`, `MI${'a'.repeat(63)}`])(
    'may have a name that resembles a key: %s',
    (path) => {
      const { message } = refusal(() => readPrivateKeyFile(path), '');
      expect(message).toBe(`the private key file ${path} cannot be opened (ENOENT)`);
    },
  );

  test.runIf(isPosix)('is read from a named pipe, however late it is written', () => {
    const path = pipe();
    writing(
      'sleep 0.2; printf %s "$1" | cut -c 1-700; sleep 0.2; printf %s "$1" | cut -c 701-',
      path,
      oneLine,
    );

    expect(readPrivateKeyFile(path).equals(keys.privateKey)).toBe(true);
  });

  test.runIf(isPosix)('is refused where it is a pipe without end', () => {
    const path = pipe();
    writing('while :; do echo "$1" || exit; done', path, oneLine);

    expect(refusal(() => readPrivateKeyFile(path), oneLine).message).toMatch(/over 65536 bytes/);
  });

  test.runIf(isPosix)('is refused where it is a pipe that nobody writes to, after a while', () => {
    const { message } = refusal(() => readKeyFile(pipe(), 60), '');

    expect(message).toMatch(/did not end within 60 ms; write the key to it and close it/);
  });

  test.runIf(isPosix)('is refused where it is a pipe that others can read', () => {
    const path = pipe(0o666);

    expect(refusal(() => readPrivateKeyFile(path), '').message).toMatch(/chmod 6[04]0/);
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
