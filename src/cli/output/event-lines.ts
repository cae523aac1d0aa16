import { eventDetails } from '../../timeline/event-details.ts';
import type { DisputeEvent, TimelineEntry } from '../../dispute.ts';
import { timelineOf } from '../../dispute.ts';
import type { Context } from '../context.ts';
import { table } from './table.ts';

export type ToldEvent = {
  readonly event: DisputeEvent;
  readonly entry: TimelineEntry;
  /** What the table shows beside the type. */
  readonly detail: string;
};

/** Every event of a history as it is told to people, oldest first. */
export function told(
  { words }: Pick<Context, 'words'>,
  events: readonly DisputeEvent[],
): readonly ToldEvent[] {
  const entries = [...timelineOf(events)];
  const details = eventDetails(words, events);
  return events.flatMap((event, index) => {
    const entry = entries[index];
    return entry === undefined ? [] : [{ event, entry, detail: details[index] ?? '' }];
  });
}

/** One line an event. */
export async function eventLines(
  { words }: Pick<Context, 'words'>,
  events: readonly ToldEvent[],
): Promise<readonly string[]> {
  const { revision, time, event, way, what, actor } = words.logHeaders;
  const state = (recorded: string | null) => (recorded === null ? '–' : words.state(recorded));
  return table([
    [revision, time, event, way, actor, what],
    ...events.map(({ entry, detail }) => [
      String(entry.revision),
      entry.recordedAt,
      entry.type,
      `${state(entry.from)} → ${state(entry.to)}`,
      entry.actor ?? '–',
      detail,
    ]),
  ]);
}
