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
import type { Language } from '../words/language.ts';
import { en } from '../words/report/en.ts';
import { zhCN } from '../words/report/zh-CN.ts';
import { parseProof } from '../tlog/c2sp/proof-file.ts';
import { parseTrust } from '../tlog/c2sp/trust.ts';
import { reportAssets } from './assets.ts';
import { sourceHash } from './inline-script.ts';
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
  const { title, orderNo, language, svg, data, digest } = reportParts(events, options);
  const { script, style } = reportAssets();
  const policy =
    `default-src 'none'; script-src ${sourceHash(script)}; style-src ${sourceHash(style)}; ` +
    "base-uri 'none'; form-action 'none'";
  return [
    '<!doctype html>',
    `<html lang="${language}">`,
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    '<meta name="robots" content="noindex">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    `<noscript>${en.scriptBlocked} / ${zhCN.scriptBlocked}</noscript>`,
    // The number shows at once; a long history takes a moment to draw.
    `<div id="report"><header><h1>${escapeHtml(orderNo)}</h1></header></div>`,
    `<div id="machine" hidden>${svg}</div>`,
    `<script type="application/json" id="data" data-sha256="${digest}">${data}</script>`,
    `<script type="module">${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** What a page needs to show the report of one order, besides its script and style. */
export type ReportParts = {
  readonly orderNo: string;
  readonly title: string;
  readonly language: Language;
  /** JSON for a script element, escaped for it. */
  readonly data: string;
  /** The SHA-256 of `data`, in hex: the page checks its data by it. */
  readonly digest: string;
  /** The machine's drawing. The page colours it. */
  readonly svg: string;
};

/**
 * The report of one order, in the parts of which a page is made. Titles and numbers are not escaped
 * for HTML.
 *
 * @throws {PaymentOrderError} As `renderReport` does.
 */
export function reportParts(
  events: readonly FoundEvent[],
  options: ReportOptions = {},
): ReportParts {
  const parsed = parseInput(optionsSchema, options);
  if (parsed.proof !== undefined) parseProof(parsed.proof);
  else if (parsed.trust !== undefined) {
    throw invalidInput('trust', 'must be left out where there is no proof');
  }
  if (parsed.trust !== undefined) parseTrust(parsed.trust);
  const content = reportDataOf([...foundEvents(events)], parsed);
  const { header, title, language, names } = content;
  const data = embedded(content);
  const { orderNo } = header;
  return { orderNo, title, language, data, digest: sha256(data), svg: drawing(names) };
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
