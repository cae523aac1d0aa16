import type { AnyStateMachine, StateNode } from 'xstate';
import { PaymentOrderError } from '../errors.ts';

/** Built-in actions whose effect is in the fold: what `after` compiles to, and the pure ones. */
const durableActions = new Set(['xstate.assign', 'xstate.raise', 'xstate.cancel']);

/**
 * Refuses a machine that a fold of stored events cannot keep. It must have no actions with effects
 * of their own, no final states (late facts would be lost), no wildcards (they swallow XState's own
 * events) and no forbidden transitions (`X: {}` counts as taken and does nothing).
 *
 * @throws {PaymentOrderError} `unsupported-machine`, naming the state and what to do instead
 */
export function assertInterpretable(machine: AnyStateMachine): void {
  const refuse = (node: StateNode, what: string) => {
    const state = node.path.length === 0 ? 'the root' : `state '${node.path.join('.')}'`;
    throw new PaymentOrderError('unsupported-machine', `${state}: ${what}`);
  };
  const actions: Readonly<Record<string, unknown>> = machine.implementations.actions;
  const visit = (node: StateNode) => {
    if (node.type === 'final') refuse(node, "is final; give it the tag 'closed' instead");
    if (node.type === 'parallel') refuse(node, 'is parallel; one state at a time is stored');
    if (node.type === 'history') refuse(node, 'is a history; let a guard ask the context instead');
    const transitions = [...node.transitions.values()].flat();
    for (const { eventType, target, actions: taken } of transitions) {
      if (eventType.includes('*')) refuse(node, `'${eventType}' swallows events; list them`);
      if (target === undefined && taken.length === 0) {
        refuse(node, `'${eventType}' is forbidden, which ignores it silently; leave it out`);
      }
    }
    const used = [
      ...node.entry,
      ...node.exit,
      ...node.initial.actions,
      ...transitions.flatMap((transition) => transition.actions),
      ...(node.always ?? []).flatMap((transition) => transition.actions),
    ];
    for (const action of used) {
      const type = builtInType(action, actions);
      if (!durableActions.has(type)) {
        refuse(node, `action '${type}' cannot be made durable; model it as an invoke`);
      }
    }
    for (const child of Object.values(node.states)) visit(child);
  };
  // AnyStateMachine types its root as any; a machine's root is a state node.
  visit(machine.root as StateNode);
}

/** A built-in action is a function that carries its type; any other goes by its own name. */
function builtInType(action: unknown, implementations: Readonly<Record<string, unknown>>): string {
  if (typeof action === 'function') {
    return 'type' in action ? String(action.type) : action.name;
  }
  const name = typeof action === 'string' ? action : typeOf(action);
  const implementation = Object.hasOwn(implementations, name) ? implementations[name] : undefined;
  return implementation === undefined ? name : builtInType(implementation, implementations);
}

function typeOf(action: unknown): string {
  return typeof action === 'object' && action !== null && 'type' in action
    ? String(action.type)
    : '(unknown)';
}
