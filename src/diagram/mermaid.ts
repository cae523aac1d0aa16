import type { Graph, GraphState } from './graph.ts';
import type { Walked } from './path.ts';
import { notesOf } from './shared.ts';
import type { Bundle } from './style.ts';
import { bundlesOf, colours, idOf, leavesOf, styleOf } from './style.ts';

/** A Mermaid flowchart, because Mermaid's state diagrams cannot draw single edges bold. */
export function drawMermaid(graph: Graph, walked: Walked): string {
  const { root } = graph;
  const notes = notesOf(graph);
  const lines = [
    'flowchart TD',
    '  begin((" "))',
    ...root.children.flatMap((child) => stateLines(child, '  ')),
    ...notes.map(({ id, texts }) => `  ${id}[${quoted(texts)}]`),
    ...beginning(root, walked),
    ...bundlesOf(graph, walked).map(edgeLine),
    ...styleLines(root, walked),
    ...notes.map(({ id }) => `  style ${id} fill:#ffffff,stroke:#999999`),
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

function beginning({ initial }: GraphState, { isBegun }: Walked): readonly string[] {
  return initial === null ? [] : [`  begin ${isBegun ? '==>' : '-->'} ${idOf(initial)}`];
}

function edgeLine({ from, to, labels, isWalked, isAlways }: Bundle): string {
  const arrow = isWalked ? '==>' : isAlways ? '-.->' : '-->';
  return `  ${idOf(from)} ${arrow}|${quoted(labels)}| ${idOf(to)}`;
}

function styleLines(root: GraphState, { current }: Walked): readonly string[] {
  return leavesOf(root).map((leaf) => {
    const style = styleOf(leaf);
    const { line, fill } = colours[style];
    const filled = leaf.path === current ? `fill:${fill},stroke-width:4px` : 'fill:#ffffff';
    const dashed = style === 'transient' ? ',stroke-dasharray:4 4,color:#777777' : '';
    return `  style ${idOf(leaf.path)} ${filled},stroke:${line}${dashed}`;
  });
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
