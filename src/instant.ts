const latestMs = 253_402_300_799_999;

/**
 * Milliseconds since the epoch as UTC text with milliseconds. A clock may point anywhere; what is
 * stored has a four-digit year, so the ends are cut.
 */
export function instantOf(ms: number): string {
  return new Date(Math.min(Math.max(Math.trunc(ms) || 0, 0), latestMs)).toISOString();
}

/** Milliseconds since the epoch of an ISO 8601 instant with offset. */
export function millisecondsOf(instant: string): number {
  return Date.parse(instant);
}
