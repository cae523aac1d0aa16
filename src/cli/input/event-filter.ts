import { isOutcomeType } from '../../../machines/payment-order.events.ts';
import type { DisputeEvent, TimelineEntry } from '../../dispute.ts';

export type EventFilter = {
  /** Event types; all where none is given. */
  readonly types: readonly string[];
  /** `ID`, of whatever kind, or `KIND:ID`. */
  readonly actor: string | undefined;
  /** Only what went wrong: rejections, outcomes that are no cancel, failures, new anomalies. */
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
    (!failed || hasFailed(event.type, entry))
  );
}

function isActor(named: string | null, wanted: string): boolean {
  if (named === null) return false;
  return named === wanted || named.slice(named.indexOf(':') + 1) === wanted;
}

function hasFailed(type: string, { opened }: TimelineEntry): boolean {
  const isRefusal = isOutcomeType(type) && type !== 'CancelConfirmed';
  return isRefusal || type === 'CommandRejected' || type === 'PaymentFailed' || opened.length > 0;
}
