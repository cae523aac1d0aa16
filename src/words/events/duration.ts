/** The words for days, hours, minutes, seconds and milliseconds. */
export type DurationUnits = readonly [string, string, string, string, string];

/** A duration in at most two units; above a minute, milliseconds are dropped. */
export function durationIn(
  [days, hours, minutes, seconds, milliseconds]: DurationUnits,
  ms: number,
): string {
  if (ms < 0) return `−${durationIn([days, hours, minutes, seconds, milliseconds], -ms)}`;
  if (ms < 1_000) return `${Math.round(ms)} ${milliseconds}`;
  if (ms < 60_000) return `${Math.floor(ms / 100) / 10} ${seconds}`;
  const wholeSeconds = Math.floor(ms / 1_000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(wholeSeconds / 86_400), days],
    [Math.floor(wholeSeconds / 3_600) % 24, hours],
    [Math.floor(wholeSeconds / 60) % 60, minutes],
    [wholeSeconds % 60, seconds],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
