import type { Graph, GraphEdge } from './graph.ts';

/** One stored event of an order: its type, and the states before and after it. */
export type PathStep = {
  readonly type: string;
  /** Null for the first event. */
  readonly from: string | null;
  readonly to: string;
};

export type Walked = {
  readonly edges: ReadonlySet<GraphEdge>;
  /** Whether the path includes the machine's initial step. */
  readonly isBegun: boolean;
  /** The order's current state; null without a path. */
  readonly current: string | null;
};

/** Finds the edges that a path took, including those through transient states. */
export function walk(graph: Graph, path: readonly PathStep[]): Walked {
  const edges = new Set<GraphEdge>();
  for (const { type, from, to } of path) {
    if (from === null) continue;
    for (const edge of graph.edges) {
      if (edge.event !== type || !isWithin(from, edge.from)) continue;
      const rest = throughTransients(graph, edge.to, to);
      if (rest === null) continue;
      for (const walked of [edge, ...rest]) edges.add(walked);
      break;
    }
  }
  return { edges, isBegun: path.length > 0, current: path.at(-1)?.to ?? null };
}

/** A transition of a state is a transition of all states inside it. */
function isWithin(state: string, outer: string): boolean {
  return outer === '' || state === outer || state.startsWith(`${outer}.`);
}

/** The shortest way along `always` edges; null if there is none. */
function throughTransients(graph: Graph, from: string, to: string): readonly GraphEdge[] | null {
  const ways = new Map<string, readonly GraphEdge[]>([[from, []]]);
  // A Map also iterates over entries added meanwhile, so this is a breadth-first search.
  for (const [state, way] of ways) {
    if (state === to) return way;
    for (const edge of graph.edges) {
      const isNew = edge.event === null && edge.from === state && !ways.has(edge.to);
      if (isNew) ways.set(edge.to, [...way, edge]);
    }
  }
  return null;
}
