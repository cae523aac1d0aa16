/**
 * A place in a history: a 0-based revision, or an instant (ISO 8601 with an offset).
 *
 * - `recordedAt`: what was recorded here by then: the last revision that says so, and all before
 *   it. Order follows revisions: a clock that jumped back takes nothing away.
 * - `occurredAt`: the same, and the facts that had happened by then, as their sources say, but
 *   were recorded only later.
 */
export type Moment =
  { readonly revision: number } | { readonly recordedAt: string } | { readonly occurredAt: string };
