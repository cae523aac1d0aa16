import { isDeepStrictEqual } from 'node:util';
import type { StateNode } from 'xstate';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { PaymentOrderError } from '../errors.ts';
import type { Fold } from '../interpreter/interpreter.ts';
import { decodeEvent } from './codec.ts';
import type { FoundEvent } from './codec.ts';
import type { CompiledMachine } from './path.ts';
import { causeOf, compileAnyMachine, startFault } from './path.ts';
import type { StoredEvent } from './stored-event.ts';
import type { Fault } from './verification.ts';

/** A stored history, oldest event first, as a store reads it or `PaymentOrders.history` gives it. */
export type History = Iterable<FoundEvent> | AsyncIterable<FoundEvent>;

/**
 * Why a history does not come out as before.
 *
 * - `transition-gone`: the machine does not take the event in this state.
 * - `other-target`: it leads to another state than was recorded.
 * - `other-pending-effect`: another call, or a timer due at another time, is pending then.
 * - `context-differs`: the order knows something else then.
 */
export type DivergenceCause =
  'transition-gone' | 'other-target' | 'other-pending-effect' | 'context-differs';

export type AcceptableCause = 'other-pending-effect' | 'context-differs';

export type HistoryCheck = {
  readonly stream: string;
  readonly ok: boolean;
  /** How many events came out as before. */
  readonly events: number;
  /** The first divergence; the check of this history ends there. */
  readonly divergence: {
    readonly revision: number;
    readonly type: string;
    readonly cause: DivergenceCause;
    readonly recorded: { readonly from: string | null; readonly to: string };
    /** `to` is null where the event is not taken. */
    readonly derived: { readonly from: string | null; readonly to: string | null };
  } | null;
  /** Where the history itself is broken or cannot be read. */
  readonly fault: Fault | null;
  /**
   * The first revision at which pending effects and context were not compared any more, since
   * the machine in use does not derive this history as it was recorded either; null for none.
   */
  readonly comparedUntil: number | null;
};

export type CompatibilityReport = {
  /** True where every history comes out as before, and no open order is stranded. */
  readonly ok: boolean;
  readonly histories: readonly HistoryCheck[];
  /** Open orders that sit in a state which the new machine does not have. */
  readonly stranded: readonly { readonly stream: string; readonly state: string }[];
};

export type VerifyHistoriesOptions = {
  /** The machine to compare effects and context with. Default: the one of this package. */
  readonly reference?: object | undefined;
  /**
   * Differences that are meant, such as `context-differs` where the machine learnt to know more.
   * A history that leads elsewhere is never accepted: it could not be read any more.
   */
  readonly accept?: readonly AcceptableCause[] | undefined;
};

/**
 * The change gate: folds recorded histories through a machine that is about to be released, and
 * tells for each whether it comes out as before. Reads only; one event in memory at a time.
 *
 * @throws PaymentOrderError `unsupported-machine`, also where the machine throws or runs in a
 * circle.
 */
