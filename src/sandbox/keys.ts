import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PaymentOrderError, invalidInput } from '../errors.ts';
import { makePrivateDirectory, writePrivateFile } from '../private-files.ts';

export type SandboxKeys = {
  readonly privateKeyFile: string;
  readonly publicKeyFile: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
};

/**
 * Gives the caller's key pair for the sandbox: RSA, 2048 bits, kept in `directory`.
 *
 * The first call creates the directory and both files, for their owner only; later calls read them. Processes that start at the same time get the same pair.
 *
 * @throws {PaymentOrderError} `invalid-private-key` where the file there is not a key;
 * `invalid-input` with field `directory` where the directory cannot be used.
 * @example
 * const { publicKey, privateKeyFile } = sandboxKeys('.sandbox-keys');
 */
export function sandboxKeys(directory: string): SandboxKeys {
  // No compiler stops a caller in JavaScript.
  if (typeof (directory as unknown) !== 'string') throw invalidInput('directory', 'must be a path');
  const privateKeyFile = join(directory, 'sandbox-private-key.pem');
  const publicKeyFile = join(directory, 'sandbox-public-key.pem');
  try {
    makePrivateDirectory(directory);
    if (!existsSync(privateKeyFile)) writeFirst(privateKeyFile, newPrivateKey());
  } catch (cause) {
    throw invalidInput('directory', `cannot keep a key pair in ${directory}`, { cause });
  }
  const privateKey = readKey(privateKeyFile);
  const publicKey = createPublicKey(privateKey);
  if (!existsSync(publicKeyFile)) {
    writeFirst(publicKeyFile, publicKey.export({ type: 'spki', format: 'pem' }));
  }
  return { privateKeyFile, publicKeyFile, privateKey, publicKey };
}

function newPrivateKey(): string | Buffer {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' });
}

/** Where several processes write the file at the same time, the first one's stays. */
function writeFirst(file: string, content: string | Buffer): void {
  try {
    writePrivateFile(file, content);
  } catch (error) {
    if (!existsSync(file)) throw error;
  }
}

function readKey(file: string): KeyObject {
  try {
    return createPrivateKey(readFileSync(file));
  } catch {
    // No cause: an error about a key can carry it.
    throw new PaymentOrderError(
      'invalid-private-key',
      `${file} is not a readable private key; remove it to have a new pair made`,
    );
  }
}
