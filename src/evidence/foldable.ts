import type { RecordedStep } from '../history/recorded-steps.ts';
import { recordedSteps } from '../history/recorded-steps.ts';
import type { Replay } from '../history/replay-result.ts';
import { replay } from '../history/replay.ts';
import { compileMachine } from '../history/path.ts';
import type { DisputeEvent } from '../timeline/dispute-event.ts';

/** What a fold of histories takes: an event as a store gives it. */
export type FoldableEvent = Parameters<typeof replay>[2] extends infer Events
  ? Events extends Iterable<infer Event>
    ? Event
    : never
  : never;

/** A salt was withheld with its data; every stored event has one. */
const noSalt = '0'.repeat(32);

/** An event of a package as the fold of histories takes it. */
export function foldable(event: DisputeEvent): FoldableEvent {
  const { stream, revision, id, type, data, metadata } = event;
  const whole = { salt: noSalt, ...metadata };
  // Both came out of JSON, whose values these types name.
  return { stream, revision, position: '', id, type, data, metadata: whole } as FoldableEvent;
}

/** The history as recorded, and derived again by today's machine: `replay.json`. */
export async function replayOf(events: readonly DisputeEvent[]): Promise<{
  readonly steps: readonly Omit<RecordedStep, 'known'>[];
  readonly known: RecordedStep['known'] | null;
  readonly derived: Replay;
}> {
  const steps: Omit<RecordedStep, 'known'>[] = [];
  let last: RecordedStep['known'] | null = null;
  const folding = events.map(foldable);
  for await (const { known, ...step } of recordedSteps(folding)) {
    steps.push(step);
    last = known;
  }
  const derived = await replay(compileMachine(), events[0]?.stream ?? '', folding);
  return { steps, known: last, derived };
}
