/**
 * The flat table of a machine, made once: for each state that an order can be in, what each event may
 * do there, in the order in which XState looks. XState stays the author's language: everything here is
 * read from the nodes that it resolved, and its own `transition()` is the oracle in tests.
 *
 * No state is parallel, final or a history, so exactly one leaf is active, and what a transition
 * leaves and enters depends on that leaf alone.
 */

import type { AnyStateMachine, EventObject, StateNode } from 'xstate';
import { Operations, nameOf, paramsOf } from './operations.ts';
import type { Operation, Run } from './operations.ts';
import { stateValueOf } from './state-path.ts';

/** A way that an event may take. */
export type Candidate = {
  readonly passes: Guard | null;
  readonly operations: readonly Operation[];
  readonly to: Leaf;
};

/** A state that has none inside. */
export type Leaf = {
  /** Dotted path; empty for a machine without states. */
  readonly path: string;
  readonly tags: ReadonlySet<string>;
  readonly on: ReadonlyMap<string, readonly Candidate[]>;
  readonly always: readonly Candidate[];
};

export type Guard = (context: unknown, event: EventObject, leaf: Leaf) => boolean;

type Asked = Pick<Run, 'context' | 'event'>;

type Test = (asked: Asked, leaf: Leaf) => unknown;

/** What an author writes; a guard is a function of these two, whatever it was declared with. */
type Predicate = (asked: Asked, params: unknown) => unknown;

export type Table = {
  readonly leaves: ReadonlyMap<string, Leaf>;
  readonly initial: Omit<Candidate, 'passes'>;
  readonly initialContext: (input: unknown) => unknown;
};

/** A transition as XState resolved it. */
type Transition = {
  readonly guard?: unknown;
  readonly target: readonly StateNode[] | undefined;
  readonly source: StateNode;
  readonly actions: readonly unknown[];
  readonly reenter: boolean;
  readonly eventType: string;
};

/** A leaf while its candidates are still being made. */
type Draft = Omit<Leaf, 'on' | 'always'> & {
  readonly on: Map<string, Candidate[]>;
  readonly always: Candidate[];
};

export function tableOf(machine: AnyStateMachine): Table {
  return new Compiler(machine).table();
}

