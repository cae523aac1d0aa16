import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { renderReport } from '../../../src/dispute.ts';
import { sixtySixEvents, stories } from '../stories.ts';
import { integrityOf, isBrowserAbsent, TestBrowser } from './browser.ts';
import { alikeHistory, longHistory } from './histories.ts';

const browser = new TestBrowser();
afterEach(() => browser.clear());
afterAll(() => browser.close());

/** The pages of a PDF, whose page tree stands outside its compressed streams. */
function pagesIn(pdf: Buffer): number {
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
}

async function printed(html: string): Promise<number> {
  const { page } = await browser.open(html);
  await integrityOf(page);
  return pagesIn(await page.pdf({ format: 'A4' }));
}

describe.skipIf(isBrowserAbsent)('the printed report', () => {
  test.each([
    ['a story of calls alike', sixtySixEvents],
    ['calls alike', alikeHistory(66)],
    ['unlike calls', longHistory(66)],
  ])('of 66 events has at most six pages: %s', async (_, events) => {
    for (const language of ['en', 'zh-CN'] as const) {
      const pages = await printed(renderReport(events, { language }));
      expect(pages).toBeGreaterThan(1);
      expect(pages).toBeLessThanOrEqual(6);
    }
  });

  test('shows every call, and folds them again afterwards', async () => {
    const { page } = await browser.open(renderReport(stories.thirtyTwoCalls));
    await integrityOf(page);
    const calls = page.locator('.attempts tbody tr:not(.run)');
    const shown = () =>
      calls.evaluateAll((rows) => rows.filter((row) => row.checkVisibility()).length);
    expect(await shown()).toBe(1);
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await shown()).toBe(33);
    const closed = page.locator('details:not([open])');
    expect(await closed.count()).toBe(0);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await shown()).toBe(1);
  });

  test('draws the calls that the screen leaves out', async () => {
    const { page } = await browser.open(renderReport(longHistory(500)));
    await integrityOf(page);
    const calls = page.locator('.attempts tbody tr');
    expect(await calls.count()).toBe(100);
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await calls.count()).toBe(250);
  });

  test('writes UTC beside each time of another zone', async () => {
    const { page } = await browser.open(renderReport(stories.refunded));
    await integrityOf(page);
    await page.emulateMedia({ media: 'print' });
    const time = page.locator('#rev-0 .time time');
    const beside = await time.evaluate((element) => getComputedStyle(element, '::after').content);
    expect(beside).toMatch(/UTC/);
  });

  test('names the order and the page on every page', async () => {
    const html = renderReport(stories.refunded);
    expect(html).toMatch(/@bottom-center {\s*content: counter\(page\) ' \/ ' counter\(pages\)/);
    expect(html).toMatch(/@top-left {\s*content: var\(--order-number\)/);
    const { page } = await browser.open(html);
    const title = await page.evaluate(() => {
      const probe = document.createElement('p');
      const style = document.documentElement.style.getPropertyValue('--order-number');
      document.body.append(probe);
      probe.style.content = style;
      return getComputedStyle(probe).content;
    });
    expect(title).toContain(String(stories.refunded[0]?.data['orderNo']));
  });
});
