import type { HistoryEvent } from '../history/event.ts';
import { testedMachine } from './tested-machine.ts';
import type { TestedMachine } from './tested-machine.ts';

/** How often each state and transition was seen. */
export type Coverage = {
  readonly states: ReadonlyMap<string, number>;
  /** By `state EVENT`, such as `created PaymentStarted`. */
  readonly transitions: ReadonlyMap<string, number>;
  /** What the machine has but was not seen. */
  readonly missing: { readonly states: readonly string[]; readonly transitions: readonly string[] };
  /** The share of the machine's own transitions that were seen, 0 to 1. */
  readonly transitionsShare: number;
};

/** A transition that happened. */
export type Happened = { readonly from: string; readonly type: string; readonly to: string };

/** Counts transitions against all that the machine has. */
export function coverageOf(happened: Iterable<Happened>, machine?: TestedMachine): Coverage {
  const states = new Map([['created', 1]]);
  const transitions = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string) =>
    counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const { from, type, to } of happened) {
    count(states, to);
    count(transitions, `${from} ${type}`);
  }
  const all = partsOf(machine);
  const unseen = all.transitions.filter((transition) => !transitions.has(transition));
  return {
    states,
    transitions,
    missing: { states: all.states.filter((state) => !states.has(state)), transitions: unseen },
    transitionsShare: 1 - unseen.length / all.transitions.length,
  };
}

/** The transitions of stored events; the creation is not one. */
export function happenedIn(events: readonly HistoryEvent[]): readonly Happened[] {
  return events.flatMap(({ type, metadata: { from, to } }) =>
    from === null ? [] : [{ from, type, to }],
  );
}

type Node = {
  readonly path: readonly string[];
  readonly states: Readonly<Record<string, Node>>;
  readonly always?: readonly unknown[] | undefined;
  readonly transitions: ReadonlyMap<string, unknown>;
};

/** The states in which an order can rest, and the stored events that each lists itself. */
function partsOf(machine: TestedMachine | undefined): Coverage['missing'] {
  const leaves = (node: Node): readonly Node[] => {
    const children = Object.values(node.states);
    if (children.length > 0) return children.flatMap(leaves);
    return (node.always ?? []).length > 0 ? [] : [node];
  };
  const resting = leaves(testedMachine(machine).root);
  return {
    states: resting.map(({ path }) => path.join('.')),
    transitions: resting.flatMap(({ path, transitions }) =>
      [...transitions.keys()]
        .filter((type) => !type.startsWith('xstate.'))
        .map((type) => `${path.join('.')} ${type}`),
    ),
  };
}
