import { createServer } from 'node:http';
import type { Page } from 'playwright-core';
import { assets } from '../../../src/console/assets.ts';
import { headers } from '../../../src/console/headers.ts';
import { html } from '../../../src/console/html.ts';
import { files } from '../../../src/console/layout.ts';
import { reportOf } from '../../../src/console/report-of.ts';
import type { DisputeEvent } from '../../../src/dispute.ts';
import type { Language } from '../../../src/words/language.ts';

const base = '/way-in';

/** A page of one order as a console has it, with the report under its own header and content. */
export class MountingPage {
  events: readonly DisputeEvent[] = [];
  language: Language = 'en';
  readonly #files = assets();
  readonly #server = createServer(({ url = '' }, response) => {
    const file = this.#files.get(url.slice(base.length));
    response.setHeaders(new Map(Object.entries(headers)));
    response.setHeader('Content-Type', file?.type ?? 'text/html; charset=utf-8');
    response.end(file?.text ?? this.#document());
  });

  async open(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#server.listen(0, '127.0.0.1', () => {
      resolve(undefined);
    });
    await promise;
    const address = this.#server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    return `http://127.0.0.1:${port}${base}/orders/O1`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #document(): string {
    const { language, events } = this;
    return `<!doctype html>${html`<html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>O1</title>
        <link rel="stylesheet" href="${base}${files.style}" />
      </head>
      <body>
        <header class="desk-head"><a href="/queue">Queue</a></header>
        <main id="content" class="desk-main">
          <h1>Order O1</h1>
          <form><input type="text" name="note" aria-label="Note" /></form>
          <section><h2>What can be done</h2></section>
        </main>
        ${reportOf({ base, language }, events)}
      </body>
    </html>`}`;
  }
}

/** Does to an open page what a console's script does after something changed. */
export async function bringNewer(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const text = await (await fetch(location.href)).text();
    const newer = new DOMParser().parseFromString(text, 'text/html').getElementById('data');
    if (newer !== null) document.getElementById('data')?.replaceWith(newer);
    document.dispatchEvent(new Event('report-data'));
  });
}
