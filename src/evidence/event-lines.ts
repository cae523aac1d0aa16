import { z } from 'zod';
import type { FoundEvent } from '../history/event.ts';

/** A line of `events.ndjson`: its event, or the reason why it holds none. */
export type EventLine =
  | { readonly event: FoundEvent; readonly problem: null }
  | { readonly event: null; readonly problem: string };

const fields = z.record(z.string(), z.json());

const eventLineSchema = z.strictObject({
  stream: z.string(),
  revision: z.int().min(0),
  position: z.string().optional(),
  id: z.string(),
  type: z.string(),
  data: fields,
  metadata: fields,
  withheld: z
    .array(z.enum(['data', 'metadata']))
    .min(1)
    .optional(),
});

/** Reads `events.ndjson`. Each event loses its position, which differs from store to store. */
export function eventsIn(bytes: Uint8Array): readonly EventLine[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return [{ event: null, problem: 'the file is not valid UTF-8' }];
  }
  const lines = text.split('\n');
  // The last line ends with a line break too.
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => eventLine(line, index + 1));
}

function eventLine(line: string, number: number): EventLine {
  try {
    const parsed = eventLineSchema.safeParse(JSON.parse(line));
    if (parsed.success) {
      const { stream, revision, id, type, data, metadata, withheld } = parsed.data;
      return { event: { stream, revision, id, type, data, metadata, withheld }, problem: null };
    }
    const field = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
    return { event: null, problem: `line ${number} is not an event (field '${field}')` };
  } catch {
    return { event: null, problem: `line ${number} is not JSON` };
  }
}
