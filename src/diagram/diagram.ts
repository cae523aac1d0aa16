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
 * Draws a machine from its own definition, including `always` and delayed transitions.
 *
 * The same machine and path give the same text.
 *
 * @param format - A Mermaid flowchart, Graphviz DOT, or a standalone SVG.
 * @param path - The stored events of an order, oldest first. The edges that it took are bold, and
 * its current state is filled.
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
