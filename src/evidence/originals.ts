import { digest } from '../history/chain.ts';
import type { FoundEvent, WithheldPart } from '../history/event.ts';
import { eventsIn } from './event-lines.ts';
import type { BundleFault } from './manifest.ts';

/** The revisions of withheld events whose originals, with their salts, match the digests. */
export function provenBy(
  originals: string,
  events: readonly FoundEvent[],
  faults: BundleFault[],
): readonly number[] {
  const proven: number[] = [];
  const file = 'originals';
  for (const { event: original, problem } of eventsIn(Buffer.from(originals))) {
    if (original === null) {
      const message = `originals: ${problem}`;
      faults.push({ file, revision: null, code: 'invalid-event', message });
      continue;
    }
    const { revision, id } = original;
    const event = events.find((one) => one.revision === revision && one.id === id);
    const parts = event?.withheld ?? [];
    if (event !== undefined && parts.every((part) => isOriginal(part, original, event))) {
      if (parts.length > 0) proven.push(revision);
      continue;
    }
    const message = `originals: revision ${revision} is not the event that the package withholds`;
    faults.push({ file, revision, code: 'not-the-original', message });
  }
  return proven;
}

function isOriginal(part: WithheldPart, original: FoundEvent, event: FoundEvent): boolean {
  const { salt, dataHash, metadataHash, prevHash, hash, ...metadata } = original.metadata;
  const isSameLink =
    prevHash === event.metadata['prevHash'] &&
    hash === event.metadata['hash'] &&
    dataHash === event.metadata['dataHash'] &&
    metadataHash === event.metadata['metadataHash'];
  if (!isSameLink) return false;
  try {
    return part === 'data'
      ? digest({ salt, data: original.data }) === dataHash
      : digest(metadata) === metadataHash;
  } catch {
    return false;
  }
}
