import type { ReportedStatus } from '../../../machines/payment-order.events.ts';
import type { FoundEvent } from '../../history/event.ts';
import { textIn } from '../../history/event.ts';
import { reportedIn } from '../../timeline/event-details.ts';
import { timeOf } from '../../timeline/timeline.ts';

/** When an event was recorded, ms since the epoch; null where that is withheld or not a time. */
export function recordedMsOf({ metadata }: FoundEvent): number | null {
  return msIn(metadata, 'recordedAt');
}

/** When it occurred by its source; null where that gave no time. */
export function occurredMsOf({ metadata }: FoundEvent): number | null {
  return msIn(metadata, 'occurredAt');
}

/** The same where it was recorded after that: else a clock is wrong, or nothing can be compared. */
export function statedMsOf(event: FoundEvent): number | null {
  const [occurredMs, recordedMs] = [occurredMsOf(event), recordedMsOf(event)];
  if (occurredMs === null || recordedMs === null) return null;
  return occurredMs <= recordedMs ? occurredMs : null;
}

export function msIn(fields: FoundEvent['data'], name: string): number | null {
  const text = textIn(fields, name);
  return text === null ? null : timeOf(text);
}

export function isReport(event: FoundEvent, status: ReportedStatus): boolean {
  return reportedIn(event) === status;
}

export function isResolution({ type, data }: FoundEvent, resolution: string): boolean {
  return type === 'CancelResolved' && data['resolution'] === resolution;
}
