import { chainFaults } from '../history/chain.ts';
import type { FoundEvent } from '../history/event.ts';
import { withheldNames } from '../history/withheld.ts';
import type { BundleContent } from './content.ts';
import { partsOf } from './content.ts';
import type { EventLine } from './event-lines.ts';
import { EventLines, linesMax } from './event-lines.ts';
import type { BundleFault } from './manifest.ts';

const file = 'originals';

/** The revisions of withheld events whose originals, with their salts, verify as the same events. */
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
    const { revision } = original;
    const event = byRevision.get(revision);
    if (event !== undefined && isOriginal(original, event)) {
      if (withheldNames(event).length > 0) proven.push(revision);
      continue;
    }
    const message = `originals: revision ${revision} is not the event that the package withholds`;
    faults.push({ file, revision, code: 'not-the-original', message });
  }
  return proven;
}

/** At most one line more than a stream has events. */
async function* linesOf(content: BundleContent): AsyncGenerator<EventLine> {
  const lines = new EventLines('originals');
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

/** Whether it verifies by itself and has the hash that the package's chain proves. */
function isOriginal(original: FoundEvent, { id, metadata }: FoundEvent): boolean {
  const { prevHash, hash } = metadata;
  const isSame = original.id === id && original.metadata['hash'] === hash;
  return isSame && chainFaults(original, prevHash).length === 0;
}
