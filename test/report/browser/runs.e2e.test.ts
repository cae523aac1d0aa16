import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { renderReport } from '../../../src/dispute.ts';
import { stories } from '../stories.ts';
import { isBrowserAbsent, TestBrowser } from './browser.ts';

const browser = new TestBrowser();
afterEach(() => browser.clear());
afterAll(() => browser.close());

const html = renderReport(stories.thirtyTwoCalls);

/** Whether the events of the run are drawn, and what its line says of it. */
async function run(page: Page) {
  return page.locator('.events .run').evaluate((element) => ({
    isDrawn: element.querySelector('li')?.checkVisibility({ contentVisibilityAuto: false }),
    expanded: element.querySelector('.run-head')?.getAttribute('aria-expanded'),
    height: element.querySelector('.run-body')?.getBoundingClientRect().height,
  }));
}

const folded = { isDrawn: false, expanded: 'false', height: 0 };
const open = { isDrawn: true, expanded: 'true', height: expect.any(Number) as number };

describe.skipIf(isBrowserAbsent)('calls alike in the timeline', () => {
  test('are one line that opens and folds by its button, also by keyboard', async () => {
    const { page } = await browser.open(html);
    expect(await run(page)).toEqual(folded);
    const head = page.locator('.run-head');
    expect(await head.locator('.headline').textContent()).toBe(
      'Calls 2 to 31: 30 times the same outcome',
    );
    await head.click();
    expect(await run(page)).toEqual(open);
    await head.press('Enter');
    expect(await run(page)).toEqual(folded);
  });

  test('open when the reader steps into them, and stay open in the other language', async () => {
    const { page } = await browser.open(html, { hash: '#rev=3' });
    expect(await run(page)).toEqual(folded);
    await page.keyboard.press('j');
    expect(await run(page)).toEqual(open);
    await page.locator('[data-language=zh-CN]').click();
    expect(await run(page)).toEqual(open);
  });

  test('open when the browser finds a text in them', async () => {
    const { page } = await browser.open(html);
    await page.locator('.run-body').dispatchEvent('beforematch');
    expect(await run(page)).toEqual(open);
  });

  test('show what a filter finds in them, and fold again with it', async () => {
    const { page } = await browser.open(html);
    const search = page.locator('input[type=search]');
    await search.fill('attempt 17 ');
    expect(await page.locator('.run li:not([hidden])').count()).toBeGreaterThan(0);
    expect(
      await page.locator('.events .run').evaluate((element) => element.checkVisibility()),
    ).toBe(true);
    await search.fill('no such text');
    expect(
      await page.locator('.events .run').evaluate((element) => element.checkVisibility()),
    ).toBe(false);
    await search.fill('');
    expect(await run(page)).toEqual(folded);
  });
});
