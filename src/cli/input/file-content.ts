import { readFileSync, statSync } from 'node:fs';
import { UsageError } from './arguments.ts';
import { pathAt } from './store-path.ts';

/**
 * What a file that the command line names holds.
 *
 * @param name - The argument or option that names it.
 * @throws {UsageError} It cannot be read, or is larger.
 */
export function contentOf(path: string, bytesMax: number, name = 'FILE'): Buffer {
  try {
    const { size } = statSync(path);
    if (size <= bytesMax) return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new UsageError(`${name} cannot be read (${code}): name a file that you may read`);
  }
  throw new UsageError(`${name} is larger than ${bytesMax} bytes`);
}

/** More than any checkpoint, and than a trust file of a thousand keys. */
const noteBytesMax = 262_144;

/** The text of a checkpoint or of a trust file. */
export function noteText(cwd: string | undefined, file: string, name: string): string {
  return contentOf(pathAt(cwd, file), noteBytesMax, name).toString();
}
