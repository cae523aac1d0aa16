import type { ProposedEvent } from './log.ts';

let internalIds = 0;

/** An event as the server itself writes it. */
export function json(type: string, text: string): ProposedEvent {
  internalIds += 1;
  return {
    id: `00000000-0000-4000-8000-${internalIds.toString(16).padStart(12, '0')}`,
    type,
    contentType: 'application/json',
    data: Buffer.from(text),
    metadata: Buffer.alloc(0),
  };
}

/** What the metadata of a stream says of its events; empty where it is not JSON. */
export function metadataOf(data: Uint8Array): {
  readonly $tb?: unknown;
  readonly $maxCount?: unknown;
} {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(data).toString());
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
