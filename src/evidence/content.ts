import { createHash } from 'node:crypto';
import type { BundleFault } from './manifest.ts';
import { packageBytesMax } from './manifest.ts';

/** What a file holds: its bytes, or its bytes in parts, which are read once and not kept. */
export type BundleContent = Uint8Array | AsyncIterable<Uint8Array>;

export function isContent(given: unknown): given is BundleContent {
  if (given instanceof Uint8Array) return true;
  return typeof given === 'object' && given !== null && Symbol.asyncIterator in given;
}

/** The files of a package by name. */
export type BundleFiles = ReadonlyMap<string, BundleContent>;

/** Thrown by a content that cannot be read. */
export class UnreadableContent extends Error {
  readonly code: 'not-a-file' | 'file-unreadable';

  constructor(code: UnreadableContent['code'], problem: string) {
    super(problem);
    this.name = 'UnreadableContent';
    this.code = code;
  }
}

export type Digested = { readonly bytes: number; readonly sha256: string };

type ReadLimit = {
  readonly bytesMax: number;
  /** What it means if the file has more bytes. */
  readonly beyond: Pick<BundleFault, 'code'> & { readonly problem: string };
};

/** Reads the files of a package, each of them once, and all of them within one limit of bytes. */
export class FileReader {
  readonly #files: BundleFiles;
  readonly #faults: BundleFault[];
  #bytesLeft = packageBytesMax;

  constructor(files: BundleFiles, faults: BundleFault[]) {
    this.#files = files;
    this.#faults = faults;
  }

  /** The whole of a small file with its digest; null after a fault. */
  async whole(name: string, bytesMax: number) {
    const parts: Uint8Array[] = [];
    const beyond = { code: 'file-too-large', problem: `has more than ${bytesMax} bytes` };
    const digested = await this.digest(name, { bytesMax, beyond }, (part) => {
      parts.push(part);
    });
    return digested === null ? null : { ...digested, content: Buffer.concat(parts) };
  }

  /** Size and digest of a file, which is not kept; null after a fault. */
  async digest(
    name: string,
    { bytesMax, beyond }: ReadLimit,
    see?: (part: Uint8Array) => void,
  ): Promise<Digested | null> {
    const content = this.#files.get(name);
    if (content === undefined) return this.#fault(name, 'file-missing', `${name} is missing`);
    const sha256 = createHash('sha256');
    let bytes = 0;
    try {
      for await (const part of partsOf(content)) {
        bytes += part.byteLength;
        this.#bytesLeft -= part.byteLength;
        if (this.#bytesLeft < 0) {
          const problem = `goes beyond the ${packageBytesMax} bytes that a package may have`;
          return this.#fault(name, 'package-too-large', `${name} ${problem}`);
        }
        if (bytes > bytesMax) return this.#fault(name, beyond.code, `${name} ${beyond.problem}`);
        sha256.update(part);
        see?.(part);
      }
    } catch (error) {
      // Whatever else was thrown may speak of anything.
      const { code, message } =
        error instanceof UnreadableContent
          ? error
          : new UnreadableContent('file-unreadable', 'cannot be read');
      return this.#fault(name, code, `${name} ${message}`);
    }
    return { bytes, sha256: sha256.digest('hex') };
  }

  #fault(file: string, code: string, message: string): null {
    this.#faults.push({ file, revision: null, code, message });
    return null;
  }
}

export function partsOf(content: BundleContent): AsyncIterable<Uint8Array> | Uint8Array[] {
  return content instanceof Uint8Array ? [content] : content;
}
