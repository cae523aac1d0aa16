import { compileMachine } from '../history/order-history.ts';
import type { CompiledMachine } from '../history/order-history.ts';
import { knownOf } from '../history/order-history.ts';
import { instantOf } from '../runtime.ts';
import type { Fold } from '../interpreter/interpreter.ts';
import { allowedCommands } from '../order/decide.ts';
import type { DisputeEvent } from '../timeline/dispute-event.ts';
import { machineEventOf, textIn } from '../timeline/dispute-event.ts';
import { escapeForTerminal } from '../text.ts';
import { timeOf } from '../timeline/timeline.ts';
import type { Localized } from '../words/language.ts';
import { localized } from './findings.ts';

/** The order as the machine has it after an event: what callers would have been told then. */
export type Folded = Readonly<Record<string, unknown>>;

export type FoldStep =
  { readonly folded: Folded } | { readonly folded: null; readonly why: Localized | null };

/**
 * Folds a history again through this release's machine. Where that cannot go on it says why, once,
 * and gives nothing from there: nothing is guessed.
 */
export function* foldAlong(
  events: Iterable<DisputeEvent>,
  compiled: CompiledMachine = compileMachine(),
): Generator<FoldStep> {
  let fold: Fold | null = null;
  let hasEnded = false;
  for (const stored of events) {
    if (hasEnded) {
      yield { folded: null, why: null };
      continue;
    }
    const next = step(compiled, fold, stored);
    if ('why' in next) {
      hasEnded = true;
      yield { folded: null, why: next.why };
      continue;
    }
    fold = next;
    yield { folded: shownFold(compiled, fold) };
  }
}

function step(
  compiled: CompiledMachine,
  fold: Fold | null,
  stored: DisputeEvent,
): Fold | { readonly why: Localized } {
  const { revision, metadata } = stored;
  const event = machineEventOf(stored);
  const recordedAtMs = timeOf(textIn(metadata, 'recordedAt') ?? '');
  if (event === null || recordedAtMs === null)
    return { why: localized(({ foldEnds }) => foldEnds.unreadable(revision)) };
  const correlationId = textIn(metadata, '$correlationId') ?? '';
  const cause = { recordedAtMs, eventId: stored.id, correlationId };
  if (fold === null && event.type !== 'PaymentOrderCreated') {
    return { why: localized(({ foldEnds }) => foldEnds.noBeginning(revision)) };
  }
  const next =
    fold === null
      ? compiled.interpreter.start(event, cause)
      : compiled.interpreter.next(fold, event, cause);
  if (next === null)
    return { why: localized(({ foldEnds }) => foldEnds.notTaken(revision, fold?.state ?? '')) };
  const recorded = textIn(metadata, 'to') ?? '';
  return next.state === recorded
    ? next
    : {
        why: localized(({ foldEnds }) =>
          foldEnds.diverged(revision, escapeForTerminal(recorded), next.state),
        ),
      };
}

function shownFold({ interpreter }: CompiledMachine, fold: Fold): Folded {
  const known = knownOf(fold);
  const { calls, timers } = fold.pending;
  const isAttention = fold.snapshot.hasTag('attention');
  return {
    state: fold.state,
    closed: fold.snapshot.hasTag('closed'),
    needsAttention: isAttention || known.anomalies.some(({ acknowledged }) => !acknowledged),
    allowed: allowedCommands(interpreter, fold, known),
    pending: [
      ...calls.map(({ cause }) => ({ kind: 'call', since: instantOf(cause.recordedAtMs) })),
      ...timers.map((timer) => ({
        kind: 'timer',
        event: interpreter.raisedBy(fold, timer.id).type,
        dueAt: instantOf(timer.dueAtMs),
      })),
    ],
    known,
  };
}
