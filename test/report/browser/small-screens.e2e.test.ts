import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { isBrowserAbsent, TestBrowser } from './browser.ts';
import { cutTexts, names, openOrder, phone, tablet } from './orders.ts';
import type { Order } from './orders.ts';

const browser = new TestBrowser();
afterEach(() => browser.clear());
afterAll(() => browser.close());

/** Those with the longest texts and numbers, and with the most of everything. */
const longest: readonly Order[] = ['twoLatePayments', 'hostileReason', 'retracted', 'doubted'];

const widthOf = (page: Page) => page.evaluate(() => document.scrollingElement?.scrollWidth);

describe.skipIf(isBrowserAbsent)('the report on a small screen', () => {
  test.each(longest)('cuts nothing on a tablet and on a phone: %s', async (order) => {
    for (const language of ['en', 'zh-CN'] as const) {
      for (const size of [tablet, phone]) {
        const page = await openOrder(browser, order, { report: { language }, ...size });
        expect(await widthOf(page)).toBeLessThanOrEqual(size.viewport.width);
        expect(await cutTexts(page)).toEqual([]);
      }
    }
  });

  test.each(names)('leads to the timeline within two screens of a phone: %s', async (order) => {
    // Its texts are longer in English.
    const page = await openOrder(browser, order, phone);
    const heading = page.locator('#timeline');
    const top = (await heading.boundingBox())?.y ?? Infinity;
    expect(top).toBeLessThan(2 * phone.viewport.height);
    await page.locator('.jumps a[href="#timeline"]').click();
    await expect.poll(async () => (await heading.boundingBox())?.y).toBeLessThan(400);
  });
});
