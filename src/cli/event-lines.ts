import type { HistoryEvent } from '../index.ts';
import type { Context } from './context.ts';
import { inert } from './inert.ts';
import { table } from './table.ts';
import type { Words } from './words/words.ts';

/** A history for people, oldest first. */
export async function eventLines(
  { words }: Pick<Context, 'words'>,
  events: readonly HistoryEvent[],
): Promise<readonly string[]> {
  const { revision, time, event, way, what, actor } = words.logHeaders;
  // Recorded, not folded: somebody may have put anything there.
  const state = (recorded: string | null) =>
    recorded === null ? '–' : words.state(inert(recorded));
  return table([
    [revision, time, event, way, actor, what],
    ...events.map((stored) => [
      String(stored.revision),
      inert(stored.metadata.recordedAt),
      stored.type,
      `${state(stored.metadata.from)} → ${state(stored.metadata.to)}`,
      actorOf(stored),
      sentence(words, stored),
    ]),
  ]);
}

function actorOf({ metadata: { actor } }: HistoryEvent): string {
  return actor === undefined ? '–' : inert(`${actor.kind}:${actor.id}`);
}

/** What of an event's data a reader wants to see; the rest is in `--json`. */
function sentence(words: Words, { data, metadata }: HistoryEvent): string {
  const { occurredAt, to } = metadata;
  const said = { ...data, ...(occurredAt === undefined ? {} : { occurredAt }) };
  const parts = Object.entries(words.dataLabels)
    .filter(([field]) => Object.hasOwn(said, field))
    .map(([field, label]) => `${label} ${shown(Reflect.get(said, field))}`);
  const { amountMinor, currency, retryInMs } = data;
  if (amountMinor !== undefined) parts.push(`${shown(amountMinor)} ${shown(currency)}`);
  // Drawn for every outcome, but only these states wait for it.
  const waits = to === 'cancelling.backingOff' || to === 'cancelling.inDoubt';
  if (waits && typeof retryInMs === 'number') parts.push(words.retryIn(retryInMs));
  return parts.join(' · ');
}

function shown(value: unknown): string {
  return inert(typeof value === 'string' ? value : JSON.stringify(value));
}
