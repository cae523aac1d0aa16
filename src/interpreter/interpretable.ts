import type { AnyStateMachine, StateNode } from 'xstate';
import { PaymentOrderError } from '../errors.ts';
import { builtInOf, nameOf } from './operations.ts';

/**
 * Refuses a machine that a fold of stored events cannot keep. It must have no actions with effects
 * of their own, no final states (late facts would be lost), no wildcards (they swallow XState's own
 * events) and no forbidden transitions (`X: {}` counts as taken and does nothing).
 *
 * @throws {PaymentOrderError} `unsupported-machine`, naming the state and what to do instead
 */
export function assertInterpretable(machine: AnyStateMachine): void {
  // AnyStateMachine types its root as any; a machine's root is a state node.
  const nodes = [...nodesFrom(machine.root as StateNode)];
  for (const node of nodes) {
    for (const what of faultsOf(node, nodes, machine)) {
      const state = node.parent === undefined ? 'the root' : `state '${node.path.join('.')}'`;
      throw new PaymentOrderError('unsupported-machine', `${state}: ${what}`);
    }
  }
}

function* nodesFrom(node: StateNode): Generator<StateNode> {
  yield node;
  for (const child of Object.values(node.states)) yield* nodesFrom(child);
}

function* faultsOf(
  node: StateNode,
  nodes: readonly StateNode[],
  machine: AnyStateMachine,
): Generator<string> {
  yield* faultsOfKind(node);
  if (nodes.some((other) => other !== node && other.id === node.id)) {
    yield `its id '${node.id}' is the id of another state, too`;
  }
  const transitions = [...node.transitions.values()].flat();
  for (const { eventType, target, actions } of transitions) {
    yield* faultsOfEvent(eventType);
    if ((target ?? []).length === 0 && actions.length === 0) {
      yield `'${eventType}' is forbidden, which ignores it silently; leave it out`;
    }
  }
  for (const { target = [] } of [...transitions, ...(node.always ?? [])]) {
    // XState types the nodes of a target as those of any machine.
    yield* faultsOfTarget(target as readonly StateNode[], nodes);
  }
  const used = [
    ...node.entry,
    ...node.exit,
    ...node.initial.actions,
    ...[...transitions, ...(node.always ?? [])].flatMap(({ actions }) => actions),
  ];
  for (const action of used) yield* faultsOfAction(action, machine);
  for (const call of node.invoke) yield* faultsOfCall(call, machine);
}

/** What XState makes of a state's declaration. */
function* faultsOfKind(node: StateNode): Generator<string> {
  const { type, config, states } = node;
  if (type === 'final') yield "is final; give it the tag 'closed' instead";
  if (type === 'parallel') yield 'is parallel; one state at a time is stored';
  if (type === 'history') yield 'is a history; let a guard ask the context instead';
  const isLeaf = Object.keys(states).length === 0;
  if (isLeaf !== (type === 'atomic'))
    yield `is ${type}, but has ${isLeaf ? 'no ' : ''}states inside`;
  if (isLeaf && config.initial !== undefined) yield 'begins in a state that it does not have';
  if (node.parent !== undefined && /^$|\./.test(node.key)) {
    yield `'${node.key}' is not a name that can stand in a dotted path`;
  }
  if (config.route !== undefined) yield "has a route; list the event that leads to it in 'on'";
}

function* faultsOfEvent(type: string): Generator<string> {
  if (type.includes('*')) yield `'${type}' swallows events; list them`;
  if (type.startsWith('xstate.snapshot.')) {
    yield `'${type}' is not stored; let the call end with what is to be known`;
  }
}

/** More than one target makes sense in a parallel state only. */
function* faultsOfTarget(
  targets: readonly StateNode[],
  nodes: readonly StateNode[],
): Generator<string> {
  if (targets.length > 1) yield 'a transition leads to two states; one at a time is stored';
  if (!targets.every((target) => nodes.includes(target))) {
    yield 'a transition leads to something that is not a state of this machine';
  }
}

function* faultsOfAction(action: unknown, machine: AnyStateMachine): Generator<string> {
  const { kind, name, event, delay, id } = builtInOf(action, machine);
  switch (kind) {
    case 'xstate.assign':
    case 'xstate.cancel':
      return;
    case 'xstate.raise': {
      if (typeof event === 'string') yield `raises '${event}'; an event is an object with a type`;
      // What `after` compiles to names its timer by its event.
      const isOfAfter = typeof event === 'object' && nameOf(event) === id;
      if (delay !== undefined && !isOfAfter) yield "raises an event with a delay; use 'after'";
      return;
    }
    default:
      yield `action '${name}' cannot be made durable; model it as an invoke`;
  }
}

function* faultsOfCall(
  { id, src }: { readonly id: unknown; readonly src: unknown },
  { implementations }: AnyStateMachine,
): Generator<string> {
  const logics: Readonly<Record<string, unknown>> = implementations.actors;
  // XState gives a name to a call that is written inline.
  const isNamed = typeof src === 'string' && !src.startsWith('xstate.invoke.');
  if (isNamed && !logics[src])
    yield `calls '${src}', which is not implemented; add it to the actors`;
  if (typeof id !== 'string') yield 'the id of a call must be a text';
}
