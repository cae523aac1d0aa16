import type { EventObject } from 'xstate';
import type { CompiledMachine } from '../history/machine.ts';
import type { Fold } from '../interpreter/interpreter.ts';
import type { Cause } from '../interpreter/pending.ts';

type Step<After> = { readonly event: object; readonly cause: Cause; readonly after: After };

/** By the id of the event that was folded. */
type Steps<After> = Map<string, Step<After>>;

/**
 * The same machine, which makes no step twice. A step is a pure function, and a run under trial reads
 * the same streams over and over: of twenty steps, nineteen were made before. Remembered is what came
 * of this very fold, event and cause. Whoever judges a run folds without memory.
 *
 * It keeps what it remembers for as long as itself, so give each run its own.
 *
 * @internal
 */
export function remembering({ interpreter, identity }: CompiledMachine): CompiledMachine {
  const first: Steps<Fold> = new Map();
  const later = new WeakMap<Fold, Steps<Fold | null>>();
  const raised = new WeakMap<Fold, Map<string, EventObject>>();
  return {
    identity,
    interpreter: {
      ...interpreter,
      start: (input, cause) => {
        const start = () => interpreter.start(input, cause);
        // What is not an object cannot create an order, and is refused again.
        if (typeof input !== 'object' || input === null) return start();
        return remembered(first, input, cause, start);
      },
      next: (fold, event: EventObject, cause) => {
        const steps = later.get(fold) ?? new Map<string, Step<Fold | null>>();
        later.set(fold, steps);
        return remembered(steps, event, cause, () => interpreter.next(fold, event, cause));
      },
      raisedBy: (fold, timerId) => {
        const byTimer = raised.get(fold) ?? new Map<string, EventObject>();
        const event = byTimer.get(timerId) ?? interpreter.raisedBy(fold, timerId);
        raised.set(fold, byTimer.set(timerId, event));
        return event;
      },
    },
  };
}

function remembered<After>(
  steps: Steps<After>,
  event: object,
  cause: Cause,
  make: () => After,
): After {
  const before = steps.get(cause.eventId);
  if (before !== undefined && hasSameFields(before.event, event)) {
    if (hasSameFields(before.cause, cause)) return before.after;
  }
  const after = make();
  steps.set(cause.eventId, { event, cause, after });
  return after;
}

/** A field that holds an object is the same only where it is that object. */
function hasSameFields(one: object, other: object): boolean {
  const names = Object.keys(one);
  const isSame = (name: string) =>
    Object.hasOwn(other, name) && Object.is(Reflect.get(one, name), Reflect.get(other, name));
  return names.length === Object.keys(other).length && names.every(isSame);
}
