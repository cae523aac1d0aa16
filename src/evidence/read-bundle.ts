import { constants, lstatSync, opendirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { invalidInput } from '../errors.ts';
import type { BundleContent, BundleFiles } from './content.ts';
import { UnreadableContent } from './content.ts';
import { filesMax } from './manifest.ts';

const partBytes = 256 * 1024;

/**
 * Lists the files of a package's directory, for `verifyBundle`. Each is read when its turn comes, in
 * parts of 256 KiB. A link, a directory, a pipe or a device is not followed or opened.
 *
 * @throws {PaymentOrderError} `invalid-input` if the directory cannot be read.
 * @example
 * const { ok, faults } = await verifyBundle(readBundle('evidence'), { moduleVersion: '0.10.0' });
 */
export function readBundle(directory: string): BundleFiles {
  const files = new Map<string, BundleContent>();
  try {
    using entries = opendirSync(directory);
    // One more than there may be, so that the verification names it.
    while (files.size <= filesMax) {
      const name = entries.readSync()?.name;
      if (name === undefined) break;
      files.set(name, fileContent(join(directory, name)));
    }
  } catch (cause) {
    const reason = reasonOf(cause);
    throw invalidInput('bundle', `must name a package; ${directory} cannot be read: ${reason}`, {
      cause,
    });
  }
  return files;
}

/** The bytes of a file in parts, without following a link, and without waiting for a pipe. */
export async function* fileContent(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    // Looked at first, because opening a device may already do something.
    if (!lstatSync(path).isFile()) throw notAFile();
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    await using file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!(await file.stat()).isFile()) throw notAFile();
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(partBytes));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    if (error instanceof UnreadableContent) throw error;
    throw new UnreadableContent('file-unreadable', `cannot be read: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

function notAFile(): UnreadableContent {
  return new UnreadableContent('not-a-file', 'is a link, a directory, a pipe or a device');
}
