import { initialTransition } from 'xstate';
import type { AnyStateMachine, AnyStateNode } from 'xstate';

/** A state as it is drawn. */
export type GraphState = {
  /** Dotted path; empty for the machine itself. */
  readonly path: string;
  readonly name: string;
  readonly children: readonly GraphState[];
  /** The leaf in which it begins; null for a leaf. */
  readonly initial: string | null;
  /** Left at once by `always`, so never seen from outside. */
  readonly isTransient: boolean;
  readonly tags: readonly string[];
  /** Transitions without a target: raised events, recorded facts. */
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

/** A transition as the machine lists it. */
export type GraphTransition = {
  /** The dotted path of the state that lists it; empty for the machine itself. */
  readonly state: string;
  /** Its event, or a description of XState's own event; null for `always`. */
  readonly cause: string | null;
  /** Empty if it has none. */
  readonly guard: string;
  /** The leaf to which it leads; null if the state stays. */
  readonly to: string | null;
  /** The events that it raises; empty if none. */
  readonly raised: string;
};

export type Graph = {
  readonly root: GraphState;
  readonly edges: readonly GraphEdge[];
  readonly transitions: readonly GraphTransition[];
};

/** Machines differ in the types of context and events, which drawing does not use. */
type Node = AnyStateNode;
type Taken = { readonly event: string | null; readonly transition: Transition };
type Transition = {
  readonly target: readonly Node[] | undefined;
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
};

/** Reads states and transitions from the machine, including `node.always`. */
export function graphOf(machine: AnyStateMachine): Graph {
  // AnyStateMachine types its root as any; a machine's root is a state node.
  const root = machine.root as Node;
  const [snapshot] = initialTransition(machine);
  const context: unknown = snapshot.context;
  const edges: GraphEdge[] = [];
  const transitions: GraphTransition[] = [];
  return { root: stateOf(root, { edges, transitions }, context), edges, transitions };
}

type Collected = { readonly edges: GraphEdge[]; readonly transitions: GraphTransition[] };

function stateOf(node: Node, into: Collected, context: unknown): GraphState {
  const notes: string[] = [];
  for (const { event, transition } of transitionsOf(node)) {
    const shown = describe(node, { event, transition }, context);
    const label = labelOf(shown);
    const state = pathOf(node);
    if (transition.target === undefined) {
      notes.push(label);
      into.transitions.push({ state, ...shown, to: null });
    }
    for (const reached of transition.target ?? []) {
      const to = pathOf(leafOf(reached));
      into.edges.push({ from: state, to, event, label });
      into.transitions.push({ state, ...shown, to });
    }
  }
  const children = childrenOf(node);
  return {
    path: pathOf(node),
    name: node.key,
    children: children.map((child) => stateOf(child, into, context)),
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

type Description = Pick<GraphTransition, 'cause' | 'guard' | 'raised'>;

function describe(node: Node, { event, transition }: Taken, context: unknown): Description {
  const guard = transition.guard === undefined ? '' : nameOf(transition.guard);
  if (event === null) return { cause: null, guard, raised: '' };
  const cause = causeOf(node, event);
  return {
    cause: cause ?? event,
    guard,
    raised: cause === null ? '' : raisedBy(transition, context),
  };
}

function labelOf({ cause, guard, raised }: Description): string {
  if (cause === null && guard === '') return 'else';
  const guarded = guard === '' ? '' : `[${guard}]`;
  return [cause ?? '', guarded, raised].filter((part) => part !== '').join(' ');
}

/** The meaning of XState's own events; null for an event of the domain. */
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
    // The actor's output may be any of its outcome events.
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
