import type { Graph, GraphEdge } from './graph.ts';

/** One stored event of an order: what happened, and between which states. */
export type PathStep = {
  readonly type: string;
  /** Null for the first. */
  readonly from: string | null;
  readonly to: string;
};

export type Walked = {
  readonly edges: ReadonlySet<GraphEdge>;
  /** Whether the machine's beginning is part of the path. */
  readonly isBegun: boolean;
  /** The state the order stands in; null without a path. */
  readonly current: string | null;
};

/** Finds the edges that a path went along, through the transient states between. */
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

/** The shortest way along `always` edges; null where there is none. */
function throughTransients(graph: Graph, from: string, to: string): readonly GraphEdge[] | null {
  const ways = new Map<string, readonly GraphEdge[]>([[from, []]]);
  // A Map iterates what is added meanwhile, so this is breadth first.
  for (const [state, way] of ways) {
    if (state === to) return way;
    for (const edge of graph.edges) {
      const isNew = edge.event === null && edge.from === state && !ways.has(edge.to);
      if (isNew) ways.set(edge.to, [...way, edge]);
    }
  }
  return null;
}
