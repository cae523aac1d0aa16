import type { Graph, GraphEdge, GraphState } from './graph.ts';
import type { Walked } from './path.ts';
import { sharedEdges } from './shared.ts';

/** The look of a state. */
export type StateStyle = 'transient' | 'closed' | 'attention' | 'doubt' | 'plain';

export const colours: Readonly<Record<StateStyle, { readonly line: string; fill: string }>> = {
  plain: { line: '#1f4e79', fill: '#cfe2f3' },
  closed: { line: '#38761d', fill: '#d9ead3' },
  attention: { line: '#990000', fill: '#f4cccc' },
  doubt: { line: '#b45f06', fill: '#ffbf00' },
  transient: { line: '#999999', fill: '#eeeeee' },
};

export function styleOf({ isTransient, tags, name }: GraphState): StateStyle {
  if (isTransient) return 'transient';
  if (name === 'inDoubt') return 'doubt';
  if (tags.includes('attention')) return 'attention';
  return tags.includes('closed') ? 'closed' : 'plain';
}

export function leavesOf(state: GraphState): readonly GraphState[] {
  return state.children.length === 0 ? [state] : state.children.flatMap(leavesOf);
}

/** Edges between the same two states, drawn as one line. */
export type Bundle = {
  readonly from: string;
  readonly to: string;
  readonly labels: readonly string[];
  readonly isWalked: boolean;
  readonly isAlways: boolean;
};

export function bundlesOf(graph: Graph, walked: Walked): readonly Bundle[] {
  const bundles = new Map<string, { first: GraphEdge; isWalked: boolean; labels: string[] }>();
  const shared = sharedEdges(graph);
  for (const edge of graph.edges) {
    const isWalked = walked.edges.has(edge);
    if (shared.has(edge) && !isWalked) continue;
    const key = JSON.stringify([edge.from, edge.to, isWalked, edge.event === null]);
    const bundle = bundles.get(key);
    if (bundle === undefined) bundles.set(key, { first: edge, isWalked, labels: [edge.label] });
    else bundle.labels.push(edge.label);
  }
  return [...bundles.values()].map(({ first, isWalked, labels }) => ({
    from: first.from,
    to: first.to,
    labels,
    isWalked,
    isAlways: first.event === null,
  }));
}

/** An id derived from the path alone. It needs no escaping in either format. */
export function idOf(path: string): string {
  const safe = path.replace(
    /[^A-Za-z0-9.]/gu,
    (character) => `_x${(character.codePointAt(0) ?? 0).toString(16)}_`,
  );
  return `state_${safe.replaceAll('.', '__')}`;
}
