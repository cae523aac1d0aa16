import { eventDetails } from '../../timeline/event-details.ts';
import type { DisputeEvent, TimelineEntry } from '../../dispute.ts';
import { timelineOf } from '../../dispute.ts';
import { escapeForTerminal } from '../../text.ts';
import type { Context } from '../io.ts';
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

/** Everything that is stored of each event, a block each. */
export function eventBlocks(
  { screen, words }: Pick<Context, 'screen' | 'words'>,
  events: readonly ToldEvent[],
): readonly string[] {
  const { detailLabels: labels, data, hash } = words.history;
  return events.flatMap(({ event, entry }) => {
    const { metadata } = event;
    const said = (value: unknown) =>
      escapeForTerminal(typeof value === 'string' ? value : JSON.stringify(value ?? null));
    const state = (path: string | null) => (path === null ? '–' : words.state(path));
    const head = `${entry.revision}  ${entry.type}  ${state(entry.from)} → ${state(entry.to)}`;
    const lines: readonly (readonly [string, unknown])[] = [
      [labels.id, event.id],
      [labels.recorded, metadata['recordedAt']],
      [labels.occurred, metadata['occurredAt']],
      [labels.actor, entry.actor ?? undefined],
      [labels.source, metadata['source']],
      [labels.command, metadata['commandId']],
      [labels.correlation, metadata['$correlationId']],
      [labels.machine, metadata['machine']],
      ...Object.entries(event.data).map(([field, value]) => [`${data}.${field}`, value] as const),
      [hash, metadata['hash']],
    ];
    return [
      screen.paint('bold', head),
      `  ${entry.sentence[words.language]}`,
      ...lines
        .filter(([, value]) => value !== undefined)
        .map(([label, value]) => `    ${escapeForTerminal(label)}: ${said(value)}`),
      '',
    ];
  });
}
