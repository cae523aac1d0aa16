import { statSync } from 'node:fs';
import type {
  EventStore,
  PreparedEvent,
  RecordedEvent,
} from '../../src/event-store/event-store.ts';
import { startChild } from './children.ts';
import type { Intent, Task, Message } from './sqlite-kills-child.ts';

/** How a child is killed. */
export const deaths = [
  'at a random time',
  'after an intention',
  'after an acknowledgement',
  'by its own hand',
  'while the log is moved',
] as const;

export type Death = (typeof deaths)[number];

/** What a child reported about one batch before it died. */
type Batch = { readonly intent: Intent; acknowledged: number | null };

/** Everything that children reported about one file, by stream, oldest first. */
export type Journal = Map<string, Batch[]>;

/** A child that is not dead by then hangs; generous, for busy machines. */
const hangsAfterMs = 60_000;
const quickly = { characters: 300, acknowledgements: 25, waitMs: 60 };
const largeCharacters = 200_000;

/** Runs one child until it is dead and records its messages. Returns what went wrong, or null. */
export async function liveAndDie(given: {
  readonly path: string;
  readonly streams: readonly string[];
  readonly death: Death;
  readonly random: () => number;
  readonly cache: string;
  readonly journal: Journal;
}): Promise<string | null> {
  const { path, streams, death, random, journal } = given;
  const count = 1 + Math.floor(random() * quickly.acknowledgements);
  const waitMs = random() * quickly.waitMs;
  const isLarge = death === 'while the log is moved';
  const argument: Task = {
    path,
    streams,
    seed: Math.floor(random() * 2 ** 31),
    characters: isLarge ? largeCharacters : quickly.characters,
    diesAfter: death === 'by its own hand' ? count : null,
  };
  let intended = 0;
  let acknowledged = 0;
  let isWanted = false;
  const die = () => {
    isWanted = true;
    child.kill();
  };
  const timers: NodeJS.Timeout[] = [];
  const child = startChild({
    file: 'sqlite-kills-child.ts',
    argument,
    cache: given.cache,
    onLine: (line) => {
      // Our own child wrote the line.
      const message = JSON.parse(line) as Message;
      if (message.kind === 'intends') intended += 1;
      else acknowledged += 1;
      remember(journal, message);
      if (intended === 1 && message.kind === 'intends') {
        if (death === 'at a random time') timers.push(setTimeout(die, waitMs));
        if (isLarge) timers.push(whenFileGrows(path, die));
      }
      if (death === 'after an intention' && intended >= count) die();
      if (death === 'after an acknowledgement' && acknowledged >= count) die();
    },
  });
  timers.push(setTimeout(child.kill, hangsAfterMs));
  const { signal, exitCode, stderr } = await child.ended;
  for (const timer of timers) clearTimeout(timer);
  isWanted ||= acknowledged === argument.diesAfter;
  if (signal === 'SIGKILL' && isWanted) return null;
  return signal === 'SIGKILL'
    ? `a child that was to die ${death} hung after ${acknowledged} acknowledgements`
    : `a child ended by itself, exit code ${exitCode ?? 'none'}: ${stderr}`;
}

/** Pages are moved from the log into the file: then it grows. */
function whenFileGrows(path: string, run: () => void): NodeJS.Timeout {
  const before = statSync(path).size;
  const timer = setInterval(() => {
    if (statSync(path).size > before) run();
  }, 1);
  return timer;
}

function remember(journal: Journal, message: Message): void {
  if (message.kind === 'intends') {
    const { stream } = message.intent;
    journal.set(stream, [
      ...(journal.get(stream) ?? []),
      { intent: message.intent, acknowledged: null },
    ]);
    return;
  }
  // A child reports the intention first, and one at a time for each stream.
  const batch = journal.get(message.stream)?.at(-1);
  if (batch !== undefined) batch.acknowledged = message.revision;
}

/** How a reopened file compares with the journal. */
export type Judgement = {
  readonly violations: readonly string[];
  readonly durableUnacknowledged: number;
  readonly notStored: number;
};

/** Compares a file with its journal, then appends every batch in doubt again, twice. */
export async function judge(store: EventStore, journal: Journal): Promise<Judgement> {
  const violations: string[] = [];
  let durableUnacknowledged = 0;
  let notStored = 0;
  for (const found of await store.check()) violations.push(`I10 integrity_check: ${found}`);
  for (const [stream, batches] of journal) {
    const stored = await readAll(store, stream);
    let at = 0;
    let { length } = stored;
    const kept: Batch[] = [];
    for (const batch of batches) {
      const { intent, acknowledged } = batch;
      const place = stored.slice(at, at + intent.events.length);
      const isThere = place[0]?.id === intent.events[0]?.id;
      if (acknowledged === null && !isThere) {
        notStored += 1;
        // A later child may have died before it stored anything: then the place is still free.
        const isFree = length === (intent.expected === 'no-stream' ? 0 : intent.expected + 1);
        const result = await store.append(stream, intent.events, intent.expected);
        if (isFree !== (result.kind === 'appended')) {
          violations.push(`I9 ${stream}: a batch that was not stored was ${result.kind}`);
        }
        if (result.kind === 'appended') length += intent.events.length;
        if (result.kind === 'conflict') continue;
      }
      if (isThere) violations.push(...differences(stream, at, intent.events, place));
      else if (acknowledged !== null) violations.push(`I1 ${stream} lost revision ${at}`);
      if (acknowledged === null && isThere) {
        durableUnacknowledged += 1;
        const again = await store.append(stream, intent.events, intent.expected);
        const settled = again.kind === 'appended' ? again.settled : again.kind;
        if (settled !== 'after-doubt') violations.push(`I9 ${stream}: stored, yet ${settled}`);
      }
      at += intent.events.length;
      if (acknowledged !== null && acknowledged !== at - 1) {
        violations.push(`I1 ${stream}: revision ${acknowledged} was acknowledged for ${at - 1}`);
      }
      kept.push({ ...batch, acknowledged: at - 1 });
    }
    const afterwards = await readAll(store, stream);
    const expected = kept.flatMap(({ intent }) => intent.events);
    if (text(afterwards) !== text(expected)) {
      violations.push(
        `I9 ${stream}: ${afterwards.length} events, not the ${expected.length} reported`,
      );
    }
    // From here on they are acknowledged: their retry was.
    journal.set(stream, kept);
  }
  return { violations, durableUnacknowledged, notStored };
}

async function readAll(store: EventStore, stream: string): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.read(stream)) events.push(event);
  return events;
}

/** Byte for byte: the text of what was given and of what came back. */
function text(events: readonly PreparedEvent[]): string {
  return JSON.stringify(
    events.map(({ id, type, data, metadata }) => ({ id, type, data, metadata })),
  );
}

function differences(
  stream: string,
  revision: number,
  given: readonly PreparedEvent[],
  found: readonly RecordedEvent[],
): readonly string[] {
  const contiguous = found.every((event, index) => event.revision === revision + index);
  if (text(given) === text(found) && contiguous) return [];
  return [`I1 ${stream}: revisions ${revision} on are not the bytes that were appended`];
}
