import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { renderReport } from '../../../src/dispute.ts';
import { isBrowserAbsent, TestBrowser, violationsIn } from './browser.ts';
import { doubted } from './histories.ts';

const browser = new TestBrowser();
afterEach(() => browser.clear());
afterAll(() => browser.close());

const languages = ['en', 'zh-CN'] as const;

/** The height of the drawing's letters on the screen, px, and whether all of it can be reached. */
async function readable(page: Page) {
  return page.evaluate(() => {
    const svg = document.querySelector<SVGSVGElement>('svg.machine');
    const chart = document.querySelector('.chart');
    if (svg === null || chart === null) throw new Error('nothing is drawn');
    const scale = svg.getScreenCTM()?.a ?? 0;
    const sizes = Array.from(svg.querySelectorAll('text'), (text) =>
      Number.parseFloat(getComputedStyle(text).fontSize),
    );
    const drawn = svg.getBoundingClientRect().width;
    return {
      smallest: scale * Math.min(...sizes),
      isWhole: drawn <= chart.clientWidth,
      isReached: Math.abs(chart.scrollWidth - Math.max(drawn, chart.clientWidth)) <= 1,
      pageOverflow: document.documentElement.scrollWidth - innerWidth,
    };
  });
}

describe.skipIf(isBrowserAbsent)('the drawing of the machine in a browser', () => {
  test.each([
    { width: 1440, isWhole: true },
    { width: 768, isWhole: true },
    { width: 390, isWhole: false },
  ])('is read without a magnifier, $width px wide', async ({ width, isWhole }) => {
    const viewport = { width, height: 900 };
    const { page } = await browser.open(renderReport(doubted), { viewport });
    const { smallest, ...rest } = await readable(page);
    expect(smallest).toBeGreaterThanOrEqual(12);
    expect(rest).toEqual({ isWhole, isReached: true, pageOverflow: 0 });
  });

  test('scrolls by keys where it does not fit', async () => {
    const viewport = { width: 390, height: 844 };
    const { page } = await browser.open(renderReport(doubted), { viewport });
    const chart = page.getByRole('group', { name: 'Where the order stood' });
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => chart.evaluate(({ scrollLeft }) => scrollLeft)).toBeGreaterThan(0);
  });

  test.each(languages)('writes no name beyond its box: %s', async (language) => {
    const { page } = await browser.open(renderReport(doubted, { language }));
    const wide = await page.evaluate(() => {
      return Array.from(document.querySelectorAll<SVGTextElement>('.machine text'), (text) => {
        const box = text.parentElement?.querySelector('rect')?.getBBox();
        const { x, width } = text.getBBox();
        const isHeld = box !== undefined && x >= box.x + 2 && x + width <= box.x + box.width - 2;
        return isHeld ? [] : [text.textContent];
      }).flat();
    });
    expect(wide).toEqual([]);
  });

  test('draws no edge through the box or the name of another state', async () => {
    const { page } = await browser.open(renderReport(doubted));
    const { crossed, points } = await page.evaluate(() => {
      const areas = Array.from(
        document.querySelectorAll<SVGGraphicsElement>(
          '.machine .state rect, .machine .state circle, .machine text',
        ),
        (drawn) => ({ name: drawn.parentElement?.textContent ?? '', box: drawn.getBBox() }),
      ).filter(({ box }) => box.width > 0);
      const found = new Set<string>();
      let count = 0;
      for (const line of document.querySelectorAll<SVGPathElement>('.machine .edge .line')) {
        const length = line.getTotalLength();
        // Both ends lie on borders.
        for (let at = 1; at < length; at += 1) {
          const { x, y } = line.getPointAtLength(at);
          count += 1;
          for (const { name, box } of areas) {
            const isIn = x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height;
            if (isIn) found.add(`${line.parentElement?.textContent ?? ''} in ${name}`);
          }
        }
      }
      return { crossed: [...found], points: count };
    });
    expect(points).toBeGreaterThan(5_000);
    expect(crossed).toEqual([]);
  });

  test.each(['light', 'dark'] as const)(
    'has enough contrast in the doubt: %s',
    async (colorScheme) => {
      const { page } = await browser.open(renderReport(doubted), { colorScheme, hash: '#rev=4' });
      expect(await violationsIn(page, '.diagram')).toEqual([]);
    },
  );
});
