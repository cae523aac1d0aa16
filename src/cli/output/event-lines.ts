import type { DisputeEvent, TimelineEntry } from '../../dispute.ts';
import { timelineOf } from '../../dispute.ts';
import { escapeForTerminal } from '../../text.ts';
import { eventDetails } from '../../timeline/event-details.ts';
import type { Context } from '../io.ts';
import { paragraphs, table } from './table.ts';

export type DescribedEvent = {
  readonly event: DisputeEvent;
  readonly entry: TimelineEntry;
  /** The last column of the table. */
  readonly detail: string;
};

/** Describes every event of a history for people, oldest first. */
export function described(
  { words }: Pick<Context, 'words'>,
  events: readonly DisputeEvent[],
): readonly DescribedEvent[] {
  const entries = [...timelineOf(events)];
  const details = eventDetails(words, events);
  return events.flatMap((event, index) => {
    const entry = entries[index];
    return entry === undefined ? [] : [{ event, entry, detail: details[index] ?? '' }];
  });
}

/** One line per event. */
export async function eventLines(
  { screen, words }: Pick<Context, 'screen' | 'words'>,
  events: readonly DescribedEvent[],
): Promise<readonly string[]> {
  const state = (recorded: string | null) => (recorded === null ? '–' : words.state(recorded));
  const rows = [
    words.logHeaders,
    ...events.map(({ entry, detail }) => [
      String(entry.revision),
      entry.recordedAt,
      entry.type,
      `${state(entry.from)} → ${state(entry.to)}`,
      entry.actor ?? '–',
      detail,
    ]),
  ];
  return table(rows, screen.columns);
}

/** All that is stored of each event, one block per event. */
export function eventBlocks(
  { screen, words }: Pick<Context, 'screen' | 'words'>,
  events: readonly DescribedEvent[],
): Promise<readonly string[]> {
  const { detailLabels: labels, data, hash } = words.history;
  const blocks = events.flatMap(({ event, entry }) => {
    const { metadata } = event;
    const shown = (value: unknown) =>
      escapeForTerminal(typeof value === 'string' ? value : JSON.stringify(value ?? null));
    const state = (path: string | null) => (path === null ? '–' : words.state(path));
    const head = `${entry.revision}  ${entry.type}  ${state(entry.from)} → ${state(entry.to)}`;
    const lines: readonly (readonly [string, unknown])[] = [
      [labels.id, event.id],
      [labels.recorded, metadata['recordedAt']],
      [labels.occurred, metadata['occurredAt']],
      [labels.actor, entry.actor ?? undefined],
      [labels.source, metadata['source']],
      [labels.notice, metadata['noticeId']],
      [labels.vouchedBy, metadata['vouchedBy']],
      [labels.command, metadata['commandId']],
      [labels.correlation, metadata['$correlationId']],
      [labels.machine, metadata['machine']],
      ...Object.entries(event.data).map(([field, value]) => [`${data}.${field}`, value] as const),
      [hash, metadata['hash']],
    ];
    return [
      screen.paint('bold', head),
      `  ${entry.sentence[words.language]}`,
      ...(entry.retraction === null ? [] : [`  ${entry.retraction.sentence[words.language]}`]),
      ...lines
        .filter(([, value]) => value !== undefined)
        .map(([label, value]) => `    ${escapeForTerminal(label)}: ${shown(value)}`),
      '',
    ];
  });
  return paragraphs(blocks, screen.columns);
}
