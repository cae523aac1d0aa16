/**
 * Places as near as possible to the wanted ones, in the given order and `gap` apart, or nearer
 * together where there is not enough room between `min` and `max`.
 */
export function spread(
  wanted: readonly number[],
  { min, max, gap }: { readonly min: number; readonly max: number; readonly gap: number },
): readonly number[] {
  const step = Math.max(0, Math.min(gap, (max - min) / Math.max(1, wanted.length - 1)));
  // Without the gaps, places may be equal but not in the wrong order: those that are share a mean.
  const runs: { sum: number; count: number }[] = [];
  for (const [index, place] of wanted.entries()) {
    let run = { sum: place - index * step, count: 1 };
    for (let last = runs.at(-1); last !== undefined && isAfter(last, run); last = runs.at(-1)) {
      runs.pop();
      run = { sum: last.sum + run.sum, count: last.count + run.count };
    }
    runs.push(run);
  }
  const latest = max - step * (wanted.length - 1);
  return runs
    .flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count))
    .map((place, index) => Math.max(min, Math.min(latest, place)) + index * step);
}

type Run = { readonly sum: number; readonly count: number };

function isAfter(a: Run, b: Run): boolean {
  return a.sum / a.count > b.sum / b.count;
}
