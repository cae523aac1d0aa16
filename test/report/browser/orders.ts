import type { Page } from 'playwright-core';
import { renderReport } from '../../../src/dispute.ts';
import type { ReportOptions } from '../../../src/dispute.ts';
import { sixtySixEvents, stories } from '../stories.ts';
import { integrityOf } from './browser.ts';
import type { OpenOptions, TestBrowser } from './browser.ts';
import { doubted } from './histories.ts';

export const orders = { ...stories, sixtySixEvents, doubted };
export type Order = keyof typeof orders;
// The keys of that object, as it is written above.
export const names = Object.keys(orders) as readonly Order[];
export const desk = { viewport: { width: 1440, height: 900 } };
export const tablet = { viewport: { width: 768, height: 1024 } };
export const phone = { viewport: { width: 390, height: 844 } };

/** The report of an order, once the page has checked itself. */
export async function openOrder(
  browser: TestBrowser,
  order: Order,
  { report = {}, ...options }: OpenOptions & { readonly report?: ReportOptions } = {},
): Promise<Page> {
  const generatedAt = '2026-11-30T22:00:00Z';
  const { page } = await browser.open(renderReport(orders[order], { generatedAt, ...report }), {
    ...desk,
    ...options,
  });
  await integrityOf(page);
  return page;
}

/** Texts that stand outside the window, or that their own box cuts. */
export async function cutTexts(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const scrolls = '.scrolling, .lanes-scroll, [role=tabpanel]';
    const isCut = (element: Element) => {
      const { left, right, width } = element.getBoundingClientRect();
      if (width === 0 || element.closest('.skip, svg') !== null) return false;
      if (element.parentElement?.closest(scrolls) !== null) return false;
      const { overflowX } = getComputedStyle(element);
      const hides = overflowX === 'hidden' || overflowX === 'clip';
      const isWider = hides && element.scrollWidth > element.clientWidth + 1;
      return isWider || left < -1 || right > innerWidth + 1;
    };
    const texts = [...document.querySelectorAll('body *')].filter(isCut);
    return texts.map(({ tagName, className, textContent }) =>
      [tagName, className, textContent].join(' '),
    );
  });
}

/** Whether the row of an event is in the window, and marked as the chosen one. */
export async function isRowSeen(page: Page, revision: number): Promise<boolean> {
  return page.locator(`#rev-${revision}`).evaluate((row) => {
    const { top, bottom } = row.getBoundingClientRect();
    const isDrawn = bottom > top;
    return isDrawn && top >= 0 && bottom <= innerHeight && row.classList.contains('current');
  });
}
