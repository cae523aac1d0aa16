import { afterAll, describe, expect, test } from 'vitest';
import { isBrowserAbsent, TestBrowser, violationsIn } from '../../report/browser/browser.ts';
import { openNight } from './night.ts';

const browser = new TestBrowser();
afterAll(() => browser.close());

const wide = { viewport: { width: 1440, height: 900 } };
const narrow = { viewport: { width: 390, height: 844 } };
const isWider = 'document.documentElement.scrollWidth > innerWidth';

/** Each language in both sizes and both colours, and each pair of those in one of them. */
const looks = {
  en: [
    { ...wide, colorScheme: 'light' },
    { ...narrow, colorScheme: 'dark' },
  ],
  'zh-CN': [
    { ...wide, colorScheme: 'dark' },
    { ...narrow, colorScheme: 'light' },
  ],
} as const;

describe.skipIf(isBrowserAbsent)('the lists of the console', () => {
  for (const language of ['en', 'zh-CN'] as const) {
    test(`can be read by everybody, on a desk and on a telephone, in ${language}`, async () => {
      // given
      const night = await openNight(language);
      const base = night.url.replace(/\/$/, '');
      const paths = [
        ...['/', '/?why=anomaly', '/?why=all&sort=-amount', '/?text=none', '/inbox', '/recovery'],
        `/inbox/${night.noticeId}?body=1`,
      ];
      for (const look of looks[language]) {
        const { page, complaints } = await browser.visit(night.url, look);
        for (const path of paths) {
          // when
          await page.goto(`${base}${path}`);
          // then
          const where = `${path} ${look.viewport.width} ${look.colorScheme}`;
          expect(await violationsIn(page), where).toEqual([]);
          expect(await page.evaluate(isWider), where).toBe(false);
        }
        expect(complaints).toEqual([]);
      }
      expect(night.errors).toEqual([]);
      await browser.clear();
      await night.close();
    });
  }

  test('narrow and turn a list by its forms and headers, and find an order by its transaction', async () => {
    // given
    const night = await openNight();
    const { page } = await browser.visit(night.url, wide);
    const numbers = () => page.locator('tbody th a').allTextContents();
    // when: a chip, a filter, a header
    await page.getByRole('link', { name: /^Anomaly/ }).click();
    expect(await numbers()).toEqual(['M1', 'M2']);
    await page.getByRole('link', { name: /^All orders/ }).click();
    await page.getByLabel('State').selectOption('cancelling.inDoubt');
    await page.getByRole('button', { name: 'Show' }).click();
    // then
    await page.getByRole('columnheader', { name: /^Order/ }).waitFor();
    expect((await numbers()).toSorted()).toEqual(['D1', 'D2']);
    await page
      .getByRole('columnheader', { name: /^Order/ })
      .getByRole('link')
      .click();
    await page.locator('th[aria-sort=ascending]').waitFor();
    expect(await numbers()).toEqual(['D1', 'D2']);
    // when: a number is looked for
    await page.getByRole('searchbox').fill('T-M2');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('End the search').waitFor();
    // then
    expect(await numbers()).toEqual(['M2']);
    await browser.clear();
    await night.close();
  });
});
