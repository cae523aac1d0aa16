/** The report's script and style, as a file holds them itself and as another page links them. */

import { readFileSync } from 'node:fs';
import { joined } from './inline-script.ts';

/** The page's modules; each stands after those that it imports. */
const scripts = [
  'dom',
  'source',
  'printing',
  'times',
  'chain',
  'integrity',
  'log',
  'folding',
  'words',
  'log-badge',
  'statements',
  'record',
  'header',
  'verdict',
  'facts',
  'findings',
  'calls',
  'filters',
  'rows',
  'viewport',
  'keeping',
  'timeline',
  'scrubber',
  'diagram',
  'detail',
  'axis',
  'axis-ticks',
  'lanes-layout',
  'lanes-keys',
  'lanes-draw',
  'lanes',
  'main',
];

/**
 * A sheet of each part; those for small screens and for print come last, since they override. None
 * names the root or the body: the report may be a part of another page.
 */
const styles = [
  'base',
  'header',
  'findings',
  'calls',
  'lanes',
  'timeline',
  'diagram',
  'detail',
  'small',
  'print',
];

export type ReportAssets = {
  /** A module of JavaScript that imports nothing. */
  readonly script: string;
  /** The style of a page that is nothing but the report. */
  readonly style: string;
  /** The beginning of `style`: colours and text, for a page around the report. */
  readonly frameStyle: string;
  /** As `style`, for a page in which the report is one part: it styles nothing outside of `#report`. */
  readonly mountedStyle: string;
};

/** What the report's page needs besides its data and the drawing. */
export function reportAssets(): ReportAssets {
  const [palette, own, mounted] = [sheets(['palette']), sheets(styles), sheets(['mounted'])];
  const frameStyle = `${palette}\n${sheets(['document'])}`;
  return {
    script: joined(scripts.map((name) => read(`${name}.js`))),
    frameStyle,
    style: `${frameStyle}\n${own}`,
    mountedStyle: `${palette.replaceAll(':root', '#report')}\n#report {\n${own}\n${mounted}}\n`,
  };
}

function sheets(names: readonly string[]): string {
  return names.map((name) => read(`styles/${name}.css`)).join('\n');
}

function read(name: string): string {
  return readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
}
