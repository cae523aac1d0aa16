import { digest } from '../history/chain.ts';
import type { FoundEvent, WithheldPart } from '../history/event.ts';
import type { BundleContent } from './content.ts';
import { partsOf } from './content.ts';
import type { EventLine } from './event-lines.ts';
import { EventLines, linesMax } from './event-lines.ts';
import type { BundleFault } from './manifest.ts';

const file = 'originals';

/** The revisions of withheld events whose originals, with their salts, match the digests. */
export async function provenBy(
  originals: BundleContent,
  events: readonly FoundEvent[],
  faults: BundleFault[],
): Promise<readonly number[]> {
  const proven: number[] = [];
  const byRevision = new Map(events.map((event) => [event.revision, event]));
  for await (const { event: original, problem } of linesOf(originals)) {
    if (original === null) {
      const message = `originals: ${problem}`;
      faults.push({ file, revision: null, code: 'invalid-event', message });
      continue;
    }
    const { revision, id } = original;
    const event = byRevision.get(revision);
    const parts = event?.withheld ?? [];
    if (event?.id === id && parts.every((part) => isOriginal(part, original, event))) {
      if (parts.length > 0) proven.push(revision);
      continue;
    }
    const message = `originals: revision ${revision} is not the event that the package withholds`;
    faults.push({ file, revision, code: 'not-the-original', message });
  }
  return proven;
}

/** At most one line more than a stream has events. */
async function* linesOf(content: BundleContent): AsyncGenerator<EventLine> {
  const lines = new EventLines();
  let count = 0;
  for await (const part of partsOf(content)) {
    for (const line of lines.read(part)) {
      yield line;
      count += 1;
      if (count > linesMax) return;
    }
  }
  yield* lines.end();
}

function isOriginal(part: WithheldPart, original: FoundEvent, event: FoundEvent): boolean {
  const { salt, dataHash, metadataHash, prevHash, hash, ...metadata } = original.metadata;
  const links = { dataHash, metadataHash, prevHash, hash };
  const isSameLink = Object.entries(links).every(([name, of]) => of === event.metadata[name]);
  if (!isSameLink) return false;
  try {
    return part === 'data'
      ? digest({ salt, data: original.data }) === dataHash
      : digest(metadata) === metadataHash;
  } catch {
    return false;
  }
}
