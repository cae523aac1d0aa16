import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { isBrowserAbsent, TestBrowser, violationsIn } from './browser.ts';
import { desk, openOrder, phone } from './orders.ts';

const browser = new TestBrowser();
afterEach(() => browser.clear());
afterAll(() => browser.close());

describe.skipIf(isBrowserAbsent)('the report for everybody', () => {
  test.each([
    ...(['light', 'dark'] as const).flatMap((colorScheme) => [
      { colorScheme, language: 'en', ...desk } as const,
      { colorScheme, language: 'zh-CN', ...phone } as const,
      { colorScheme, language: 'zh-CN', ...desk } as const,
      { colorScheme, language: 'en', ...phone } as const,
    ]),
  ])(
    'is accessible: $colorScheme, $language, $viewport.width',
    async ({ language, ...options }) => {
      const page = await openOrder(browser, 'cancelledAndPaid', {
        report: { language },
        ...options,
      });
      for (const summary of await page.locator('main summary').all()) await summary.click();
      expect(await violationsIn(page)).toEqual([]);
    },
  );

  test('can be used by the keyboard alone, and shows where it is', async () => {
    const page = await openOrder(browser, 'doubted');
    const controls = await page.evaluate(() => {
      const all = 'a[href], button:enabled, select, input, summary, [tabindex="0"]';
      const found = [...document.querySelectorAll<HTMLElement>(all)];
      const usable = found.filter((element) => element.tabIndex >= 0 && element.checkVisibility());
      for (const [index, element] of usable.entries()) element.dataset['control'] = String(index);
      return usable.length;
    });
    expect(controls).toBeGreaterThan(30);
    const reached = new Set<string>();
    for (let presses = 0; presses < controls; presses += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        // The page has a document, and so an active element of it.
        const element = document.activeElement as HTMLElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        const isSeen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
        return { name: element.dataset['control'] ?? element.tagName, isSeen };
      });
      expect(focused).toMatchObject({ isSeen: true });
      reached.add(focused.name);
    }
    expect(reached.size).toBe(controls);
    await page.keyboard.press('Home');
  });

  test('begins with a link past its header', async () => {
    const page = await openOrder(browser, 'doubted');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('To the answer');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const isInMain = await page.evaluate(() => document.activeElement?.closest('main') !== null);
    expect(isInMain).toBe(true);
  });
});
