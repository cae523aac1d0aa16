import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { graphOf } from '../diagram/graph.ts';
import { walk } from '../diagram/path.ts';
import { svgOf } from '../diagram/svg.ts';
import type { FoundEvent } from '../history/event.ts';
import { escapeHtml } from '../text.ts';
import { en } from '../words/report/en.ts';
import { zhCN } from '../words/report/zh-CN.ts';
import type { ReportOptions } from './report-data.ts';
import { reportDataOf } from './report-data-of.ts';

/**
 * The history of one order as one HTML file for people: it needs no network and no other file, and
 * checks the events' hashes itself when it is opened. Events, oldest first, as
 * `PaymentOrders.history()` gives them; what this version cannot read is shown as it is stored.
 * Texts of the history can do nothing in it. The same input gives the same bytes.
 */
export function renderReport(events: readonly FoundEvent[], options: ReportOptions = {}): string {
  const data = reportDataOf(events, options);
  const json = embedded(data);
  const { script, style } = page();
  const graph = graphOf(paymentOrderMachine);
  const svg = svgOf(graph, walk(graph, []));
  const policy =
    `default-src 'none'; script-src ${sourceHash(script)}; style-src ${sourceHash(style)}; ` +
    "base-uri 'none'; form-action 'none'";
  return [
    '<!doctype html>',
    `<html lang="${data.language}">`,
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    '<meta name="robots" content="noindex">',
    `<title>${escapeHtml(data.title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    `<noscript>${en.scriptBlocked} / ${zhCN.scriptBlocked}</noscript>`,
    // A long history takes a moment to read: whose it is shows at once.
    `<div id="report"><header><h1>${escapeHtml(data.title)}</h1></header></div>`,
    `<div id="machine" hidden>${svg}</div>`,
    `<script type="application/json" id="data" data-sha256="${hash('sha256', json, 'hex')}">` +
      `${json}</script>`,
    `<script type="module">${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/**
 * JSON inside a script element: nothing in it can end the element, or be seen as its beginning,
 * and nothing reorders the file's text for those who read it raw.
 */
function embedded(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function sourceHash(text: string): string {
  return `'sha256-${hash('sha256', text, 'base64')}'`;
}

/** The page's own files, in the order in which they use each other. */
const scripts = [
  'dom',
  'canonical-json',
  'integrity',
  'folding',
  'words',
  'header',
  'attempts',
  'filters',
  'timeline',
  'scrubber',
  'diagram',
  'detail',
  'main',
];

/**
 * The page's script and style. It is plain JavaScript, so that it is the same file in the source
 * and in the package, and what is read there is what runs.
 */
function page(): { readonly script: string; readonly style: string } {
  const read = (name: string) => readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
  const modules = scripts.map((name) =>
    read(`${name}.js`)
      .replace(/^import [^;]*;\n/gm, '')
      .replace(/^export /gm, ''),
  );
  return { script: modules.join('\n'), style: read('page.css') };
}