export async function verifyHistories(
  machine: object,
  histories: Iterable<History> | AsyncIterable<History>,
  { reference = paymentOrderMachine, accept = [] }: VerifyHistoriesOptions = {},
): Promise<CompatibilityReport> {
  const gate = {
    compiled: compileAnyMachine(machine),
    reference: compileAnyMachine(reference),
    accept: new Set(accept),
  };
  const checks: HistoryCheck[] = [];
  const stranded: { stream: string; state: string }[] = [];
  for await (const history of histories) {
    const check = new Checking(gate);
    checks.push(await check.run(history));
    const { head } = check;
    if (head === null || hasState(machine, head.metadata.to)) continue;
    if (!isClosed(reference, head.metadata.to)) {
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
class Checking {
  readonly #gate: Gate;
  #fold: Fold | null = null;
  /** Null before the first event, and for good once the reference goes another way. */
  #reference: Fold | null = null;
  #comparedUntil: number | null = null;
  #events = 0;
  #divergence: HistoryCheck['divergence'] = null;
  /** The last event there is, also behind a divergence. */
  head: StoredEvent | null = null;

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
      if (!(error instanceof PaymentOrderError) || error.revision === undefined) throw error;
      const { code, message, revision, stream = '' } = error;
      fault = { stream, revision, code, message };
    }
    return {
      stream: this.head?.stream ?? fault?.stream ?? '',
      ok: this.#divergence === null && fault === null,
      ...{ events: this.#events, divergence: this.#divergence, fault },
      comparedUntil: this.#comparedUntil,
    };
  }

  #take(stored: StoredEvent): void {
    const { revision, type, metadata } = stored;
    const from = this.#fold?.state ?? null;
    const next = nextFold(this.#gate.compiled, this.#fold, stored, this.#events);
    this.#follow(stored);
    const cause = this.#causeOf(from, next, metadata);
    if (cause === null) {
      this.#fold = next;
      this.#events += 1;
      return;
    }
    const recorded = { from: metadata.from, to: metadata.to };
    const derived = { from, to: next?.state ?? null };
    this.#divergence = { revision, type, cause, recorded, derived };
  }

  #causeOf(
    from: string | null,
    next: Fold | null,
    recorded: { readonly from: string | null; readonly to: string },
  ): DivergenceCause | null {
    if (next === null) return 'transition-gone';
    if (from !== recorded.from || next.state !== recorded.to) return 'other-target';
    if (this.#reference === null) return null;
    const { accept } = this.#gate;
    const isOtherEffect = !isDeepStrictEqual(next.pending, this.#reference.pending);
    if (isOtherEffect && !accept.has('other-pending-effect')) return 'other-pending-effect';
    const isOtherContext = !isDeepStrictEqual(contextOf(next), contextOf(this.#reference));
    return isOtherContext && !accept.has('context-differs') ? 'context-differs' : null;
  }

  /** Lets the machine in use follow, as long as it does derive what was recorded. */
  #follow(stored: StoredEvent): void {
    if (this.#comparedUntil !== null) return;
    this.#reference = nextFold(this.#gate.reference, this.#reference, stored, this.#events);
    if (this.#reference?.state === stored.metadata.to) return;
    this.#reference = null;
    this.#comparedUntil = stored.revision;
  }
}

function nextFold(
  compiled: CompiledMachine,
  fold: Fold | null,
  stored: StoredEvent,
  expected: number,
): Fold | null {
  if (fold === null) {
    const fault = startFault(stored);
    if (fault !== null) throw fault;
    return compiled.interpreter.start(stored.event, causeOf(stored));
  }
  const { stream, revision } = stored;
  if (revision !== expected) {
    const message = `stream ${stream}: revision ${expected} is missing, ${revision} follows`;
    throw new PaymentOrderError('not-contiguous', message, { stream, revision: expected });
  }
  try {
    return compiled.interpreter.next(fold, stored.event, causeOf(stored));
  } catch (error) {
    // Guards and actions are its author's; a machine that runs in a circle throws as well.
    const why = error instanceof Error ? error.message : String(error);
    const message = `the machine fails in ${fold.state}, when it is given ${stored.type}: ${why}`;
    throw new PaymentOrderError('unsupported-machine', message, { cause: error });
  }
}

/** A machine's context is JSON; its type is the machine's own business. */
function contextOf(fold: Fold): unknown {
  return fold.snapshot.context;
}

/** The node of a dotted path; undefined where the machine has none. */
function nodeAt(machine: object, path: string): StateNode | undefined {
  // Only machines come here: `compileAnyMachine` looked at them.
  let node: StateNode | undefined = (machine as { readonly root: StateNode }).root;
  for (const name of path.split('.')) {
    if (node === undefined || !Object.hasOwn(node.states, name)) return undefined;
    node = node.states[name];
  }
  return node;
}

function hasState(machine: object, path: string): boolean {
  return nodeAt(machine, path) !== undefined;
}

function isClosed(machine: object, path: string): boolean {
  return nodeAt(machine, path)?.tags.includes('closed') ?? false;
}
