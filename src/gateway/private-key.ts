import { KeyObject, createPrivateKey, createPublicKey } from 'node:crypto';
import { PaymentOrderError } from '../errors.ts';
import { warn } from './cancel-gateway.ts';
import type { OnGatewayWarning } from './cancel-gateway.ts';
import { rsaBitsMin, rsaBitsWarnedBelow } from './limits.ts';

/** A private key in any form that `loadPrivateKey` reads. */
export type PrivateKeyInput = string | Buffer | KeyObject;

/**
 * Reads an RSA private key, unencrypted.
 *
 * @param input - PKCS#8 or PKCS#1, as PEM, as DER bytes, or as base64 of the DER (which is how the
 * platform hands a key out) or of the PEM; or a `KeyObject`. In text a byte order mark, quotes and
 * blanks around it, any line ends, and `\\n` in letters (as in `.env` files) are fine.
 * @param onWarning - Receives `weak-key` for a key under 2048 bits; under 1024 it is refused.
 * @throws {PaymentOrderError} `invalid-private-key`, without the key material and without a cause,
 * because OpenSSL's own errors can carry it.
 * @example const key = loadPrivateKey(process.env.PAYMENT_KEY ?? '');
 */
export function loadPrivateKey(input: PrivateKeyInput, onWarning?: OnGatewayWarning): KeyObject {
  // No compiler stops a caller in JavaScript.
  if (!isKeyInput(input)) throw invalid('must be text, a Buffer or a KeyObject');
  const key = input instanceof KeyObject ? input : parseKey(input);
  if (key.type !== 'private') throw invalid(`is a ${key.type} key, not a private one`);
  if (key.asymmetricKeyType !== 'rsa') {
    throw invalid(`is of type ${String(key.asymmetricKeyType)}; the platform takes RSA`);
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < rsaBitsMin) {
    throw invalid(`has ${bits} bits; at least ${rsaBitsMin} are needed`);
  }
  if (bits < rsaBitsWarnedBelow) {
    warn(onWarning, {
      code: 'weak-key',
      message: `the private key has ${bits} bits; RSA under ${rsaBitsWarnedBelow} bits is weak`,
    });
  }
  return key;
}

export function isKeyInput(given: unknown): given is PrivateKeyInput {
  return typeof given === 'string' || Buffer.isBuffer(given) || given instanceof KeyObject;
}

function parseKey(input: string | Buffer): KeyObject {
  if (typeof input !== 'string' && input[0] === 0x30) return parseDer(input);
  const text = tidied(input.toString());
  if (text === '') throw invalid('is empty');
  if (text.includes('-----BEGIN')) return parsePem(text);
  const base64 = text.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64)) throw invalid('is neither PEM nor base64');
  const bytes = Buffer.from(base64, 'base64');
  try {
    const isPem = bytes.toString('latin1', 0, 10) === '-----BEGIN';
    return isPem ? parsePem(tidied(bytes.toString())) : parseDer(bytes);
  } finally {
    // It lies in a pool that others are given too.
    bytes.fill(0);
  }
}

/** Without what editors, shells and `.env` files put around a key: quotes, `\n` in letters. */
function tidied(text: string): string {
  // Trims a byte order mark as well.
  return text.replace(/\\+[rn]/g, '\n').replace(/^[\s"']+|[\s"']+$/g, '');
}

const privateKeyBlock =
  /-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----([A-Za-z0-9+/=\s]+)-----END \1-----/;

/** The lines are drawn again, for settings and YAML often make one of them. */
function parsePem(text: string): KeyObject {
  if (text.includes('ENCRYPTED')) throw invalid(isEncrypted);
  const [, label = '', body = ''] = privateKeyBlock.exec(text) ?? [];
  if (body === '' && /-----BEGIN (RSA )?PUBLIC KEY-----/.test(text)) throw invalid(isPublic);
  const lines = body.replace(/\s/g, '').replace(/.{64}(?=.)/g, '$&\n');
  const pem = `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
  const key = readable(() => createPrivateKey({ key: pem, format: 'pem' }));
  if (key === undefined) throw invalid('is not readable PEM');
  return key;
}

function parseDer(der: Buffer): KeyObject {
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    const key = readable(() => createPrivateKey({ key: der, format: 'der', type }));
    if (key !== undefined) return key;
  }
  for (const type of ['spki', 'pkcs1'] as const) {
    const publicKey = readable(() => createPublicKey({ key: der, format: 'der', type }));
    if (publicKey !== undefined) throw invalid(isPublic);
  }
  throw invalid('is not a whole key');
}

const isPublic = 'is a public key';
const isEncrypted = 'is encrypted; decrypt it first (openssl pkcs8)';

function readable(read: () => KeyObject): KeyObject | undefined {
  try {
    return read();
  } catch (error) {
    const isLocked =
      error instanceof Error && 'code' in error && error.code === 'ERR_MISSING_PASSPHRASE';
    if (isLocked) throw invalid(isEncrypted);
    return undefined;
  }
}

function invalid(problem: string): PaymentOrderError {
  const whole = `${problem}; expected: an RSA key, unencrypted, as PEM or as base64 of its DER`;
  return invalidKey(whole, `the private key ${whole}`);
}

/** The error of everything that is wrong with a key or its file. */
export function invalidKey(problem: string, message = problem): PaymentOrderError {
  return new PaymentOrderError('invalid-private-key', message, { field: 'privateKey', problem });
}
