import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

/** Debian's chromium, or the browser in the variable: playwright-core comes without one. */
export const executablePath = process.env['PAYMENT_ORDER_TEST_CHROMIUM'] ?? '/usr/bin/chromium';

/** Without a browser the tests are skipped, by their names; in CI they fail. */
export const isBrowserAbsent = !existsSync(executablePath) && process.env['CI'] === undefined;

export type OpenedPage = {
  readonly page: Page;
  /** Requests to the network or the disk, besides the page's own file. */
  readonly requests: readonly string[];
  /** Console messages, errors and dialogs. */
  readonly complaints: readonly string[];
};

export type OpenOptions = BrowserContextOptions & {
  readonly hash?: string;
  /** Runs in the page before the page's own script. */
  readonly atStart?: () => void;
};

/** A browser, and the directory from which it opens files, as from a saved attachment. */
export class TestBrowser {
  readonly #directory = mkdtempSync(join(tmpdir(), 'payment-order-report-'));
  #browser: Browser | null = null;
  #files = 0;
  /** By their options: a new context takes as long as everything else. */
  readonly #contexts = new Map<string, BrowserContext>();

  async open(html: string, { hash = '', ...options }: OpenOptions = {}): Promise<OpenedPage> {
    const file = join(this.#directory, `report-${(this.#files += 1)}.html`);
    writeFileSync(file, html);
    return this.visit(`${pathToFileURL(file).href}${hash}`, options);
  }

  /** Opens an address, such as that of a server of the test. */
  async visit(
    address: string,
    { atStart, ...options }: Omit<OpenOptions, 'hash'> = {},
  ): Promise<OpenedPage> {
    this.#browser ??= await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    const key = JSON.stringify(options);
    const context =
      this.#contexts.get(key) ??
      (await this.#browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options }));
    this.#contexts.set(key, context);
    const page = await context.newPage();
    // How long a busy machine may take is for the test's own time limit to say.
    page.setDefaultTimeout(0);
    const url = address.split('#')[0];
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => {
      if (request.url().split('#')[0] !== url) requests.push(request.url());
    });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    if (atStart !== undefined) await page.addInitScript(atStart);
    await page.goto(address);
    return { page, requests, complaints };
  }

  /** Closes the pages of a test. */
  async clear(): Promise<void> {
    for (const context of this.#contexts.values()) {
      for (const page of context.pages()) await page.close();
    }
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** The result shown by the badge, once the page has checked itself. */
export async function integrityOf(page: Page): Promise<string | null> {
  const badge = page.locator('.facts [data-integrity]:not([data-integrity=checking])');
  return badge.getAttribute('data-integrity');
}

/** What axe finds wrong in a part of the page. */
export async function violationsIn(page: Page, part = 'html'): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async (selector) => {
    // The script that was just run put it there.
    const { axe: runner } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await runner.run(selector);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }, part);
}
