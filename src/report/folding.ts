import type { OrderInstants } from '../history/instants.ts';
import { instantsAfter } from '../history/instants.ts';
import { compileMachine, knownOf } from '../history/machine.ts';
import type { CompiledMachine } from '../history/machine.ts';
import type { FailedStep, Folded as FoldedStep, Step } from '../history/step.ts';
import { step } from '../history/step.ts';
import { viewOf } from '../order/view.ts';
import type { FoundEvent } from '../history/event.ts';
import { readableEvent } from '../history/codec.ts';
import { textIn } from '../history/event.ts';
import { isPartWithheld, lacksFacts } from '../history/withheld.ts';
import { escapeForTerminal } from '../text.ts';
import { timeOf } from '../timeline/timeline.ts';
import type { Localized } from '../words/language.ts';
import { withoutEvents } from './changes.ts';
import { inEach } from './sentences/history-read.ts';

/** The order after an event, as the machine folds it and as callers would have seen it then. */
export type Folded = Readonly<Record<string, unknown>>;

export type FoldStep =
  { readonly folded: Folded } | { readonly folded: null; readonly why: Localized | null };

/**
 * Folds a history again through this release's machine. Where the fold cannot go on, it gives the
 * reason once and no state from there on: the report must not guess.
 */
export function* foldAlong(
  events: Iterable<FoundEvent>,
  compiled: CompiledMachine = compileMachine(),
): Generator<FoldStep> {
  let at: FoldedStep | null = null;
  let instants: OrderInstants | null = null;
  let hasEnded = false;
  let isLacking = false;
  for (const found of events) {
    if (hasEnded) {
      yield { folded: null, why: null };
      continue;
    }
    isLacking ||= lacksFacts(found);
    const readable = foldable(found);
    const next: Step | null = readable === null ? null : step(compiled, at, readable);
    if (readable !== null && next?.kind === 'folded') {
      at = next.after;
      const told = { ...readable.metadata, event: readable.event, known: knownOf(at.fold) };
      instants = instantsAfter(instants, told);
      yield { folded: shownFold(compiled, at, instants, textIn(found.metadata, 'hash') ?? '') };
    } else {
      hasEnded = true;
      const failed = next?.kind === 'folded' ? null : next;
      const isNotKnown = isLacking && isByWithheld(failed, found);
      yield { folded: null, why: isNotKnown ? withheldReason(found) : reasonOf(failed, found) };
    }
  }
}

/** The fields of an event that a fold needs; null if they cannot be read. */
function foldable(found: FoundEvent) {
  const { stream, revision, id, metadata } = found;
  const event = readableEvent(found);
  const recordedAt = textIn(metadata, 'recordedAt') ?? '';
  if (event === null || timeOf(recordedAt) === null) return null;
  const $correlationId = textIn(metadata, '$correlationId') ?? '';
  const [from, to] = [textIn(metadata, 'from'), textIn(metadata, 'to') ?? ''];
  return { stream, revision, id, event, metadata: { recordedAt, $correlationId, from, to } };
}

/** Whether what is withheld may be why a step fails. */
function isByWithheld(failed: FailedStep | null, found: FoundEvent): boolean {
  if (failed === null) return isPartWithheld(found, 'data') || isPartWithheld(found, 'metadata');
  return failed.kind === 'not-taken' || failed.kind === 'diverged';
}

function withheldReason({ revision }: FoundEvent): Localized {
  return inEach(({ foldEnds }) => foldEnds.withheld(revision));
}

function reasonOf(failed: FailedStep | null, { revision, metadata }: FoundEvent): Localized {
  return inEach(({ foldEnds }) => {
    switch (failed?.kind) {
      case undefined:
        return foldEnds.unreadable(revision);
      case 'gap':
        return failed.isFirst
          ? foldEnds.noBeginning(revision)
          : foldEnds.gap(revision, failed.expected);
      case 'no-beginning':
        return foldEnds.noBeginning(revision);
      case 'other-order':
        return foldEnds.otherOrder(revision);
      case 'not-taken':
        return foldEnds.notTaken(revision, failed.state);
      case 'diverged': {
        const recorded = `${textIn(metadata, 'from') ?? '–'} → ${textIn(metadata, 'to') ?? '–'}`;
        const derived = `${failed.from ?? '–'} → ${failed.after.fold.state}`;
        return foldEnds.diverged(revision, escapeForTerminal(recorded), derived);
      }
    }
  });
}

function shownFold(
  compiled: CompiledMachine,
  { fold, revision }: FoldedStep,
  instants: OrderInstants,
  hash: string,
): Folded {
  const known = knownOf(fold);
  const view = viewOf({ compiled, fold, known, instants, witness: { revision, hash } });
  const needsAttention = view.needsAttention !== null;
  const { stateDetail, closed, received, refunded, allowed, pending } = view;
  return {
    ...{ state: stateDetail, closed, needsAttention, received, refunded, allowed, pending },
    known: withoutEvents(known),
  };
}
