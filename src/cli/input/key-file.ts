import { statSync } from 'node:fs';
import type { KeyObject } from 'node:crypto';
import { readPrivateKeyFile } from '../../gateway/private-key-file.ts';

/**
 * The key of a file, read now, so that a bad one fails at once; and then a function that reads the
 * file again, so that a key rotates by replacing it. A pipe and the standard input give a key once.
 *
 * @throws {PaymentOrderError} `invalid-private-key`
 */
export function rotatingKeyFile(path: string): KeyObject | (() => KeyObject) {
  const key = readPrivateKeyFile(path);
  return isFile(path) ? () => readPrivateKeyFile(path) : key;
}

/** What `/dev/stdin` and `/dev/fd/…` lead to was opened before, and does not change by its name. */
function isFile(path: string): boolean {
  if (path === '-' || path.startsWith('/dev/')) return false;
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
