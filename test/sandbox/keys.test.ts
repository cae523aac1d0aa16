import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readPrivateKeyFile } from '../../src/gateway/private-key-file.ts';
import { sandboxKeys } from '../../src/sandbox/keys.ts';

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'sandbox-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  return join(path, 'a', 'b');
}

describe('the keys of the sandbox', () => {
  test('are created once and then read', () => {
    const path = directory();
    const made = sandboxKeys(path);
    const read = sandboxKeys(path);
    expect(read.privateKey.equals(made.privateKey)).toBe(true);
    expect(made.privateKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(readdirSync(path)).toHaveLength(2);
    expect(createPublicKey(readFileSync(made.publicKeyFile)).equals(made.publicKey)).toBe(true);
  });

  test('are readable by their owner only, as the gateway requires', () => {
    const { privateKeyFile, privateKey } = sandboxKeys(directory());
    if (process.platform !== 'win32') expect(statSync(privateKeyFile).mode & 0o777).toBe(0o600);
    expect(readPrivateKeyFile(privateKeyFile).equals(privateKey)).toBe(true);
  });

  test('never overwrite a file that is not a key, and need a directory that can be created', () => {
    const path = directory();
    const { privateKeyFile } = sandboxKeys(path);
    writeFileSync(privateKeyFile, 'canary');
    expect(() => sandboxKeys(path)).toThrow(
      expect.objectContaining({ code: 'invalid-private-key' }) as Error,
    );
    expect(() => sandboxKeys(join(privateKeyFile, 'x'))).toThrow(
      expect.objectContaining({ code: 'invalid-input', field: 'directory' }) as Error,
    );
  });
});
