import type { AnyStateMachine } from 'xstate';
import { drawDot } from './dot.ts';
import { graphOf } from './graph.ts';
import { drawMermaid } from './mermaid.ts';
import { walk } from './path.ts';
import type { PathStep } from './path.ts';
import { drawSvg } from './svg.ts';

export type { PathStep } from './path.ts';

export type DiagramFormat = 'mermaid' | 'dot' | 'svg';

/**
 * Draws a machine from its own definition, `always` and delayed transitions included, as a Mermaid
 * flowchart, as Graphviz DOT, or as an SVG that stands alone. With the path of an order (`type`,
 * `from` and `to` of its stored events, oldest first) the edges it walked are bold and the state it
 * stands in is filled.
 * The same machine and path give the same text.
 */
export function diagram(
  machine: AnyStateMachine,
  format: DiagramFormat,
  path: readonly PathStep[] = [],
): string {
  const graph = graphOf(machine);
  const walked = walk(graph, path);
  switch (format) {
    case 'mermaid':
      return drawMermaid(graph, walked);
    case 'dot':
      return drawDot(graph, walked);
    case 'svg':
      return drawSvg(graph, walked);
  }
}
