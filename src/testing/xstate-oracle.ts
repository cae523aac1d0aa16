/**
 * XState's own `transition()`, asked as an oracle: it runs the machine's configuration itself, and
 * the actions that it would execute say what is pending. It shares nothing with the interpreter.
 */

import { fail } from 'node:assert/strict';
import { inspect, isDeepStrictEqual } from 'node:util';
import { createMachine, initialTransition, transition } from 'xstate';
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import type { Fold } from '../interpreter/interpreter.ts';
import type { Cause, Pending } from '../interpreter/pending.ts';
import { stateValueOf } from '../interpreter/state-path.ts';
import { testedMachine } from './tested-machine.ts';
import type { TestedMachine } from './tested-machine.ts';

/** Where XState stands, and what it waits for. */
export type OracleState = { readonly snapshot: AnyMachineSnapshot; readonly pending: Pending };

type Done = readonly [
  snapshot: unknown,
  actions: readonly { readonly type: string; readonly params?: unknown }[],
];

/** A machine is resolved once. */
const oracles = new WeakMap<TestedMachine, XStateOracle>();

/**
 * Default: the shipped machine.
 *
 * @throws PaymentOrderError `unsupported-machine` for a value that is not a machine.
 */
export function oracleOf(machine: TestedMachine | undefined): XStateOracle {
  const tested = testedMachine(machine);
  const oracle = oracles.get(tested) ?? new XStateOracle(tested);
  oracles.set(tested, oracle);
  return oracle;
}

/** As many steps as the interpreter makes: an author's machine may loop. */
const stepsMax = 1_000;

export class XStateOracle {
  readonly #machine: AnyStateMachine;

  constructor({ config, implementations }: Pick<AnyStateMachine, 'config' | 'implementations'>) {
    const options = { ...config.options, maxIterations: stepsMax };
    this.#machine = createMachine({ ...config, options }, implementations);
  }

  /** @throws what the machine threw */
  start(input: unknown, cause: Cause): OracleState {
    const done = initialTransition(this.#machine, input);
    const { status, error } = done[0];
    if (status === 'error') throw error;
    return stateOf(done, { calls: [], timers: [] }, cause);
  }

  /** XState in the state of a fold. */
  at({ state, context, pending }: Fold): OracleState {
    // The context is the machine's own; XState's types do not know which machine this is.
    const snapshot = this.#machine.resolveState({ value: stateValueOf(state), context });
    return { snapshot, pending };
  }

  takes({ snapshot }: OracleState, event: EventObject): boolean {
    // XState leaves the element types of this open (`any`); its length is all that is read.
    return (this.#machine.getTransitionData(snapshot, event) as readonly unknown[]).length > 0;
  }

  /** The state after an event, taken or not. */
  next({ snapshot, pending }: OracleState, event: EventObject, cause: Cause): OracleState {
    return stateOf(transition(this.#machine, snapshot, event), pending, cause);
  }

  /** The first event that is raised when a timer is due; null where none is. */
  raisedBy(state: OracleState, timerId: string): unknown {
    const due = { type: timerId };
    // XState looks for transient states even after an event that no state lists.
    if (!this.takes(state, due)) return null;
    const [, actions]: Done = transition(this.#machine, state.snapshot, due);
    const raised = actions.find(
      ({ type, params }) =>
        type === 'xstate.raise' && typeof fieldsOf(params)['delay'] !== 'number',
    );
    return fieldsOf(raised?.params)['event'] ?? null;
  }
}

function stateOf([snapshot, actions]: Done, before: Pending, cause: Cause): OracleState {
  let { calls, timers } = before;
  for (const { type, params } of actions) {
    const { id, input, delay, sendId } = fieldsOf(params);
    if (type === 'xstate.spawnChild') calls = [...calls, { id: String(id), input, cause }];
    else if (type === 'xstate.stopChild') calls = calls.filter((call) => call.id !== id);
    else if (type === 'xstate.cancel') timers = timers.filter((timer) => timer.id !== sendId);
    else if (type !== 'xstate.raise') fail(`XState would execute '${type}'`);
    else if (typeof delay === 'number') {
      const timer = { id: String(id), dueAtMs: cause.recordedAtMs + delay, cause };
      timers = [...timers.filter((other) => other.id !== id), timer];
    }
  }
  // A machine's transition gives a machine's snapshot.
  return { snapshot: snapshot as AnyMachineSnapshot, pending: { calls, timers } };
}

/** Every built-in action of XState carries an object, or nothing. */
function fieldsOf(params: unknown): Readonly<Record<string, unknown>> {
  return { ...(params as Readonly<Record<string, unknown>> | undefined) };
}

/**
 * @param after - The event that led here, for the message.
 * @throws AssertionError that names what differs, and shows both
 */
export function assertSame(fold: Fold, { snapshot, pending }: OracleState, after: string): void {
  const differs = (what: string, found: unknown, wanted: unknown) => {
    if (isDeepStrictEqual(found, wanted)) return;
    fail(`after ${after}, ${what} is ${shown(found)}; XState gives ${shown(wanted)}`);
  };
  differs('the state', stateValueOf(fold.state), snapshot.value);
  differs('the set of tags', new Set(fold.tags), snapshot.tags);
  const [found, wanted] = [fieldsOf(fold.context), fieldsOf(snapshot.context)];
  for (const field of Object.keys({ ...found, ...wanted })) {
    differs(`context.${field}`, found[field], wanted[field]);
  }
  differs('the context', fold.context, snapshot.context);
  differs('what is called', fold.pending.calls, pending.calls);
  differs('what is waited for', fold.pending.timers, pending.timers);
}

function shown(value: unknown): string {
  return inspect(value, { depth: 6, breakLength: Infinity });
}
