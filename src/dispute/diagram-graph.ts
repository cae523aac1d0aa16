import { initialTransition } from 'xstate';
import type { AnyStateMachine, AnyStateNode } from 'xstate';

/** A state as it is drawn. */
export type GraphState = {
  /** Dotted path; empty for the machine itself. */
  readonly path: string;
  readonly name: string;
  readonly children: readonly GraphState[];
  /** The leaf it begins in; null where it is a leaf itself. */
  readonly initial: string | null;
  /** Left at once by `always`: never seen from outside. */
  readonly isTransient: boolean;
  readonly tags: readonly string[];
  /** What happens inside without leaving it: raised events, recorded facts. */
  readonly notes: readonly string[];
};

/** A transition between two leaves. */
export type GraphEdge = {
  readonly from: string;
  readonly to: string;
  /** The event that takes it; null for `always`. */
  readonly event: string | null;
  readonly label: string;
};

export type Graph = {
  readonly root: GraphState;
  readonly edges: readonly GraphEdge[];
};

/** Types differ in a machine's context and events, which drawing does not touch. */
type Node = AnyStateNode;
type Taken = { readonly event: string | null; readonly transition: Transition };
type Transition = {
  readonly target: readonly Node[] | undefined;
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
};

/** Reads states and transitions out of the machine; `node.always` too, which others leave out. */
export function graphOf(machine: AnyStateMachine): Graph {
  // AnyStateMachine types its root as any; a machine's root is a state node.
  const root = machine.root as Node;
  const [snapshot] = initialTransition(machine);
  const context: unknown = snapshot.context;
  const edges: GraphEdge[] = [];
  return { root: stateOf(root, edges, context), edges };
}

function stateOf(node: Node, edges: GraphEdge[], context: unknown): GraphState {
  const notes: string[] = [];
  for (const { event, transition } of transitionsOf(node)) {
    const label = labelOf(node, { event, transition }, context);
    if (transition.target === undefined) notes.push(label);
    for (const reached of transition.target ?? []) {
      edges.push({ from: pathOf(node), to: pathOf(leafOf(reached)), event, label });
    }
  }
  const children = childrenOf(node);
  return {
    path: pathOf(node),
    name: node.key,
    children: children.map((child) => stateOf(child, edges, context)),
    initial: children.length === 0 ? null : pathOf(leafOf(node)),
    isTransient: (node.always ?? []).length > 0,
    tags: node.tags,
    notes,
  };
}

function transitionsOf(node: Node): readonly Taken[] {
  return [
    ...[...node.transitions].flatMap(([event, transitions]) =>
      transitions.map((transition) => ({ event, transition })),
    ),
    ...(node.always ?? []).map((transition) => ({ event: null, transition })),
  ];
}

function childrenOf(node: Node): readonly Node[] {
  return Object.values<Node>(node.states);
}

function pathOf({ path }: Node): string {
  return path.join('.');
}

function leafOf(node: Node): Node {
  const [inner] = childrenOf(node).length === 0 ? [] : node.initial.target;
  return inner === undefined ? node : leafOf(inner);
}

function labelOf(node: Node, { event, transition }: Taken, context: unknown): string {
  const guard = transition.guard === undefined ? '' : `[${nameOf(transition.guard)}]`;
  if (event === null) return guard === '' ? 'else' : guard;
  const cause = causeOf(node, event);
  const raised = cause === null ? '' : raisedBy(transition, context);
  return [cause ?? event, guard, raised].filter((part) => part !== '').join(' ');
}

/** What XState's own events stand for; null for an event of the domain. */
function causeOf(node: Node, event: string): string | null {
  for (const { id } of node.invoke) {
    if (event === `xstate.done.actor.${id}`) return `${id} answered`;
    if (event === `xstate.error.actor.${id}`) return `${id} threw`;
  }
  const delay = /^xstate\.after\.([^.]*)/.exec(event)?.[1];
  return delay === undefined ? null : `after ${delay}`;
}

/** The domain's events that a transition raises. */
function raisedBy({ actions }: Transition, context: unknown): string {
  return actions.map((action) => `→ ${raisedType(action, context)}`).join(' ');
}

function raisedType(action: unknown, context: unknown): string {
  const isRaise = typeof action === 'function' && 'event' in action;
  if (!isRaise) return nameOf(action);
  const { event } = action;
  if (typeof event !== 'function') return typeIn(event);
  try {
    // An actor's answer stands for itself: any of the events that it may answer with.
    return typeIn(Reflect.apply(event, undefined, [{ context, event: { output: anyAnswer } }]));
  } catch {
    return 'its event';
  }
}

const anyAnswer = { type: 'the outcome' };

function typeIn(event: unknown): string {
  const isTyped = typeof event === 'object' && event !== null && 'type' in event;
  return isTyped ? String(event.type) : 'its event';
}

function nameOf(named: unknown): string {
  if (typeof named === 'string') return named;
  const isNamed = (typeof named === 'object' || typeof named === 'function') && named !== null;
  return isNamed && 'type' in named ? String(named.type) : 'inline';
}
