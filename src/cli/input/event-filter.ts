import type { DisputeEvent, TimelineEntry } from '../../dispute.ts';

export type EventFilter = {
  /** Event types; all where none is given. */
  readonly types: readonly string[];
  /** `ID`, of whatever kind, or `KIND:ID`. */
  readonly actor: string | undefined;
  /** Only failures: see `TimelineEntry.isFailure`. */
  readonly failed: boolean;
};

export function isFiltering({ types, actor, failed }: EventFilter): boolean {
  return types.length > 0 || actor !== undefined || failed;
}

export function isShown(filter: EventFilter, event: DisputeEvent, entry: TimelineEntry): boolean {
  const { types, actor, failed } = filter;
  return (
    (types.length === 0 || types.includes(event.type)) &&
    (actor === undefined || isActor(entry.actor, actor)) &&
    (!failed || entry.isFailure)
  );
}

function isActor(named: string | null, wanted: string): boolean {
  if (named === null) return false;
  return named === wanted || named.slice(named.indexOf(':') + 1) === wanted;
}
