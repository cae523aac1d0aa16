/**
 * Which error of SQLite it is. The result code decides, never the text: the primary code is its
 * lowest byte, the extended codes refine it.
 */

/** Primary result codes by name. */
const primaryCodes = {
  /** SQLITE_ERROR. Our statements are right, so from them it means that the schema is wrong. */
  generic: 1,
  /** Another connection is in the way, now. */
  busy: 5,
  ioError: 10,
  corrupt: 11,
  full: 13,
  constraint: 19,
  notADatabase: 26,
  /** The file, or its directory, may not be written. */
  readOnly: 8,
  cannotOpen: 14,
} as const;

/** SQLite's extended result code, or undefined for an error of another kind. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}

/** Whether it is an error of SQLite with one of these primary codes, in any extension. */
export function hasCode(error: unknown, ...names: (keyof typeof primaryCodes)[]): boolean {
  const code = resultCode(error);
  return code !== undefined && names.some((name) => primaryCodes[name] === (code & 0xff));
}

export function isCorrupt(error: unknown): boolean {
  // A number that none of our events has: Node refuses to read it.
  if (error instanceof RangeError && 'code' in error) return error.code === 'ERR_OUT_OF_RANGE';
  return hasCode(error, 'corrupt', 'notADatabase');
}
