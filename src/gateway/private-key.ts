import { KeyObject, createPrivateKey, createPublicKey } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { PaymentOrderError } from '../errors.ts';
import { warn } from './cancel-gateway.ts';
import type { OnGatewayWarning } from './cancel-gateway.ts';
import { keyFileBytesMax, rsaBitsMin, rsaBitsWarnedBelow } from './limits.ts';

/**
 * Reads an RSA private key, unencrypted.
 *
 * @param input - PEM (PKCS#8 or PKCS#1), PKCS#8 DER as bytes or as one line of base64 (which is how
 * the platform hands a key out), or a `KeyObject`.
 * @param onWarning - Receives `weak-key` for a key under 2048 bits; under 1024 it is refused.
 * @throws {PaymentOrderError} `invalid-private-key`, without the key material and without a cause,
 * because OpenSSL's own errors can carry it.
 * @example const key = loadPrivateKey(process.env.PAYMENT_KEY ?? '');
 */
export function loadPrivateKey(
  input: string | Buffer | KeyObject,
  onWarning?: OnGatewayWarning,
): KeyObject {
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

/**
 * Reads the key from a file of up to 64 KiB that only its owner may read. Except on Windows, a file
 * that its group or others can read or write is refused.
 *
 * @throws {PaymentOrderError} `invalid-private-key`
 * @example const privateKey = readPrivateKeyFile('/run/secrets/etc-private-key.pem');
 */
export function readPrivateKeyFile(path: string, onWarning?: OnGatewayWarning): KeyObject {
  if (path.includes('-----BEGIN') || /^\s*MI[\w+/=\s]{64}/.test(path)) {
    const problem =
      'expected the path of a private key file, but got a private key; put the key into a file ' +
      'with mode 600 and pass its path, because every process can see a command line';
    throw invalidKey(problem);
  }
  return loadPrivateKey(readOwnFile(path), onWarning);
}

function parseKey(input: string | Buffer): KeyObject {
  if (typeof input !== 'string' && input[0] === 0x30) return parseDer(input);
  // Trims a byte order mark as well.
  const text = input.toString().trim();
  if (text === '') throw invalid('is empty');
  if (text.includes('-----BEGIN')) return parsePem(text);
  if (!/^[A-Za-z0-9+/\s]+={0,2}$/.test(text)) throw invalid('is neither PEM nor base64');
  return parseDer(Buffer.from(text, 'base64'));
}

function parsePem(text: string): KeyObject {
  if (text.includes('ENCRYPTED')) throw invalid('is encrypted; decrypt it first (openssl pkcs8)');
  if (/-----BEGIN (RSA )?PUBLIC KEY-----/.test(text)) throw invalid('is a public key');
  const key = readable(() => createPrivateKey({ key: text, format: 'pem' }));
  if (key === undefined) throw invalid('is not readable PEM');
  return key;
}

function parseDer(der: Buffer): KeyObject {
  const key = readable(() => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  if (key !== undefined) return key;
  const publicKey = readable(() => createPublicKey({ key: der, format: 'der', type: 'spki' }));
  if (publicKey !== undefined) throw invalid('is a public key');
  throw invalid('is not a whole, unencrypted PKCS#8 key');
}

function readable(read: () => KeyObject): KeyObject | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function readOwnFile(path: string): Buffer {
  let file: number;
  try {
    // Non-blocking: a pipe in place of the file must not hang the process. Windows has no such
    // flag; there it is undefined and changes nothing.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    // node:fs throws nothing without a code.
    const code = String((error as NodeJS.ErrnoException).code);
    throw invalidFile(path, `cannot be opened (${code})`);
  }
  try {
    const { mode, size } = fstatSync(file);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw invalidFile(path, 'is not a file');
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw invalidFile(path, 'is readable by others than its owner; run chmod 600 on it');
    }
    if (size > keyFileBytesMax) throw invalidFile(path, `is over ${keyFileBytesMax} bytes`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function invalid(problem: string): PaymentOrderError {
  const whole = `${problem}; expected: an RSA key as PEM, or as one line of base64 (PKCS#8)`;
  return invalidKey(whole, `the private key ${whole}`);
}

function invalidFile(path: string, problem: string): PaymentOrderError {
  const whole = `${path} ${problem}`;
  return invalidKey(whole, `the private key file ${whole}`);
}

function invalidKey(problem: string, message = problem): PaymentOrderError {
  return new PaymentOrderError('invalid-private-key', message, { field: 'privateKey', problem });
}
