/**
 * The only place that folds a stored event. Every reader of a history asks the same question of
 * each event: does the machine go where the event says that it went? Loading an order throws
 * what is not 'folded'; verifying collects it and goes on; a replay stops at it; the change gate
 * compares it with what another machine gives; the report explains it. So an order that loads
 * also verifies, replays and is shown, and a new check is written once.
 *
 * A step is pure: it never calls, waits, writes, or reads a clock.
 */

import { PaymentOrderError } from '../errors.ts';
import type { Fold } from '../interpreter/interpreter.ts';
import type { Cause } from '../interpreter/pending.ts';
import { millisecondsOf } from '../runtime.ts';
import type { EventMetadata, HistoryEvent } from './event.ts';
import { streamOf } from './event.ts';
import type { CompiledMachine } from './machine.ts';

/** An order after one of its events: where the machine stands, and the event's revision. */
export type Folded = { readonly fold: Fold; readonly revision: number };

/**
 * - `folded`: the machine goes where the event says that it went.
 * - `gap`: another revision must come first; `expected` is its number.
 * - `no-beginning`: the first event is not the order's creation.
 * - `other-order`: the first event creates an order that belongs to another stream.
 * - `not-taken`: the machine does not take the event in this state.
 * - `diverged`: the machine starts from or leads to another state than was recorded.
 */
export type Step =
  | { readonly kind: 'folded'; readonly after: Folded }
  | { readonly kind: 'gap'; readonly expected: number; readonly isFirst: boolean }
  | { readonly kind: 'no-beginning' }
  | { readonly kind: 'other-order'; readonly after: Folded }
  | { readonly kind: 'not-taken'; readonly state: string }
  | { readonly kind: 'diverged'; readonly from: string | null; readonly after: Folded };

/** A step that does not fold its event as recorded. */
export type FailedStep = Exclude<Step, { readonly kind: 'folded' }>;

/** What a fold depends on in a stored event. */
type Foldable = Pick<HistoryEvent, 'stream' | 'revision' | 'id' | 'event'> & {
  readonly metadata: Pick<EventMetadata, 'recordedAt' | '$correlationId' | 'from' | 'to'>;
};

/** Folds the next stored event of an order; `before` is null for the first one. */
export function step(compiled: CompiledMachine, before: Folded | null, stored: Foldable): Step {
  const { revision, event } = stored;
  const expected = before === null ? 0 : before.revision + 1;
  if (revision !== expected) return { kind: 'gap', expected, isFirst: before === null };
  if (before === null) return firstStep(compiled, stored);
  const fold = compiled.interpreter.next(before.fold, event, causeOf(stored));
  if (fold === null) return { kind: 'not-taken', state: before.fold.state };
  return compared(stored, before.fold.state, { fold, revision });
}

function firstStep(compiled: CompiledMachine, stored: Foldable): Step {
  const { stream, revision, event } = stored;
  if (event.type !== 'PaymentOrderCreated') return { kind: 'no-beginning' };
  const after = { fold: compiled.interpreter.start(event, causeOf(stored)), revision };
  if (streamOf(event.orderNo) !== stream) return { kind: 'other-order', after };
  return compared(stored, null, after);
}

function compared({ metadata }: Foldable, from: string | null, after: Folded): Step {
  const isAsRecorded = metadata.from === from && metadata.to === after.fold.state;
  return isAsRecorded ? { kind: 'folded', after } : { kind: 'diverged', from, after };
}

/** The stored event as the cause of what is pending after it. */
export function causeOf({
  id,
  metadata,
}: {
  readonly id: string;
  readonly metadata: Pick<EventMetadata, 'recordedAt' | '$correlationId'>;
}): Cause {
  return {
    recordedAtMs: millisecondsOf(metadata.recordedAt),
    eventId: id,
    correlationId: metadata.$correlationId,
  };
}

/** Why an order cannot be loaded past a step: what is wrong, where, and what to do. */
export function stepError(
  failed: FailedStep,
  { stream, revision, type, metadata }: HistoryEvent,
): PaymentOrderError {
  const place = { stream, revision };
  switch (failed.kind) {
    case 'gap':
      return gapError(failed, stream, revision);
    case 'no-beginning':
      return new PaymentOrderError(
        'illegal-history',
        `stream ${stream} begins with ${type} instead of PaymentOrderCreated`,
        place,
      );
    case 'other-order':
      return new PaymentOrderError(
        'illegal-history',
        `stream ${stream} holds the history of another order; was it renamed or copied?`,
        place,
      );
    case 'not-taken':
      return new PaymentOrderError(
        'illegal-history',
        `stream ${stream}, revision ${revision}: ${type} cannot happen in state ` +
          `'${failed.state}'; verify the stream, and replay it with the machine that wrote it`,
        place,
      );
    case 'diverged':
      return new PaymentOrderError(
        'replay-divergence',
        `stream ${stream}, revision ${revision}: ${type} was recorded as ` +
          `${metadata.from ?? 'nothing'} → ${metadata.to} by machine version ` +
          `${metadata.machine.version}, but this machine goes ${failed.from ?? 'nothing'} → ` +
          `${failed.after.fold.state}; run a compatible machine`,
        place,
      );
  }
}

function gapError(
  { expected, isFirst }: { readonly expected: number; readonly isFirst: boolean },
  stream: string,
  revision: number,
): PaymentOrderError {
  const message = isFirst
    ? `stream ${stream} begins at revision ${revision}; revisions 0 to ${revision - 1} are ` +
      'missing (was the stream truncated, or given a maximum age or count?)'
    : `stream ${stream}: ${missingRevision(expected, revision)}`;
  return new PaymentOrderError('not-contiguous', message, { stream, revision: expected });
}

/** Names a gap, in the words of every reader of histories. */
export function missingRevision(expected: number, found: number): string {
  return found > expected
    ? `revision ${expected} is missing, ${found} follows`
    : `found revision ${found} where ${expected} was expected`;
}
