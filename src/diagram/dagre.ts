import * as dagre from '@dagrejs/dagre';

/** What we use of dagre. Sizes and coordinates are in px; a node's are those of its middle. */
export type RankGraph = {
  readonly setGraph: (settings: {
    readonly ranksep: number;
    readonly nodesep: number;
    readonly edgesep: number;
  }) => unknown;
  readonly setNode: (
    id: string,
    size: { readonly width: number; readonly height: number },
  ) => unknown;
  readonly setEdge: (
    edge: RankEdge,
    label: { readonly labelpos: 'c'; readonly weight: number },
  ) => unknown;
  readonly graph: () => { readonly height?: number };
  readonly node: (id: string) => RankPoint;
  readonly edge: (edge: RankEdge) => { readonly points: readonly RankPoint[] };
};

export type RankEdge = { readonly v: string; readonly w: string; readonly name: string };
export type RankPoint = { readonly x: number; readonly y: number };

// Its own types name their files without an ending, which Node's resolution of modules does not find.
export const { Graph, layout } = dagre as unknown as {
  readonly Graph: new (options: { readonly multigraph: boolean }) => RankGraph;
  readonly layout: (graph: RankGraph) => void;
};
