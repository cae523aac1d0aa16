import type { AnyStateMachine, StateNode } from 'xstate';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import type { PaymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { PaymentOrderError } from '../errors.ts';
import type { Fold, Interpreter } from '../interpreter/interpreter.ts';
import { createInterpreter } from '../interpreter/interpreter.ts';
import { digest } from './chain.ts';
import type { MachineIdentity } from './event.ts';

/** A machine that is ready to fold histories. */
export type CompiledMachine = {
  readonly interpreter: Interpreter;
  readonly identity: MachineIdentity;
};

/** Compiling is a pure function of the machine, and takes longer than folding an order. */
const compiledMachines = new WeakMap<PaymentOrderMachine, CompiledMachine>();

export function compileMachine(
  machine: PaymentOrderMachine = paymentOrderMachine,
): CompiledMachine {
  const cached = compiledMachines.get(machine);
  if (cached !== undefined) return cached;
  const interpreter = createInterpreter(machine);
  let identity: MachineIdentity | undefined;
  const compiled = {
    interpreter,
    // Of no use to who only reads.
    get identity() {
      return (identity ??= machineIdentity(machine));
    },
  };
  compiledMachines.set(machine, compiled);
  return compiled;
}

/**
 * Compiles a machine of the caller, which may be of any type, and may still be in the making.
 *
 * @throws {PaymentOrderError} `unsupported-machine`
 */
export function compileAnyMachine(machine: unknown): CompiledMachine {
  const isMachine =
    typeof machine === 'object' &&
    machine !== null &&
    ['getInitialSnapshot', 'root', 'config'].every((part) => part in machine);
  if (!isMachine) {
    throw new PaymentOrderError(
      'unsupported-machine',
      'the given machine is not an XState machine',
    );
  }
  // Checked above; the interpreter refuses what it cannot fold.
  return compileMachine(machine as PaymentOrderMachine);
}

/** Names of guards, actions and delays count; their code does not: give changed code a new name. */
export function machineIdentity(machine: AnyStateMachine): MachineIdentity {
  return {
    version: machine.version ?? '0',
    // AnyStateMachine types its root as any; a machine's root is a state node.
    hash: digest(shapeOf(machine.root as StateNode)),
  };
}

function shapeOf(node: StateNode): unknown {
  const transitions = [...node.transitions.values(), node.always ?? []].flat();
  return {
    path: node.path,
    type: node.type,
    tags: node.tags,
    initial: node.initial.target.map(({ path }) => path),
    transitions: transitions.map(({ eventType, guard, target, actions, reenter }) => ({
      eventType,
      guard: guard === undefined ? null : nameOf(guard),
      target: target?.map(({ path }) => path) ?? null,
      actions: actions.map(nameOf),
      reenter,
    })),
    entry: node.entry.map(nameOf),
    exit: node.exit.map(nameOf),
    invoke: node.invoke.map(({ id }) => id),
    children: Object.values(node.states).map(shapeOf),
  };
}

/** An object or a function may carry its name as its type; what carries none is written inline. */
function nameOf(named: string | object): string {
  if (typeof named === 'string') return named;
  return 'type' in named ? String(named.type) : 'inline';
}

/** What an order knows after a fold. */
export function knownOf(fold: Fold): OrderFacts {
  // Only payment order machines are compiled, and their context is OrderFacts.
  return fold.context as OrderFacts;
}

/** Whether a machine has the state of a dotted path. */
export function hasState(machine: object, path: string): boolean {
  return nodeAt(machine, path) !== undefined;
}

/** Whether the state of a dotted path carries the tag `closed`. */
export function isClosedState(machine: object, path: string): boolean {
  return nodeAt(machine, path)?.tags.includes('closed') ?? false;
}

function nodeAt(machine: object, path: string): StateNode | undefined {
  // Callers give machines alone: `compileAnyMachine` has looked at those that are not ours.
  let node: StateNode | undefined = (machine as { readonly root: StateNode }).root;
  for (const name of path.split('.')) {
    if (node === undefined || !Object.hasOwn(node.states, name)) return undefined;
    node = node.states[name];
  }
  return node;
}
