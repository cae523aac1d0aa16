import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { renderReport } from '../../../src/dispute.ts';
import { integrityOf, isBrowserAbsent, TestBrowser } from './browser.ts';
import { alikeHistory, doubted, longHistory } from './histories.ts';

const browser = new TestBrowser();
afterEach(() => browser.clear());
afterAll(() => browser.close());

/** What a reader sees of an event, in twelve frames one after the other. */
async function seen(page: Page, revision: number): Promise<string> {
  return page.evaluate(async (wanted) => {
    const look = () => {
      const row = document.getElementById(`rev-${wanted}`);
      const { top, bottom, left } = row?.getBoundingClientRect() ?? new DOMRect();
      if (row === null || bottom - top < 10) return 'not drawn';
      const at = (y: number) => row.contains(document.elementFromPoint(left + 40, y));
      const bar = document.querySelector('.scrubber')?.getBoundingClientRect();
      const covered = bar !== undefined && bar.top <= 1 && bar.bottom > 0 ? bar.bottom : 0;
      if (top < covered) return `above, at ${top} under ${covered}`;
      if (bottom > innerHeight) return `below, at ${bottom} of ${innerHeight}`;
      if (!at(top + 3) || !at(bottom - 3)) return 'covered';
      return row.classList.contains('current') ? 'marked, in the viewport' : 'not marked';
    };
    const looks = new Set<string>();
    for (let frame = 0; frame < 12; frame += 1) {
      await new Promise(requestAnimationFrame);
      looks.add(look());
    }
    return [...looks].join(', then ');
  }, revision);
}

async function expectSeen(page: Page, revision: number): Promise<void> {
  await integrityOf(page);
  await expect.poll(() => seen(page, revision)).toBe('marked, in the viewport');
}

const sizes = [
  { events: 66, among: 'calls alike', html: renderReport(alikeHistory(66)) },
  { events: 5_000, among: 'unlike calls', html: renderReport(longHistory(5_000)) },
];

describe.skipIf(isBrowserAbsent).each(sizes)(
  'the report of $events events among $among',
  ({ events, html }) => {
    const last = events - 1;
    const middle = Math.floor(events * 0.6);

    test('opens with the event of its address in the viewport', async () => {
      const { page } = await browser.open(html, { hash: `#rev=${middle}` });
      await expectSeen(page, middle);
    });

    test('follows the address to an event', async () => {
      const { page } = await browser.open(html);
      await integrityOf(page);
      for (const revision of [middle, 3, last, 0, middle + 5]) {
        await page.evaluate((to) => {
          location.hash = `#rev=${to}`;
        }, revision);
        await expectSeen(page, revision);
      }
    });

    test('shows the chosen event after a key', async () => {
      const { page } = await browser.open(html, { hash: `#rev=${middle}` });
      await expectSeen(page, middle);
      for (const [key, revision] of [
        ['End', last],
        ['Home', 0],
        ['j', 1],
        ['j', 2],
        ['j', 3],
        ['End', last],
        ['k', last - 1],
      ] as const) {
        await page.keyboard.press(key);
        await expectSeen(page, revision);
      }
    });

    test('goes to the chosen event again when its link is followed again', async () => {
      const { page } = await browser.open(html, { hash: `#rev=${middle}` });
      await expectSeen(page, middle);
      for (let again = 0; again < 2; again += 1) {
        await page.evaluate((to) => {
          scrollTo(0, 0);
          const link = document.createElement('a');
          link.href = `#rev=${to}`;
          document.querySelector('main')?.prepend(link);
          link.click();
        }, middle);
        await expectSeen(page, middle);
      }
    });

    test('shows an event that a filter hides once its link is followed', async () => {
      const { page } = await browser.open(html, { hash: `#rev=${middle}` });
      await expectSeen(page, middle);
      await page.locator('.filters select').first().selectOption('CancelNotExecuted');
      await page.keyboard.press('End');
      await page.evaluate(() => {
        location.hash = '#rev=3';
      });
      await expectSeen(page, 3);
      expect(await page.locator('.hidden-count').textContent()).toBe('');
    });

    test('keeps the chosen event in the viewport when a filter ends', async () => {
      const { page } = await browser.open(html);
      await integrityOf(page);
      await page.locator('.filters select').first().selectOption('CancelNotExecuted');
      await page.locator(`#rev-${events - 2 - (events % 2)} button`).click();
      await expectSeen(page, events - 2 - (events % 2));
      await page.locator('.filters button').click();
      await expectSeen(page, events - 2 - (events % 2));
    });
  },
);

describe.skipIf(isBrowserAbsent)('the report in a short window', () => {
  test.each([
    { width: 390, height: 844 },
    { width: 768, height: 600 },
    { width: 1440, height: 500 },
  ])('shows the event of its address at $width × $height', async (viewport) => {
    const { page } = await browser.open(renderReport(longHistory(500)), {
      viewport,
      hash: '#rev=250',
    });
    await expectSeen(page, 250);
    await page.keyboard.press('End');
    await expectSeen(page, 499);
  });

  test('stays where the reader scrolls to', async () => {
    const { page } = await browser.open(renderReport(doubted), { hash: '#rev=8' });
    await expectSeen(page, 8);
    await page.mouse.move(700, 500);
    await page.mouse.wheel(0, -100_000);
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(0);
  });
});
