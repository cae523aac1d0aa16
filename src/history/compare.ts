/**
 * Folds recorded histories through a machine again and compares. `replay` compares with what was
 * recorded; `compareHistories`, the change gate, also with what the machine in use gives. Both only
 * read, with one event in memory at a time.
 */

import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { PaymentOrderError, invalidInput } from '../errors.ts';
import type { Fold } from '../interpreter/interpreter.ts';
import { parseInput, valueThat } from '../parse.ts';
import { decodeEvent } from './codec.ts';
import type { FoundEvent, MachineIdentity, HistoryEvent } from './event.ts';
import { isAsyncIterable, isIterable } from './event.ts';
import type { CompiledMachine } from './machine.ts';
import { compileAnyMachine, hasState, isClosedState, knownOf } from './machine.ts';
import type {
  AcceptableCause,
  CompatibilityReport,
  Divergence,
  DivergenceCause,
  Fault,
  History,
  HistoryCheck,
  Replay,
  VerifyHistoriesOptions,
} from './results.ts';
import type { Folded, Step } from './step.ts';
import { step, stepError } from './step.ts';
import { isPartWithheld, lacksFacts } from './withheld.ts';

/**
 * Derives a history again and compares each step with what was recorded.
 *
 * @internal XState's types reach it, and no public declaration may lead there.
 */
export async function replay(
  compiled: CompiledMachine,
  stream: string,
  events: AsyncIterable<FoundEvent> | Iterable<FoundEvent>,
): Promise<Replay> {
  const writtenBy = new Map<string, MachineIdentity & { readonly fromRevision: number }>();
  let at: Folded | null = null;
  let divergence: Divergence | null = null;
  let fault: Fault | null = null;
  let isLacking = false;
  try {
    for await (const found of events) {
      // What is withheld is not known, so nothing after it can be derived.
      if (isPartWithheld(found, 'data') || isPartWithheld(found, 'metadata')) break;
      isLacking ||= lacksFacts(found);
      const stored = decodeEvent(found);
      const { revision, type, metadata } = stored;
      const { version, hash } = metadata.machine;
      const key = `${version} ${hash}`;
      if (!writtenBy.has(key)) writtenBy.set(key, { version, hash, fromRevision: revision });
      const next: Step = step(compiled, at, stored);
      if (next.kind === 'folded') {
        at = next.after;
        continue;
      }
      if (isLacking) break;
      const recorded = { from: metadata.from, to: metadata.to, machine: metadata.machine };
      const derived = { ...derivedBy(next, stored), machine: compiled.identity };
      divergence = { revision, type, recorded, derived };
      break;
    }
  } catch (error) {
    fault = { ...faultOf(error), stream };
  }
  return {
    stream,
    events: at === null ? 0 : at.revision + 1,
    state: at?.fold.state ?? null,
    writtenBy: [...writtenBy.values()],
    derivedBy: compiled.identity,
    divergence,
    fault,
  };
}

const optionsSchema = z.strictObject({
  /** `compileAnyMachine` looks at it. */
  reference: valueThat<object>(() => null).optional(),
  accept: z.array(z.enum(['other-pending-effect', 'context-differs'])).optional(),
} satisfies Record<keyof VerifyHistoriesOptions, z.ZodType>);

/** The change gate: `src/verify-histories.ts` says what it promises. */
export async function compareHistories(
  machine: object,
  histories: Iterable<History> | AsyncIterable<History>,
  options: VerifyHistoriesOptions = {},
): Promise<CompatibilityReport> {
  const { reference = paymentOrderMachine, accept = [] } = parseInput(optionsSchema, options);
  if (!isIterable(histories) && !isAsyncIterable(histories)) {
    throw invalidInput('histories', 'must be histories, each the events of one order');
  }
  const gate = {
    compiled: compileAnyMachine(machine),
    reference: compileAnyMachine(reference),
    accept: new Set(accept),
  };
  const checks: HistoryCheck[] = [];
  const stranded: { stream: string; state: string }[] = [];
  for await (const history of histories) {
    const comparison = new Comparison(gate);
    checks.push(await comparison.run(history));
    const { head } = comparison;
    if (head === null || hasState(machine, head.metadata.to)) continue;
    if (!isClosedState(reference, head.metadata.to)) {
      stranded.push({ stream: head.stream, state: head.metadata.to });
    }
  }
  // Nothing is stranded where all came out as before: the new machine took each to its end.
  return { ok: checks.every(({ ok }) => ok), histories: checks, stranded };
}

