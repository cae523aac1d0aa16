import { hasRole } from '../../../machines/payment-order.events.ts';
import type { FoundEvent } from '../../history/event.ts';
import { retractionsIn } from '../../timeline/retractions.ts';
import type { Act } from './types.ts';

const requests: ReadonlySet<unknown> = new Set([
  'CancelRequested',
  'CancelRetryRequested',
  'RequestCancel',
  'RetryCancel',
]);

/** Who asked to cancel. */
export function requestsIn(events: readonly FoundEvent[]): readonly Act[] {
  return actsIn(events, (event) =>
    requests.has(isRejection(event) ? event.data['command'] : event.type),
  );
}

/** What operators decided, asked, or recorded by hand. */
export function overridesIn(events: readonly FoundEvent[]): readonly Act[] {
  return actsIn(events, (event) => {
    if (hasRole(event.type, 'decidedByOperator')) return true;
    const isToldOrAsked = hasRole(event.type, 'fact') || event.type === 'StatusReported';
    return isToldOrAsked && isByOperator(event);
  });
}

function actsIn(
  events: readonly FoundEvent[],
  isAct: (event: FoundEvent) => boolean,
): readonly Act[] {
  const retractions = retractionsIn(events);
  return events.filter(isAct).map((event) => ({
    revision: event.revision,
    isRejected: isRejection(event),
    retractedBy: retractions.get(event.revision)?.revision ?? null,
  }));
}

function isRejection({ type }: FoundEvent): boolean {
  return type === 'CommandRejected';
}

/** Stored events may come from anybody, so the form of an actor is not known here. */
function isByOperator({ metadata: { actor } }: FoundEvent): boolean {
  return (
    typeof actor === 'object' && actor !== null && 'kind' in actor && actor.kind === 'operator'
  );
}
