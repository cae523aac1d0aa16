import type { KeyObject } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { PaymentOrderError } from '../errors.ts';
import { modeProblem } from '../private-files.ts';
import type { OnGatewayWarning } from './cancel-gateway.ts';
import { keyFileBytesMax, keyPipeWaitMs } from './limits.ts';
import { invalidKey, loadPrivateKey } from './private-key.ts';

/**
 * Reads the key from a file or pipe of up to 64 KiB, to its end, before it returns.
 *
 * A file or named pipe of your own must be closed to everyone else (mode 600 or stricter). One of
 * root's may be read by its group (mode 640 or stricter), as a mounted secret is. One that belongs
 * to anybody else is refused. Windows has no such modes, and nothing of this is checked there.
 *
 * @param path - `-` is the standard input, whose mode is not looked at. A pipe (`/dev/fd/…` too)
 * is waited for up to a minute where nobody writes to it.
 * @throws {PaymentOrderError} `invalid-private-key`
 * @example const privateKey = readPrivateKeyFile('/run/secrets/etc-private-key.pem');
 */
export function readPrivateKeyFile(path: string, onWarning?: OnGatewayWarning): KeyObject {
  // No compiler stops a caller in JavaScript.
  if (typeof (path as unknown) !== 'string') throw invalidKey('expected the path of a key file');
  if (path.includes('-----BEGIN') || /^[\s"']*(?:MI|LS0tLS1CRUdJ)[\w+/=\s]{64}/.test(path)) {
    const problem =
      'expected the path of a private key file, but got a private key; put the key into a file ' +
      'with mode 600 and pass its path, because every process can see a command line';
    throw invalidKey(problem);
  }
  const bytes = path === '-' ? readInput() : readKeyFile(path);
  try {
    return loadPrivateKey(bytes, onWarning);
  } finally {
    bytes.fill(0);
  }
}

function readInput(): Buffer {
  const name = 'standard input';
  if (isatty(0)) throw invalidFile(name, 'is a terminal; send the key through a pipe');
  return readToEnd(0, name, { isEmptyAtFirst: false });
}

/** The bytes of a key file or pipe; `pipeWaitMs` is how long all waits for a pipe may take. */
export function readKeyFile(path: string, pipeWaitMs = keyPipeWaitMs): Buffer {
  let file: number;
  try {
    // Non-blocking: a pipe that nobody writes to must not hang the process. Windows has no such
    // flag; there it is undefined and changes nothing.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw invalidFile(path, `cannot be opened (${codeOf(error)})`);
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile() && !status.isFIFO()) throw invalidFile(path, 'is not a file or a pipe');
    // Windows knows no user id.
    const userId = process.geteuid?.();
    const problem = userId === undefined ? null : modeProblem(status, userId);
    if (problem !== null) throw invalidFile(path, problem);
    // A named pipe reads as ended until somebody opens it to write.
    return readToEnd(file, path, { isEmptyAtFirst: status.isFIFO(), pipeWaitMs });
  } finally {
    closeSync(file);
  }
}

const pauseMs = 20;

function readToEnd(
  file: number,
  name: string,
  { isEmptyAtFirst, pipeWaitMs = keyPipeWaitMs }: { isEmptyAtFirst: boolean; pipeWaitMs?: number },
): Buffer {
  const bytes = Buffer.alloc(keyFileBytesMax + 1);
  let length = 0;
  for (let waitedMs = 0; length < bytes.length;) {
    const read = readSome(file, name, bytes.subarray(length));
    length += read ?? 0;
    const isEnd = read === 0 && (length > 0 || !isEmptyAtFirst);
    if (isEnd) break;
    if (read !== null && read > 0) continue;
    if (waitedMs >= pipeWaitMs) {
      throw invalidFile(
        name,
        `did not end within ${pipeWaitMs} ms; write the key to it and close it`,
      );
    }
    pause();
    waitedMs += pauseMs;
  }
  if (length > keyFileBytesMax) throw invalidFile(name, `is over ${keyFileBytesMax} bytes`);
  return bytes.subarray(0, length);
}

/** Bytes read; 0 at the end; null where there are none yet. */
function readSome(file: number, name: string, into: Buffer): number | null {
  try {
    return readSync(file, into);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EAGAIN') return null;
    // So Windows says that a pipe ended.
    if (code === 'EOF') return 0;
    throw invalidFile(name, `cannot be read (${code})`);
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
}

/** node:fs throws nothing without a code. */
function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}

function invalidFile(name: string, problem: string): PaymentOrderError {
  const whole = `${name} ${problem}`;
  return invalidKey(whole, `the private key file ${whole}`);
}