class Compiler {
  readonly #machine: AnyStateMachine;
  readonly #operations: Operations;
  readonly #drafts = new Map<StateNode, Draft>();

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
    this.#operations = new Operations(machine);
  }

  table(): Table {
    // AnyStateMachine types its root as any; a machine's root is a state node.
    const root = this.#machine.root as StateNode;
    for (const node of leavesOf(root)) this.#drafts.set(node, this.#draftOf(node));
    for (const [node, draft] of this.#drafts) this.#fill(node, draft);
    const entered = initialPath(root);
    return {
      leaves: new Map(Array.from(this.#drafts.values(), (leaf) => [leaf.path, leaf])),
      initial: {
        operations: entered.flatMap((node) => this.#entering(node, true)),
        to: this.#leafOf(entered.at(-1) ?? root),
      },
      initialContext: this.#operations.initialContext.bind(this.#operations),
    };
  }

  #draftOf(node: StateNode): Draft {
    return {
      path: node.path.join('.'),
      tags: new Set(lineOf(node).flatMap(({ tags }) => tags)),
      on: new Map<string, Candidate[]>(),
      always: [],
    };
  }

  /** The leaf itself is asked first, then what is around it. */
  #fill(leaf: StateNode, draft: Draft): void {
    for (const node of lineOf(leaf).toReversed()) {
      for (const [type, transitions] of node.transitions) {
        const candidates = draft.on.get(type) ?? [];
        for (const transition of transitions) candidates.push(this.#candidate(leaf, transition));
        draft.on.set(type, candidates);
      }
      for (const transition of node.always ?? []) {
        draft.always.push(this.#candidate(leaf, transition));
      }
    }
  }

  #candidate(leaf: StateNode, transition: Transition): Candidate {
    const { guard, actions } = transition;
    const { left, entered, byDefault } = moveOf(leaf, transition);
    return {
      passes: guard === undefined || guard === null ? null : this.#guardOf(guard, transition),
      operations: [
        ...left.flatMap((node) => this.#leaving(node)),
        ...actions.map((action) => this.#operations.ofAction(action)),
        ...entered.flatMap((node) => this.#entering(node, byDefault.has(node))),
      ],
      to: this.#leafOf(entered.at(-1) ?? leaf),
    };
  }

  #leaving({ exit, invoke }: StateNode): readonly Operation[] {
    return [
      ...exit.map((action) => this.#operations.ofAction(action)),
      ...invoke.map(({ id }) => this.#operations.stopping(id)),
    ];
  }

  #entering({ entry, invoke, initial }: StateNode, isDefault: boolean): readonly Operation[] {
    return [
      ...entry.map((action) => this.#operations.ofAction(action)),
      ...invoke.map((called) => this.#operations.invoking(called)),
      ...(isDefault ? initial.actions.map((action) => this.#operations.ofAction(action)) : []),
    ];
  }

  #guardOf(guard: unknown, transition: Pick<Transition, 'eventType' | 'source'>): Guard {
    const test = this.#test(guard);
    // XState names the event and the state of a guard that throws, but not for a transient state.
    if (transition.eventType === '') {
      return (context, event, leaf) => Boolean(test({ context, event }, leaf));
    }
    const name = typeof guard === 'function' ? '' : `'${nameOf(guard)}' `;
    return (context, event, leaf) => {
      try {
        return Boolean(test({ context, event }, leaf));
      } catch (error) {
        const where = `for event '${transition.eventType}' in state node '${transition.source.id}'`;
        const why = error instanceof Error ? error.message : String(error);
        const message = `Unable to evaluate guard ${name}in transition ${where}:\n${why}`;
        throw new Error(message, { cause: error });
      }
    };
  }

  #test(guard: unknown): Test {
    const guards: Readonly<Record<string, unknown>> = this.#machine.implementations.guards;
    const found = typeof guard === 'function' ? guard : guards[nameOf(guard)];
    if (found === undefined) {
      return () => {
        throw new Error(`Guard '${nameOf(guard)}' is not implemented.`);
      };
    }
    if (typeof found !== 'function') return this.#test(found);
    const paramsFor = paramsOf(guard);
    // XState's own `and`, `or`, `not` and `stateIn` want a snapshot.
    const check: unknown = Reflect.get(found, 'check');
    if (typeof check === 'function') {
      const checked = check as (snapshot: unknown, asked: Asked, guard: unknown) => unknown;
      return (asked, leaf) => checked(this.#snapshotOf(leaf, asked.context), asked, found);
    }
    const predicate = found as Predicate;
    return (asked) => predicate(asked, paramsFor(asked));
  }

  #snapshotOf(leaf: Leaf, context: unknown): unknown {
    const value = stateValueOf(leaf.path);
    // The context is the machine's own; XState's types do not know which machine this is.
    return this.#machine.resolveState({ value, context });
  }

  #leafOf(node: StateNode): Draft {
    const draft = this.#drafts.get(node);
    if (draft === undefined) throw new TypeError(`${node.id} is not a leaf`);
    return draft;
  }
}

function leavesOf(node: StateNode): readonly StateNode[] {
  const inside = Object.values(node.states);
  return inside.length === 0 ? [node] : inside.flatMap(leavesOf);
}

/** From the root to the node. */
function lineOf(node: StateNode): readonly StateNode[] {
  return node.parent === undefined ? [node] : [...lineOf(node.parent), node];
}

/** From a node down to the leaf that it begins in. */
function initialPath(node: StateNode): readonly StateNode[] {
  const first = initialOf(node);
  return first === undefined ? [node] : [node, ...initialPath(first)];
}

/** The state that a state begins in; undefined for a leaf. */
function initialOf({ type, initial }: StateNode): StateNode | undefined {
  if (type !== 'compound') return undefined;
  // XState types the nodes of a target as those of any machine.
  const [first] = initial.target as readonly (StateNode | undefined)[];
  return first;
}

/** What lies around a node, up to another one, outermost first; without both. */
function between(node: StateNode, outer: StateNode | undefined): readonly StateNode[] {
  const line: StateNode[] = [];
  if (node === outer) return line;
  for (let around = node.parent; around !== undefined && around !== outer; around = around.parent) {
    line.unshift(around);
  }
  return line;
}

type Move = {
  /** Innermost first. */
  readonly left: readonly StateNode[];
  /** Outermost first. */
  readonly entered: readonly StateNode[];
  /** Those of them whose initial transition's actions run. */
  readonly byDefault: ReadonlySet<StateNode>;
};

const stays: Move = { left: [], entered: [], byDefault: new Set() };

/** What XState leaves and enters: it follows SCXML, without parallel states and histories. */
function moveOf(leaf: StateNode, transition: Transition): Move {
  const { target: targets = [], source, reenter } = transition;
  const [target] = targets;
  if (target === undefined) return stays;
  const domain = domainOf(transition, target);
  const left = lineOf(leaf)
    .filter((node) => isInside(node, domain))
    .toReversed();
  const isTargetEntered = source !== target || reenter;
  const down = initialPath(target);
  const entered = [...between(target, domain), ...(isTargetEntered ? down : down.slice(1))];
  return { left, entered, byDefault: new Set(defaultsOf(target, isTargetEntered)) };
}

/** The innermost state that the transition does not leave; undefined where the root itself is left. */
function domainOf({ source, reenter }: Transition, target: StateNode): StateNode | undefined {
  if (!reenter && (target === source || isInside(target, source))) return source;
  const common = lineOf(target)
    .slice(0, -1)
    .findLast((node) => isInside(source, node));
  if (common !== undefined) return common;
  return reenter ? undefined : lineOf(source)[0];
}

function isInside(node: StateNode, outer: StateNode | undefined): boolean {
  return outer === undefined || lineOf(node).slice(0, -1).includes(outer);
}

/** The target, and each state that is entered because it is the initial one of another. */
function* defaultsOf(target: StateNode, isTargetEntered: boolean): Generator<StateNode> {
  if (isTargetEntered) yield target;
  for (let node = initialOf(target); node !== undefined; node = initialOf(node)) yield node;
}
