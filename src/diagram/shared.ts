import type { Graph, GraphEdge } from './graph.ts';

/** As many arrows for one and the same transition would hide all others. */
const statesMin = 5;

/** A box of transitions that belong to no single state. */
export type Note = { readonly id: string; readonly texts: readonly string[] };

type Shared = {
  readonly edges: readonly GraphEdge[];
  readonly states: readonly string[];
  readonly line: string;
};

/** Edges that are drawn as arrows only where an order took them. */
export function sharedEdges(graph: Graph): ReadonlySet<GraphEdge> {
  return new Set(sharedIn(graph).flatMap(({ edges }) => edges));
}

/** What holds in every state, and, drawn once, what many states share. */
export function notesOf(graph: Graph): readonly Note[] {
  const { notes } = graph.root;
  const alike = Map.groupBy(sharedIn(graph), ({ states }) => states.join(', '));
  return [
    ...(notes.length === 0 ? [] : [{ id: 'anywhere', texts: ['in every state', ...notes] }]),
    ...[...alike].map(([states, shared], index) => ({
      id: `shared${index}`,
      texts: [`in ${states}`, ...shared.map(({ line }) => line)],
    })),
  ];
}

function sharedIn({ edges }: Graph): readonly Shared[] {
  const ofEvents = edges.filter(({ event }) => event !== null);
  const alike = Map.groupBy(ofEvents, ({ label, to }) => `${label} → ${to}`);
  return [...alike]
    .filter(([, group]) => group.length >= statesMin)
    .map(([line, group]) => ({ edges: group, states: group.map(({ from }) => from), line }));
}
