/** The blocks of docs/performance.md that a run of the benchmarks fills, so that nobody copies. */

import { commandOf } from './run-file.ts';
import type { RunFile } from './run-file.ts';
import { markdownOf } from './shown.ts';

const block = /<!-- bench: ([a-z-]+) -->\n([\s\S]*?)<!-- \/bench -->/g;

export type Block = { readonly bench: string; readonly text: string };

export function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(block)].map(([, bench = '', text = '']) => ({ bench, text }));
}

/** Fills the blocks of the benches that were run; the others stay as they are. */
export function filled(page: string, { day, machine, figures }: RunFile): string {
  const texts = new Map<string, string>();
  for (const [bench, own] of Map.groupBy(figures, (figure) => figure.bench)) {
    const { processor, cores, memoryGb, platform, node, loadBefore } = machine;
    texts.set(
      bench,
      `\`${commandOf(bench)}\`, on ${day}: ${cores} cores (${processor}), ${memoryGb} GB, ` +
        `${platform}, Node ${node}, load ${loadBefore} before the run.\n\n${markdownOf(own)}`,
    );
  }
  return page.replaceAll(block, (whole, bench: string) => {
    const text = texts.get(bench);
    return text === undefined ? whole : `<!-- bench: ${bench} -->\n\n${text}\n\n<!-- /bench -->`;
  });
}
