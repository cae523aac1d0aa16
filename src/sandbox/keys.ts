import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PaymentOrderError, invalidInput } from '../errors.ts';

export type SandboxKeys = {
  readonly privateKeyFile: string;
  readonly publicKeyFile: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
};

/**
 * Gives the caller's key pair for the sandbox: RSA, 2048 bits, kept in `directory`.
 *
 * The first call creates the directory and both files (the private one with mode 600), later calls
 * read them. Processes that start at the same time get the same pair.
 *
 * @throws {PaymentOrderError} `invalid-private-key` where the file there is not a key;
 * `invalid-input` with field `directory` where the directory cannot be used.
 * @example
 * const { publicKey, privateKeyFile } = sandboxKeys('.sandbox-keys');
 */
export function sandboxKeys(directory: string): SandboxKeys {
  const privateKeyFile = join(directory, 'sandbox-private-key.pem');
  const publicKeyFile = join(directory, 'sandbox-public-key.pem');
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (!existsSync(privateKeyFile)) makePrivateKey(privateKeyFile);
  } catch (cause) {
    throw invalidInput('directory', `cannot keep a key pair in ${directory}`, { cause });
  }
  const privateKey = readKey(privateKeyFile);
  const publicKey = createPublicKey(privateKey);
  if (!existsSync(publicKeyFile)) {
    writeFileSync(publicKeyFile, publicKey.export({ type: 'spki', format: 'pem' }));
  }
  return { privateKeyFile, publicKeyFile, privateKey, publicKey };
}

/** Writes the whole file next to its place, then links it there: the first process wins. */
function makePrivateKey(file: string): void {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(draft, { force: true });
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
