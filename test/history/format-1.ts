import { createHash } from 'node:crypto';
import { canonicalJson } from '../../src/history/canonical-json.ts';
import { chainStart } from '../../src/history/chain.ts';
import type { FoundEvent } from '../../src/history/event.ts';

/**
 * The same history as a release before hash format 2 would have written it. The package itself no
 * longer writes that format, and must verify it for ever.
 */
export function inFormat1<T extends FoundEvent>(events: readonly T[]): readonly T[] {
  let prevHash: unknown = chainStart;
  return events.map((event) => {
    const metadata = metadataOfFormat1(event, prevHash);
    prevHash = metadata['hash'];
    return { ...event, metadata };
  });
}

/** The event's metadata with a link of format 1 in place of its own. */
export function metadataOfFormat1(
  { stream, revision, id, type, data, metadata }: FoundEvent,
  prevHash: unknown,
): Readonly<Record<string, unknown>> {
  const salt = metadata['salt'];
  const chained = withoutLink(metadata);
  const [dataHash, metadataHash] = [digest({ salt, data }), digest(chained)];
  const hash = digest({ stream, revision, id, type, prevHash, dataHash, metadataHash });
  return { ...chained, salt, dataHash, metadataHash, prevHash, hash };
}

/** The metadata that is hashed, in both formats. */
export function withoutLink(metadata: FoundEvent['metadata']): FoundEvent['metadata'] {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !link.has(name)));
}

const link: ReadonlySet<string> = new Set([
  'format',
  'salt',
  'salts',
  'dataHash',
  'metadataHash',
  'prevHash',
  'hash',
]);

function digest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
