import type { Graph, GraphState } from './graph.ts';
import type { Walked } from './path.ts';
import { notesOf } from './shared.ts';
import type { Note } from './shared.ts';
import type { Bundle } from './style.ts';
import { bundlesOf, colours, idOf, styleOf } from './style.ts';

/** Graphviz DOT. */
export function drawDot(graph: Graph, walked: Walked): string {
  const { root } = graph;
  const lines = [
    'digraph machine {',
    '  node [shape=box, style="rounded,filled", fillcolor="#ffffff", fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=10];',
    '  begin [shape=circle, label="", width=0.2, fillcolor="#000000"];',
    ...root.children.flatMap((child) => stateLines(child, '  ', walked)),
    ...notesOf(graph).map(noteLine),
    ...beginning(root, walked),
    ...bundlesOf(graph, walked).map(edgeLine),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function stateLines(state: GraphState, indent: string, walked: Walked): readonly string[] {
  const id = idOf(state.path);
  const label = quoted([state.name, ...state.notes]);
  if (state.children.length > 0) {
    return [
      `${indent}subgraph cluster_${id} {`,
      `${indent}  label=${label};`,
      ...state.children.flatMap((child) => stateLines(child, `${indent}  `, walked)),
      `${indent}}`,
    ];
  }
  const style = styleOf(state);
  const { line, fill } = colours[style];
  const attributes = [
    `label=${label}`,
    `color="${line}"`,
    ...(state.path === walked.current ? [`fillcolor="${fill}"`, 'penwidth=3'] : []),
    ...(style === 'transient' ? ['style="rounded,filled,dashed"', 'fontcolor="#777777"'] : []),
  ];
  return [`${indent}${id} [${attributes.join(', ')}];`];
}

function noteLine({ id, texts }: Note): string {
  return `  ${id} [label=${quoted(texts)}, color="#999999"];`;
}

function beginning({ initial }: GraphState, { isBegun }: Walked): readonly string[] {
  if (initial === null) return [];
  return [`  begin -> ${idOf(initial)}${isBegun ? ' [penwidth=3]' : ''};`];
}

function edgeLine({ from, to, labels, isWalked, isAlways }: Bundle): string {
  const attributes = [
    `label=${quoted(labels)}`,
    ...(isWalked ? ['penwidth=3'] : []),
    ...(isAlways ? ['style=dashed'] : []),
  ];
  return `  ${idOf(from)} -> ${idOf(to)} [${attributes.join(', ')}];`;
}

function quoted(lines: readonly string[]): string {
  return `"${lines.map(escaped).join('\\n')}"`;
}

/** Inside quotes, DOT treats quote and backslash specially, and an ampersand begins an entity. */
function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replace(/["\\]/g, '\\$&');
}
