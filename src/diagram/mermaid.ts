import type { Graph, GraphState } from './graph.ts';
import type { Walked } from './path.ts';
import type { Bundle } from './style.ts';
import { bundlesOf, colours, idOf, leavesOf, styleOf } from './style.ts';

/** A Mermaid flowchart, because Mermaid's state diagrams cannot draw single edges bold. */
export function drawMermaid(graph: Graph, walked: Walked): string {
  const { root } = graph;
  const lines = [
    'flowchart TD',
    '  begin((" "))',
    ...root.children.flatMap((child) => stateLines(child, '  ')),
    ...anywhere(root),
    ...beginning(root, walked),
    ...bundlesOf(graph, walked).map(edgeLine),
    ...styleLines(root, walked),
  ];
  return `${lines.join('\n')}\n`;
}

function stateLines(state: GraphState, indent: string): readonly string[] {
  const id = idOf(state.path);
  if (state.children.length === 0)
    return [`${indent}${id}(${quoted([state.name, ...state.notes])})`];
  return [
    `${indent}subgraph ${id}[${quoted([state.name, ...state.notes])}]`,
    ...state.children.flatMap((child) => stateLines(child, `${indent}  `)),
    `${indent}end`,
  ];
}

/** The transitions of the machine itself, which hold in every state. */
function anywhere({ notes }: GraphState): readonly string[] {
  return notes.length === 0 ? [] : [`  anywhere[${quoted(['in every state', ...notes])}]`];
}

function beginning({ initial }: GraphState, { isBegun }: Walked): readonly string[] {
  return initial === null ? [] : [`  begin ${isBegun ? '==>' : '-->'} ${idOf(initial)}`];
}

function edgeLine({ from, to, labels, isWalked, isAlways }: Bundle): string {
  const arrow = isWalked ? '==>' : isAlways ? '-.->' : '-->';
  return `  ${idOf(from)} ${arrow}|${quoted(labels)}| ${idOf(to)}`;
}

function styleLines(root: GraphState, { current }: Walked): readonly string[] {
  const styled = leavesOf(root).map((leaf) => {
    const style = styleOf(leaf);
    const { line, fill } = colours[style];
    const filled = leaf.path === current ? `fill:${fill},stroke-width:4px` : 'fill:#ffffff';
    const dashed = style === 'transient' ? ',stroke-dasharray:4 4,color:#777777' : '';
    return `  style ${idOf(leaf.path)} ${filled},stroke:${line}${dashed}`;
  });
  const isNoted = root.notes.length > 0;
  return isNoted ? [...styled, '  style anywhere fill:#ffffff,stroke:#999999'] : styled;
}

function quoted(lines: readonly string[]): string {
  return `"${lines.map(escaped).join('<br/>')}"`;
}

/** Turns everything but plain text into Mermaid's entities, so that no label can end early. */
function escaped(text: string): string {
  return text.replace(
    /[^\p{L}\p{M}\p{N} .,:→[\]_-]/gu,
    (character) => `#${character.codePointAt(0) ?? 0};`,
  );
}
