import { z } from 'zod';
import type { FoundEvent } from '../history/event.ts';

/** A line of `events.ndjson`; `event` is null where it is none, and `problem` says why. */
export type EventLine = { readonly event: FoundEvent | null; readonly problem: string };

const fields = z.record(z.string(), z.json());

export const eventLineSchema = z.strictObject({
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

export function eventsIn(bytes: Uint8Array): readonly EventLine[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return [{ event: null, problem: 'or another is no UTF-8' }];
  }
  const lines = text.split('\n');
  // The last line ends with a line break, too.
  if (lines.at(-1) === '') lines.pop();
  return lines.map(eventLine);
}

function eventLine(line: string): EventLine {
  try {
    const parsed = eventLineSchema.safeParse(JSON.parse(line));
    if (parsed.success) {
      const { position, ...event } = parsed.data;
      return { event, problem: position ?? '' };
    }
    const field = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
    return { event: null, problem: `is no event: ${field}` };
  } catch {
    return { event: null, problem: 'is not JSON' };
  }
}
