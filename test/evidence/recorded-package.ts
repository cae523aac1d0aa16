import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export const recordedDirectory = join(import.meta.dirname, 'recorded');

/**
 * A package as version 0.6.0 wrote it, before hash format 2 and version 2 of the package: of the order
 * in real-order.ts, one whole and one with `redact: ['reason', 'phone']`. Nothing can write them again.
 * The reports lie there compressed, as they are larger than all the rest.
 */
export function recordedPackage(
  name: 'version-1-whole' | 'version-1-redacted',
): Map<string, Uint8Array> {
  const files = readdirSync(join(recordedDirectory, name)).map((file) => {
    const bytes = readFileSync(join(recordedDirectory, name, file));
    const isCompressed = file.endsWith('.gz');
    return [file.replace(/\.gz$/, ''), isCompressed ? gunzipSync(bytes) : bytes] as const;
  });
  return new Map(files);
}
