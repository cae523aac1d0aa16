import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { blocksOf, filled } from './page.ts';
import { readRun } from './run-file.ts';

// Fills docs/performance.md from the files that `npm run bench -- --json` wrote, later ones last.
const path = join(import.meta.dirname, '..', '..', 'docs', 'performance.md');
let page = readFileSync(path, 'utf8');
for (const file of process.argv.slice(2)) {
  const run = readRun(file);
  const places = new Set(blocksOf(page).map(({ bench }) => bench));
  const without = run.figures.find(({ bench }) => !places.has(bench));
  if (without !== undefined) throw new Error(`${path} has no block for '${without.bench}'`);
  page = filled(page, run);
}
const options = await resolveConfig(path);
writeFileSync(path, await format(page, { ...options, filepath: path }));
