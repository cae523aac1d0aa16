/** The document around every page of the console. */

import type { Html } from './html.ts';
import { html } from './html.ts';
import { actorText } from './pages/parts.ts';
import type { Desk, Page, Visit } from './types.ts';

/** The files of every page, by their paths below the way in. */
export const files = {
  script: '/assets/console.js',
  style: '/assets/console.css',
  icon: '/assets/icon.svg',
} as const;

/** The main part: what our script replaces when something has changed. */
export const contentId = 'desk-content';

export function layout(desk: Desk, visit: Visit, page: Page): string {
  const { language, base } = visit;
  const { frame } = visit.words.console;
  const document = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${page.title} · ${frame.title}</title>
        <link rel="icon" type="image/svg+xml" href="${base}${files.icon}" />
        <link rel="stylesheet" href="${base}${files.style}" />
        <script type="module" src="${base}${files.script}"></script>
      </head>
      <body
        data-base="${base}"
        data-live="${liveOf(page)}"
        data-changed="${frame.changed}"
        data-lost="${frame.lost}"
        data-unanswered="${frame.unanswered}"
      >
        <a class="desk-skip" href="#${contentId}">${frame.skip}</a>
        ${header(desk, visit, page)}
        <noscript><p class="desk-note">${frame.noScript}</p></noscript>
        <p class="desk-status" id="desk-status" role="status"></p>
        <main id="${contentId}" class="desk-main" tabindex="-1">${page.main}</main>
        ${page.report}
      </body>
    </html>`;
  return document.toString();
}

function header(desk: Desk, visit: Visit, { nav }: Page): Html {
  const { base, language, url } = visit;
  const { frame } = visit.words.console;
  const links = [
    ['queue', `${base}/`],
    ['inbox', `${base}/inbox`],
    ['recovery', `${base}/recovery`],
  ] as const;
  const other = language === 'en' ? 'zh-CN' : 'en';
  const there = new URLSearchParams(url.search);
  there.set('lang', other);
  return html`<header class="desk-header">
    <span class="desk-brand">${frame.title}</span>
    <nav class="desk-nav" aria-label="${frame.navigation}">
      <ul>
        ${links.map(
          ([name, href]) =>
            html`<li>
              <a href="${href}" ${nav === name ? html`aria-current="page"` : ''}
                >${frame.nav[name]}</a
              >
            </li>`,
        )}
      </ul>
    </nav>
    <span class="desk-store">${desk.store}</span>
    <span class="desk-who"
      >${desk.actor === null ? frame.readOnly : frame.acting(actorText(visit.words, desk.actor))}</span
    >
    <a class="desk-language" lang="${other}" href="?${there.toString()}"
      >${other === 'en' ? 'English' : '中文'}</a
    >
  </header>`;
}

function liveOf({ live }: Page): string {
  if (live === null) return '';
  return live === 'all' ? 'all' : `order ${live.orderNo}`;
}
