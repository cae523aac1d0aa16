import { hasRole } from '../../../machines/payment-order.events.ts';
import { settles } from '../../../machines/payment-order.remembered.ts';
import type { FoundEvent } from '../../history/event.ts';
import { reportedIn } from '../../timeline/event-details.ts';
import { retractionsIn } from '../../timeline/retractions.ts';
import { isResolution, occurredMsOf, recordedMsOf } from './events-told.ts';
import type { Knowledge, Report } from './types.ts';

/** When did we know? */
export function knowledgeIn(events: readonly FoundEvent[]): readonly Knowledge[] {
  const retractions = retractionsIn(events);
  return events.flatMap((event) => {
    const { revision } = event;
    const by = waysToKnow(event);
    if (by === null) return [];
    const [occurredMs, recordedMs] = [occurredMsOf(event), recordedMsOf(event)];
    const lateMs = occurredMs === null || recordedMs === null ? null : recordedMs - occurredMs;
    return [{ revision, by, lateMs, retractedBy: retractions.get(revision)?.revision ?? null }];
  });
}

function waysToKnow(event: FoundEvent): Knowledge['by'] | null {
  const { type } = event;
  if (hasRole(type, 'fact')) return 'fact';
  if (type === 'CancelConfirmed') return 'answer';
  if (type === 'CancelResolved') return isResolution(event, 'open') ? null : 'resolution';
  const status = reportedIn(event);
  return status !== null && settles(status) ? 'report' : null;
}

/** What the platform answered to questions. */
export function reportsIn(events: readonly FoundEvent[]): readonly Report[] {
  const retractions = retractionsIn(events);
  return events.flatMap((event) => {
    const { revision } = event;
    const status = reportedIn(event);
    if (status === null) return [];
    return [{ revision, status, retractedBy: retractions.get(revision)?.revision ?? null }];
  });
}
