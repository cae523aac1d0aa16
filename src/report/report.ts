import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { graphOf } from '../diagram/graph.ts';
import { walk } from '../diagram/path.ts';
import { svgOf } from '../diagram/svg.ts';
import type { FoundEvent } from '../history/event.ts';
import { foundEvents } from '../history/event.ts';
import { invalidInput } from '../errors.ts';
import { parseInput } from '../parse.ts';
import { escapeHtml, sha256 } from '../text.ts';
import { en } from '../words/report/en.ts';
import { zhCN } from '../words/report/zh-CN.ts';
import { parseProof } from '../tlog/c2sp/proof-file.ts';
import { parseTrust } from '../tlog/c2sp/trust.ts';
import { joined, sourceHash } from './inline-script.ts';
import { lateAfterMaxMs } from './report-data.ts';
import type { ReportData, ReportOptions } from './report-data.ts';
import { reportDataOf } from './report-data-of.ts';

const optionsSchema = z.strictObject({
  language: z.enum(['en', 'zh-CN']).optional(),
  generatedAt: z.iso.datetime({ offset: true }).optional(),
  title: z.string().optional(),
  proof: z
    .string()
    .max(64 * 1024)
    .optional(),
  trust: z
    .string()
    .max(64 * 1024)
    .optional(),
  lateAfterMs: z.int().min(0).max(lateAfterMaxMs).optional(),
} satisfies Record<keyof ReportOptions, z.ZodType>);

/**
 * Renders the history of one order as a single HTML file.
 *
 * The file needs no network and no other file, and verifies the events' hashes by itself when it
 * is opened. Texts of the history are inert in it, and events that this version cannot read are
 * shown as stored. The same input gives the same bytes.
 *
 * @param events - As `PaymentOrders.history()` returns them: oldest first.
 * @throws {PaymentOrderError} `invalid-input` with the name of the option, or the place of the event.
 * @example
 * const html = renderReport(await orders.history('O1'), { language: 'zh-CN' });
 * await writeFile('report.html', html, { mode: 0o600 });
 */
export function renderReport(events: readonly FoundEvent[], options: ReportOptions = {}): string {
  const parsed = parseInput(optionsSchema, options);
  if (parsed.proof !== undefined) parseProof(parsed.proof);
  else if (parsed.trust !== undefined) {
    throw invalidInput('trust', 'must be left out where there is no proof');
  }
  if (parsed.trust !== undefined) parseTrust(parsed.trust);
  const data = reportDataOf([...foundEvents(events)], parsed);
  const json = embedded(data);
  const { script, style } = page();
  const svg = drawing(data.names);
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
    // The number shows at once; a long history takes a moment to draw.
    `<div id="report"><header><h1>${escapeHtml(data.header.orderNo)}</h1></header></div>`,
    `<div id="machine" hidden>${svg}</div>`,
    `<script type="application/json" id="data" data-sha256="${sha256(json)}">` + `${json}</script>`,
    `<script type="module">${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** The machine, drawn once per process: its names do not change. */
function drawing(names: ReportData['names']): string {
  const graph = graphOf(paymentOrderMachine);
  drawn ??= svgOf(graph, walk(graph, []), {
    namesOf: (path) => Object.values(names).map(({ boxes }) => boxes[path] ?? ''),
  });
  return drawn;
}

let drawn: string | undefined;

/**
 * JSON for a script element: nothing in it can end the element or open another one, and nothing
 * reorders the text for a reader of the raw file.
 */
function embedded(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The page's modules; each stands after those that it imports. */
const scripts = [
  'dom',
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

/** A sheet of each part; those for small screens and for print come last, since they override. */
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

/** The page's script and style. */
function page(): { readonly script: string; readonly style: string } {
  const read = (name: string) => readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
  return {
    script: joined(scripts.map((name) => read(`${name}.js`))),
    style: styles.map((name) => read(`styles/${name}.css`)).join('\n'),
  };
}
