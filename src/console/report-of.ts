/** The report of an order as a part of the console's page. */

import type { FoundEvent } from '../history/event.ts';
import { reportAssets } from '../report/assets.ts';
import type { ReportParts } from '../report/report.ts';
import { reportParts } from '../report/report.ts';
import { sha256 } from '../text.ts';
import type { Language } from '../words/language.ts';
import { en } from '../words/report/en.ts';
import { zhCN } from '../words/report/zh-CN.ts';
import type { Html } from './html.ts';
import { html, trusted } from './html.ts';
import type { Visit } from './types.ts';

/** Where the page finds the report's script and style, below the way in. */
export const reportFiles = {
  script: '/assets/report.js',
  style: '/assets/report.css',
} as const;

export type ReportFile = { readonly type: string; readonly text: string };

/** Those files, by their paths below the way in. */
export function reportFilesByPath(): ReadonlyMap<string, ReportFile> {
  const { script, mountedStyle } = reportAssets();
  return new Map([
    [reportFiles.script, { type: 'text/javascript; charset=utf-8', text: script }],
    [reportFiles.style, { type: 'text/css; charset=utf-8', text: mountedStyle }],
  ]);
}

/**
 * What stands after the page's own content: the report's place, the drawing of the machine, and the
 * data in `#data`. When the page has newer data there, it dispatches `report-data` on the document,
 * and the report is drawn again.
 *
 * @param events - The order's whole history, oldest first.
 */
export function reportOf(
  { base, language }: Pick<Visit, 'base' | 'language'>,
  events: readonly FoundEvent[],
): Html {
  // Without a time of its own: the same history gives the same data, which is not drawn again.
  const { data, digest, svg } = partsOf(events, language);
  const { subtitle, scriptBlocked } = reportWords[language];
  // Not a blank around the data: its digest covers all that stands in the element.
  const content = trusted(
    `<script type="application/json" id="data" data-sha256="${digest}">${data}</script>`,
  );
  // A section, so that the report's header is not that of the page.
  return html`<link rel="stylesheet" href="${base}${reportFiles.style}" />
    <noscript>${scriptBlocked}</noscript>
    <section id="report" data-mounted aria-label="${subtitle}"></section>
    <div id="machine" hidden>${trusted(svg)}</div>
    ${content}
    <script type="module" src="${base}${reportFiles.script}"></script>`;
}

const reportWords: Readonly<Record<Language, Pick<typeof en, 'subtitle' | 'scriptBlocked'>>> = {
  en,
  'zh-CN': zhCN,
};

/** Of the histories that were shown last: an open page looks again every few seconds. */
const drawn = new Map<string, ReportParts>();
const drawnMax = 4;

/** The same events have the same parts, and drawing a long history takes a second. */
function partsOf(events: readonly FoundEvent[], language: Language): ReportParts {
  const key = sha256(JSON.stringify([language, events]));
  const parts = drawn.get(key) ?? reportParts(events, { language });
  drawn.delete(key);
  drawn.set(key, parts);
  const [oldest] = drawn.keys();
  if (drawn.size > drawnMax && oldest !== undefined) drawn.delete(oldest);
  return parts;
}
