import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { integrityOf, isBrowserAbsent, TestBrowser, violationsIn } from './browser.ts';
import type { OpenedPage, OpenOptions } from './browser.ts';
import { doubted, longHistory } from './histories.ts';
import { bringNewer, MountingPage } from './mounted.ts';
import { cutTexts, desk, isRowSeen, orders, phone } from './orders.ts';

const browser = new TestBrowser();
const mounting = new MountingPage();
let address = '';
beforeAll(async () => {
  address = await mounting.open();
});
afterEach(() => browser.clear());
afterAll(async () => {
  mounting.close();
  await browser.close();
});

/** The page of an order with its first events, once the report has checked itself. */
async function openWith(
  events: MountingPage['events'],
  { hash = '', ...options }: OpenOptions = {},
): Promise<OpenedPage> {
  mounting.events = events;
  const opened = await browser.visit(`${address}${hash}`, { ...desk, ...options });
  await integrityOf(opened.page);
  return opened;
}

async function bring(page: Page, events: MountingPage['events']): Promise<void> {
  mounting.events = events;
  await bringNewer(page);
}

const chosen = (page: Page) => page.locator('.events li.current').getAttribute('id');
const rows = (page: Page) => page.locator('.events li').count();

describe.skipIf(isBrowserAbsent)('a report within another page', () => {
  test('shows the new last event to a reader of the last one, and checks all hashes again', async () => {
    // given
    const { page, complaints } = await openWith(doubted.slice(0, 6));
    expect(await chosen(page)).toBe('rev-5');
    // when
    await bring(page, doubted);
    // then
    expect(await chosen(page)).toBe(`rev-${doubted.length - 1}`);
    expect(await rows(page)).toBe(doubted.length);
    expect(await integrityOf(page)).toBe('intact');
    expect(complaints).toEqual([]);
  });

  test('keeps the chosen event, the zone, the filter, the zoom, the tab and what is open', async () => {
    // given
    const { page } = await openWith(orders.cancelledAndPaid.slice(0, -1), { hash: '#rev=1' });
    await page.locator('#zone').selectOption('UTC');
    await page.locator('#tab-changes').click();
    await page.locator('.lanes-zoom button').nth(1).click();
    await page.locator('.filters input[type=checkbox]').first().check();
    await page.locator('.record summary').first().click();
    await page.locator('.filters input[type=search]').fill('cancel');
    // when
    await bring(page, orders.cancelledAndPaid);
    // then
    expect(await chosen(page)).toBe('rev-1');
    expect(await page.locator('#zone').inputValue()).toBe('UTC');
    expect(await page.locator('#tab-changes').getAttribute('aria-selected')).toBe('true');
    expect(await page.locator('.lanes-zoom button').nth(2).isEnabled()).toBe(true);
    expect(await page.locator('.filters input[type=checkbox]').first().isChecked()).toBe(true);
    expect(await page.locator('.record details').first().getAttribute('open')).toBe('');
    expect(await page.locator('.record .witness').isVisible()).toBe(true);
    // What is being written goes on where it was.
    await page.keyboard.type('led');
    expect(await page.locator('.filters input[type=search]').inputValue()).toBe('cancelled');
  });

  test.each([
    { what: 'as more is said above it', events: doubted, from: 4, revision: 3 },
    { what: 'in a long history', events: longHistory(400), from: 300, revision: 150 },
  ])(
    'keeps what the reader looks at where it is in the window: $what',
    async ({ events, from, revision }) => {
      // given
      const { page } = await openWith(events.slice(0, from), { hash: `#rev=${revision}` });
      await expect.poll(() => isRowSeen(page, revision)).toBe(true);
      const row = page.locator(`#rev-${revision}`);
      const top = () => row.evaluate((element) => element.getBoundingClientRect().top);
      const before = await top();
      const height = () => page.locator('.findings').evaluate((part) => part.clientHeight);
      const above = await height();
      // when
      await bring(page, events);
      // then
      expect(await rows(page)).toBe(events.length);
      if (from < 10) expect(await height()).toBeGreaterThan(above);
      await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThan(2);
    },
  );

  test('says so when the newer data is altered', async () => {
    // given
    const { page } = await openWith(doubted.slice(0, 6));
    // when
    const altered = doubted.map((event) =>
      event.revision === 2 ? { ...event, data: { reason: 'another one' } } : event,
    );
    await bring(page, altered);
    // then
    expect(await integrityOf(page)).toBe('altered');
  });

  test('waits for a reader who holds a slider', async () => {
    // given
    const { page } = await openWith(doubted.slice(0, 6));
    await page.locator('.scrubber input').first().scrollIntoViewIfNeeded();
    await page.locator('.scrubber input').first().hover();
    await page.mouse.down();
    // when
    await bring(page, doubted);
    // then
    expect(await rows(page)).toBe(6);
    await page.mouse.up();
    await expect.poll(() => rows(page)).toBe(doubted.length);
  });

  test('is not drawn again for the same data', async () => {
    // given
    const { page } = await openWith(doubted);
    const row = await page.locator('#rev-1').elementHandle();
    // when
    await bring(page, doubted);
    // then
    expect(await row.evaluate((element) => element.isConnected)).toBe(true);
  });

  test('leaves its keys to the rest of the page where that is used', async () => {
    // given
    const { page } = await openWith(doubted);
    const last = await chosen(page);
    // when
    await page.locator('input[name=note]').pressSequentially('jk');
    await page.keyboard.press('Home');
    // then
    expect(await page.locator('input[name=note]').inputValue()).toBe('jk');
    expect(await chosen(page)).toBe(last);
    await page.locator('.subtitle').click();
    await page.keyboard.press('k');
    expect(await chosen(page)).toBe(`rev-${doubted.length - 2}`);
    await expect.poll(() => new URL(page.url()).hash).toBe(`#rev=${doubted.length - 2}`);
    await page.keyboard.press('j');
    await expect.poll(() => new URL(page.url()).hash).toBe('');
  });

  test('changes nothing of how the rest of the page looks', async () => {
    const { page } = await openWith(doubted);
    const look = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('body, .desk-head, .desk-head *, main, main *')].map(
          (element) =>
            Object.fromEntries(
              [...getComputedStyle(element)].map((name) => [
                name,
                getComputedStyle(element).getPropertyValue(name),
              ]),
            ),
        ),
      );
    await page.emulateMedia({ colorScheme: 'light' });
    const withReport = await look();
    await page.evaluate(() => {
      for (const sheet of document.querySelectorAll('link[href$="report.css"]')) sheet.remove();
      for (const part of document.querySelectorAll('#report, #machine')) part.remove();
    });
    const without = await look();
    const heights = /^(height|block-size|perspective-origin|transform-origin)$/;
    for (const [at, styles] of without.entries()) {
      for (const [name, value] of Object.entries(styles)) {
        if (!heights.test(name)) expect([name, withReport[at]?.[name]]).toEqual([name, value]);
      }
    }
  });

  test.each([
    { colorScheme: 'light', language: 'en', ...desk },
    { colorScheme: 'dark', language: 'zh-CN', ...phone },
  ] as const)(
    'is accessible and whole: $colorScheme, $language',
    async ({ language, ...options }) => {
      mounting.language = language;
      const { page, complaints } = await openWith(orders.cancelledAndPaid, options);
      for (const summary of await page.locator('#report summary').all()) await summary.click();
      expect(await violationsIn(page)).toEqual([]);
      expect(await cutTexts(page)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(await page.locator('#language, #report h1').count()).toBe(0);
      mounting.language = 'en';
    },
  );
});
