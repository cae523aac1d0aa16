/** The files that the console's pages load: read once, and served below the way in. */

import { readFileSync } from 'node:fs';
import { reportAssets } from '../report/assets.ts';
import { files } from './layout.ts';
import type { ReportFile } from './report-of.ts';
import { reportFilesByPath } from './report-of.ts';

/** A sheet of each part; that for small screens comes last, since it overrides. */
const styles = ['base', 'tables', 'queue', 'forms', 'acts', 'small'];

export function assets(): ReadonlyMap<string, ReportFile> {
  const read = (name: string) => readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
  // The report's colours, so that an order's page is of one piece.
  const { frameStyle } = reportAssets();
  return new Map([
    ...reportFilesByPath(),
    [files.icon, { type: 'image/svg+xml', text: read('icon.svg') }],
    [files.script, { type: 'text/javascript; charset=utf-8', text: read('console.js') }],
    [
      files.style,
      {
        type: 'text/css; charset=utf-8',
        text: [frameStyle, ...styles.map((name) => read(`styles/${name}.css`))].join('\n'),
      },
    ],
  ]);
}
