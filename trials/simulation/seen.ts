/** What was seen how often: faults that struck, states, coincidences. */
export type Seen = Map<string, number>;

export function count(seen: Seen, what: string, times = 1): void {
  seen.set(what, (seen.get(what) ?? 0) + times);
}
