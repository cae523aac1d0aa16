/**
 * Folds a machine over events without running it. `createActor` would call the gateway again each
 * time an order is loaded and would lose its timers, so nothing here is ever started: a transition
 * gives the next snapshot and the actions that XState would execute, and those are only noted.
 */

import { createActor } from 'xstate';
import type { AnyMachineSnapshot, AnyStateMachine, EventObject, StateValue } from 'xstate';
import { PaymentOrderError } from '../errors.ts';
import { assertInterpretable } from './interpretable.ts';
import type { Cause, ExecutedAction, Pending } from './pending.ts';
import { afterActions, nothingPending, paramsOf } from './pending.ts';

/** Where a machine stands after some events. It is a value: the next event gives a new one. */
export type Fold = {
  /** Dotted path of the state, such as `cancelling.inDoubt`. */
  readonly state: string;
  readonly pending: Pending;
  /** XState's snapshot. */
  readonly snapshot: AnyMachineSnapshot;
};

/** A pure fold of a machine over events: it never calls, waits, writes, or reads a clock. */
export type Interpreter = {
  /** The state that the machine's input gives. */
  start(input: unknown, cause: Cause): Fold;
  /** Whether the machine takes the event in this state; XState itself would ignore it silently. */
  takes(fold: Fold, event: EventObject): boolean;
  /** The state after an event, or null where the machine does not take it. */
  next(fold: Fold, event: EventObject, cause: Cause): Fold | null;
  /** The domain event that a pending timer raises when it is due. */
  raisedBy(fold: Fold, timerId: string): EventObject;
};

/**
 * @throws {PaymentOrderError} `unsupported-machine` for a machine with actions that cannot be made
 * durable, or that could lose or swallow events
 */
export function createInterpreter(machine: AnyStateMachine): Interpreter {
  assertInterpretable(machine);
  const scope = createInertScope(machine);

  const foldOf = (snapshot: AnyMachineSnapshot, pending: Pending, cause: Cause): Fold => ({
    // XState types the value of any machine's snapshot as any.
    state: dottedPath(snapshot.value as StateValue),
    pending: afterActions(pending, scope.executed(), cause),
    snapshot,
  });

  return {
    start: (input, cause) => {
      scope.begin();
      const first = machine.getInitialSnapshot(scope.actorScope, input);
      return foldOf(first, nothingPending, cause);
    },
    takes: (fold, event) => isDomainEvent(event) && selects(machine, fold.snapshot, event),
    next: (fold, event, cause) => {
      if (!isDomainEvent(event)) return null;
      scope.begin();
      const after = machine.transition(fold.snapshot, event, scope.actorScope);
      return scope.hasTaken() ? foldOf(after, fold.pending, cause) : null;
    },
    raisedBy: (fold, timerId) => {
      scope.begin();
      machine.transition(fold.snapshot, { type: timerId }, scope.actorScope);
      return raisedEvent(scope.executed(), timerId);
    },
  };
}

/** XState's own events are technical: a caller must not claim that a call or a timer has ended. */
function isDomainEvent(event: EventObject): boolean {
  return !event.type.startsWith('xstate.');
}

type ActorScope = Parameters<AnyStateMachine['transition']>[2];

type Scope = {
  readonly actorScope: ActorScope;
  /** Forgets the previous step. */
  begin(): void;
  /** Whether the machine listed the event of this step. */
  hasTaken(): boolean;
  executed(): readonly ExecutedAction[];
};

/**
 * One scope serves every transition: XState's own `transition()` builds an actor, and with it an
 * initial snapshot, each time. Nothing is executed through it; actions are only noted.
 */
function createInertScope(machine: AnyStateMachine): Scope {
  const self = createActor(machine);
  let executed: ExecutedAction[] = [];
  let taken: boolean | null = null;
  self.system.inspect((inspected) => {
    // The first microstep is that of the event itself; later ones are of events that it raised.
    if (inspected.type === '@xstate.microstep') taken ??= inspected._transitions.length > 0;
  });
  return {
    actorScope: {
      self,
      system: self.system,
      id: '',
      sessionId: '',
      logger: () => undefined,
      defer: () => undefined,
      stopChild: () => undefined,
      emit: () => undefined,
      actionExecutor: (action) => {
        executed.push(action);
      },
    },
    begin: () => {
      executed = [];
      taken = null;
    },
    hasTaken: () => taken === true,
    executed: () => executed,
  };
}

function selects(
  machine: AnyStateMachine,
  snapshot: AnyMachineSnapshot,
  event: EventObject,
): boolean {
  // XState leaves this return value's element types open (`any`); its length is all that is read.
  const transitions = machine.getTransitionData(snapshot, event) as readonly unknown[];
  return transitions.length > 0;
}

function raisedEvent(executed: readonly ExecutedAction[], timerId: string): EventObject {
  for (const action of executed) {
    const { event, delay } = paramsOf(action);
    if (action.type !== 'xstate.raise' || delay !== undefined) continue;
    // XState's raise action carries the event object that it raised.
    return event as EventObject;
  }
  throw new PaymentOrderError(
    'unsupported-machine',
    `timer '${timerId}' raises no event; give its 'after' a raise of the event to be stored`,
  );
}

/** No state is parallel, so each level names one; a machine without states has no path. */
function dottedPath(value: StateValue): string {
  if (typeof value === 'string') return value;
  const [entry] = Object.entries(value);
  return entry?.[1] === undefined ? '' : `${entry[0]}.${dottedPath(entry[1])}`;
}
