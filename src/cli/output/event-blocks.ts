import { escapeForTerminal } from '../../text.ts';
import type { Context } from '../context.ts';
import type { ToldEvent } from './event-lines.ts';

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
