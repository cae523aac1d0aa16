import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

/** Debian's chromium, or the browser that is named: playwright-core brings none along. */
const executablePath = process.env['PAYMENT_ORDER_TEST_CHROMIUM'] ?? '/usr/bin/chromium';

/** Elsewhere than in CI a missing browser skips the tests, by their names. */
export const isBrowserAbsent = !existsSync(executablePath) && process.env['CI'] === undefined;

export type OpenedPage = {
  readonly page: Page;
  /** What the page asked of the network or of the disk, beside its own file. */
  readonly requests: readonly string[];
  /** What it complained about. */
  readonly complaints: readonly string[];
};

/** A browser, and the directory that its files are opened from, as from a saved attachment. */
export class TestBrowser {
  readonly #directory = mkdtempSync(join(tmpdir(), 'payment-order-report-'));
  #browser: Browser | null = null;
  #files = 0;
  /** By their options: a new one takes as long as everything else. */
  readonly #contexts = new Map<string, BrowserContext>();

  async open(
    html: string,
    { hash = '', ...options }: BrowserContextOptions & { readonly hash?: string } = {},
  ): Promise<OpenedPage> {
    this.#browser ??= await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    const key = JSON.stringify(options);
    const context =
      this.#contexts.get(key) ??
      (await this.#browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options }));
    this.#contexts.set(key, context);
    const page = await context.newPage();
    const file = join(this.#directory, `report-${(this.#files += 1)}.html`);
    writeFileSync(file, html);
    const url = pathToFileURL(file).href;
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
    await page.goto(`${url}${hash}`);
    return { page, requests, complaints };
  }

  /** Forgets the pages of a test. */
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

/** The badge's class once the page has checked itself. */
export async function integrityOf(page: Page): Promise<string | null> {
  const badge = page.locator('header [data-integrity]:not([data-integrity=checking])');
  return badge.getAttribute('data-integrity');
}