type Gate = {
  readonly compiled: CompiledMachine;
  readonly reference: CompiledMachine;
  readonly accept: ReadonlySet<AcceptableCause>;
};

/** One history, folded through both machines side by side. */
class Comparison {
  readonly #gate: Gate;
  #at: Folded | null = null;
  /** Null before the first event, and for good once the reference leaves the recorded path. */
  #reference: Folded | null = null;
  #comparedUntil: number | null = null;
  #divergence: HistoryCheck['divergence'] = null;
  /** The last event there is, also after a divergence. */
  head: HistoryEvent | null = null;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  async run(history: History): Promise<HistoryCheck> {
    let fault: Fault | null = null;
    try {
      for await (const event of history) {
        const stored = decodeEvent(event);
        if (this.#divergence === null) this.#take(stored);
        this.head = stored;
      }
    } catch (error) {
      fault = faultOf(error);
    }
    return {
      stream: this.head?.stream ?? fault?.stream ?? '',
      ok: this.#divergence === null && fault === null,
      events: this.#at === null ? 0 : this.#at.revision + 1,
      divergence: this.#divergence,
      fault,
      comparedUntil: this.#comparedUntil,
    };
  }

  #take(stored: HistoryEvent): void {
    const next = stepOf(this.#gate.compiled, this.#at, stored);
    const derived = derivedBy(next, stored);
    this.#follow(stored);
    let cause: DivergenceCause | null;
    if (next.kind === 'folded') {
      cause = this.#difference(next.after.fold);
      if (cause === null) this.#at = next.after;
    } else cause = next.kind === 'not-taken' ? 'transition-gone' : 'other-target';
    if (cause === null) return;
    const { revision, type, metadata } = stored;
    const recorded = { from: metadata.from, to: metadata.to };
    this.#divergence = { revision, type, cause, recorded, derived };
  }

  /** How a fold differs from that of the machine in use, where that is not accepted. */
  #difference(fold: Fold): DivergenceCause | null {
    if (this.#reference === null) return null;
    const { accept } = this.#gate;
    const reference = this.#reference.fold;
    const isOtherEffect = !isDeepStrictEqual(fold.pending, reference.pending);
    if (isOtherEffect && !accept.has('other-pending-effect')) return 'other-pending-effect';
    const isOtherContext = !isDeepStrictEqual(latestOf(fold), latestOf(reference));
    return isOtherContext && !accept.has('context-differs') ? 'context-differs' : null;
  }

  /** Lets the machine in use follow, as long as it derives what was recorded. */
  #follow(stored: HistoryEvent): void {
    if (this.#comparedUntil !== null) return;
    const next = stepOf(this.#gate.reference, this.#reference, stored);
    this.#reference = next.kind === 'folded' ? next.after : null;
    if (this.#reference === null) this.#comparedUntil = stored.revision;
  }
}

/** What is known, of the past only the last entry: the others were compared when they came. */
function latestOf(fold: Fold): object {
  const known = knownOf(fold);
  return { ...known, history: known.history.slice(-1) };
}

/** Guards and actions are their author's: a machine may throw, and one that loops throws too. */
function stepOf(compiled: CompiledMachine, at: Folded | null, stored: HistoryEvent): Step {
  try {
    return step(compiled, at, stored);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const state = String(at?.fold.state);
    const message = `the machine fails in state '${state}' when it is given ${stored.type}: ${why}`;
    throw new PaymentOrderError('unsupported-machine', message, { cause: error });
  }
}

/**
 * The states that a step goes from and to; `to` is null where the event is not taken.
 *
 * @throws {PaymentOrderError} where the history itself is broken, whatever the machine
 */
function derivedBy(next: Step, stored: HistoryEvent): { from: string | null; to: string | null } {
  switch (next.kind) {
    case 'folded':
      return { from: stored.metadata.from, to: stored.metadata.to };
    case 'diverged':
      return { from: next.from, to: next.after.fold.state };
    case 'not-taken':
      return { from: next.state, to: null };
    case 'gap':
    case 'no-beginning':
    case 'other-order':
      throw stepError(next, stored);
  }
}

/** An error about a place in a history as a fault; any other error is thrown again. */
function faultOf(error: unknown): Fault {
  if (!(error instanceof PaymentOrderError) || error.revision === undefined) throw error;
  const { code, message, revision, stream = '' } = error;
  return { stream, revision, code, message };
}
