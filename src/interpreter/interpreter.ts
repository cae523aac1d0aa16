import { createActor } from 'xstate';
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { PaymentOrderError } from '../errors.ts';
import { assertInterpretable } from './interpretable.ts';
import type { Cause, ExecutedAction, Pending } from './pending.ts';
import { afterActions, nothingPending } from './pending.ts';

/** Where a machine stands after some events. A value: folding on gives a new one. */
export type Fold = {
  /** Dotted path of the state, such as `cancelling.inDoubt`. */
  readonly state: string;
  readonly pending: Pending;
  /** XState's snapshot. */
  readonly snapshot: AnyMachineSnapshot;
};

export type MachineEvent = { readonly type: string };

/** A pure fold of a machine over events: it never calls, waits, writes, or reads a clock. */
export type Interpreter = {
  /** The state that the machine's input gives. */
  start(input: unknown, cause: Cause): Fold;
  /** Whether the machine takes the event in this state; XState itself would ignore it silently. */
  takes(fold: Fold, event: MachineEvent): boolean;
  /** The state after an event, or null where the machine does not take it. */
  next(fold: Fold, event: MachineEvent, cause: Cause): Fold | null;
  /** The domain event that a pending timer raises when it is due. */
  raisedBy(fold: Fold, timerId: string): MachineEvent;
};

/**
 * @throws PaymentOrderError `unsupported-machine` for a machine with actions that cannot be made
 * durable, or that could lose or swallow events.
 */
export function createInterpreter(machine: AnyStateMachine): Interpreter {
  assertInterpretable(machine);
  const scope = createInertScope(machine);

  const step = (run: () => AnyMachineSnapshot, pending: Pending, cause: Cause): Fold => {
    scope.executed = [];
    const snapshot = run();
    if (snapshot.status !== 'active') {
      throw new PaymentOrderError(
        'unsupported-machine',
        `the machine ended with status '${snapshot.status}'; a machine of stored events never ends`,
      );
    }
    return {
      state: dottedPath(snapshot.value),
      pending: afterActions(pending, scope.executed, cause),
      snapshot,
    };
  };

  const takes = (fold: Fold, event: MachineEvent) =>
    !event.type.startsWith('xstate.') && selects(machine, fold.snapshot, event);

  return {
    start: (input, cause) =>
      step(() => machine.getInitialSnapshot(scope.actorScope, input), nothingPending, cause),
    takes,
    next: (fold, event, cause) =>
      takes(fold, event)
        ? step(
            () => machine.transition(fold.snapshot, event, scope.actorScope),
            fold.pending,
            cause,
          )
        : null,
    raisedBy: (fold, timerId) => {
      scope.executed = [];
      machine.transition(fold.snapshot, { type: timerId }, scope.actorScope);
      return raisedEvent(scope.executed, timerId);
    },
  };
}

type ActorScope = Parameters<AnyStateMachine['transition']>[2];

/**
 * One scope serves every transition: XState's own `transition()` builds an actor, and with it an
 * initial snapshot, each time. Nothing is ever executed through it, actions are only noted.
 */
function createInertScope(machine: AnyStateMachine): {
  actorScope: ActorScope;
  executed: ExecutedAction[];
} {
  const self = createActor(machine);
  const scope: { actorScope: ActorScope; executed: ExecutedAction[] } = {
    executed: [],
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
        scope.executed.push(action);
      },
    },
  };
  return scope;
}

function selects(
  machine: AnyStateMachine,
  snapshot: AnyMachineSnapshot,
  event: MachineEvent,
): boolean {
  // XState leaves this return value's element types open (`any`); its length is all that is read.
  const transitions = machine.getTransitionData(snapshot, event) as readonly unknown[];
  return transitions.length > 0;
}

function raisedEvent(executed: readonly ExecutedAction[], timerId: string): MachineEvent {
  for (const { type, params } of executed) {
    if (type !== 'xstate.raise' || typeof params !== 'object' || params === null) continue;
    if (!('event' in params) || ('delay' in params && typeof params.delay === 'number')) continue;
    // XState's raise action carries the event object it raised; every event object has a type.
    return params.event as MachineEvent;
  }
  throw new PaymentOrderError(
    'unsupported-machine',
    `timer '${timerId}' raises no event; give its 'after' a raise of the event to be stored`,
  );
}

function dottedPath(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, child]) => {
      const rest = dottedPath(child);
      return rest === '' ? key : `${key}.${rest}`;
    })
    .join(',');
}
