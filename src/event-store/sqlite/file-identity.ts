import { statSync } from 'node:fs';

/** Which file it is, whatever its path names by now. */
export type FileIdentity = { readonly dev: bigint; readonly ino: bigint };

/** Which file a path names; undefined where it names none. */
export function identityOf(path: string): FileIdentity | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : { dev: found.dev, ino: found.ino };
}
