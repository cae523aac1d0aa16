import type { HistoryEvent } from '../index.ts';
import type { Context } from './context.ts';
import { eventDetails } from '../dispute/event-details.ts';
import { inert } from '../dispute/inert.ts';
import { table } from './table.ts';

/** A history for people, oldest first. */
export async function eventLines(
  { words }: Pick<Context, 'words'>,
  events: readonly HistoryEvent[],
): Promise<readonly string[]> {
  const { revision, time, event, way, what, actor } = words.logHeaders;
  // Recorded, not folded: somebody may have put anything there.
  const state = (recorded: string | null) =>
    recorded === null ? '–' : words.state(inert(recorded));
  const details = eventDetails(words, events);
  return table([
    [revision, time, event, way, actor, what],
    ...events.map((stored, index) => [
      String(stored.revision),
      inert(stored.metadata.recordedAt),
      stored.type,
      `${state(stored.metadata.from)} → ${state(stored.metadata.to)}`,
      actorOf(stored),
      details[index] ?? '',
    ]),
  ]);
}

function actorOf({ metadata: { actor } }: HistoryEvent): string {
  return actor === undefined ? '–' : inert(`${actor.kind}:${actor.id}`);
}
