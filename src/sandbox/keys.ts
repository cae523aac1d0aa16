import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PaymentOrderError } from '../errors.ts';

export type SandboxKeys = {
  readonly privateKeyFile: string;
  readonly publicKeyFile: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
};

/**
 * The caller's key pair for the sandbox: RSA 2048, made on first use in `directory` (private part
 * mode 0600), read later. Processes that start together end with the same pair.
 * Errors: `invalid-private-key` where the file there is none; `invalid-input` for the directory.
 */
export function sandboxKeys(directory: string): SandboxKeys {
  const privateKeyFile = join(directory, 'sandbox-private-key.pem');
  const publicKeyFile = join(directory, 'sandbox-public-key.pem');
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (!existsSync(privateKeyFile)) makePrivateKey(privateKeyFile);
  } catch (cause) {
    throw new PaymentOrderError('invalid-input', `no key pair can be kept in ${directory}`, {
      field: 'directory',
      cause,
    });
  }
  const privateKey = readKey(privateKeyFile);
  const publicKey = createPublicKey(privateKey);
  if (!existsSync(publicKeyFile)) {
    writeFileSync(publicKeyFile, publicKey.export({ type: 'spki', format: 'pem' }));
  }
  return { privateKeyFile, publicKeyFile, privateKey, publicKey };
}

/** Written whole beside its place and then linked there: the first process wins. */
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
      `${file} holds no readable private key; remove it, and a new pair will be made`,
    );
  }
}
