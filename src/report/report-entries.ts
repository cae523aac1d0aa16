import { hasRole, isEventType } from '../../machines/payment-order.events.ts';
import type { AttemptRecord } from '../timeline/attempts.ts';
import type { Graph } from '../diagram/graph.ts';
import { walk } from '../diagram/path.ts';
import { drawnEdges, pairOf } from '../diagram/svg.ts';
import type { FoundEvent } from '../history/event.ts';
import type { DescribedEntry } from '../timeline/timeline.ts';
import { timeOf } from '../timeline/timeline.ts';
import { changesBetween } from './changes.ts';
import { foldAlong } from './folding.ts';
import type { Folded } from './folding.ts';
import type { ReportData, ReportEntry } from './report-data.ts';
import { localizedDuration } from './times.ts';

/** Every event, with everything that the page shows of it. */
export function entriesOf(
  events: readonly FoundEvent[],
  timeline: readonly DescribedEntry[],
  attempts: readonly AttemptRecord[],
  graph: Graph,
  lateAfterMs: number,
): Pick<ReportData, 'entries' | 'foldEnds'> {
  const edgesOf = walker(graph);
  const beginners = new Map(
    attempts.map(({ attempt, inFlight }) => [inFlight.from.revision, attempt]),
  );
  const entries: ReportEntry[] = [];
  let foldEnds: ReportData['foldEnds'] = null;
  let before: Folded = {};
  let at = -1;
  for (const step of foldAlong(events)) {
    at += 1;
    const [event, entry] = [events[at], timeline[at]];
    if (event === undefined || entry === undefined) continue;
    if (step.folded === null && step.why !== null) foldEnds = { at, why: step.why };
    const attempt = hasRole(event.type, 'outcome')
      ? numberOrNull(event.data['attempt'])
      : (beginners.get(event.revision) ?? null);
    entries.push({
      ...entryOf(event, entry, lateAfterMs),
      attempt,
      walked: edgesOf(entry),
      changes: step.folded === null ? null : changesBetween(before, step.folded),
    });
    if (step.folded !== null) before = step.folded;
  }
  return { entries, foldEnds };
}

function entryOf(
  found: FoundEvent,
  { revision, recordedAt, occurredAt, gapMs, lateMs, earlyMs, ...shown }: DescribedEntry,
  lateAfterMs: number,
): Omit<ReportEntry, 'attempt' | 'walked' | 'changes'> {
  const { stream, id, type, data, metadata, withheld } = found;
  return {
    ...shown,
    event: { stream, revision, id, type, data, metadata, withheld },
    isUnknown: !isEventType(type),
    recordedAt,
    ms: timeOf(recordedAt),
    occurredAt,
    gap: gapMs === null ? null : localizedDuration(gapMs),
    late: lateMs === null || lateMs < lateAfterMs ? null : localizedDuration(lateMs),
    early: earlyMs === null ? null : localizedDuration(earlyMs),
  };
}

/** Finds the drawn edges that a step took, once for each kind of step. */
function walker(graph: Graph): (step: DescribedEntry) => readonly number[] {
  const places = new Map(drawnEdges(graph).map((edge, place) => [pairOf(edge), place]));
  const found = new Map<string, readonly number[]>();
  return ({ type, from, to }) => {
    const key = JSON.stringify([type, from, to]);
    const known = found.get(key);
    if (known !== undefined) return known;
    const { edges } = walk(graph, [{ type, from, to: to ?? '' }]);
    const walked = [...edges].flatMap((edge) => places.get(pairOf(edge)) ?? []);
    found.set(key, walked);
    return walked;
  };
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
