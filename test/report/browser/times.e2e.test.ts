import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { renderReport } from '../../../src/dispute.ts';
import { aHistory } from '../../timeline/histories.ts';
import { isBrowserAbsent, TestBrowser } from './browser.ts';
import { desk, openOrder } from './orders.ts';
import type { Order } from './orders.ts';

const browser = new TestBrowser();
afterEach(() => browser.clear());
afterAll(() => browser.close());

const began = '.facts time';

describe.skipIf(isBrowserAbsent)('the times of the report', () => {
  test('stand in the zone of the platform, and in another one that the reader chooses', async () => {
    const page = await openOrder(browser, 'cancelledCleanly', { timezoneId: 'Europe/Berlin' });
    const zone = page.locator('#zone');
    expect(await zone.locator('option').allTextContents()).toEqual([
      'Asia/Shanghai',
      'UTC',
      'Europe/Berlin (yours)',
    ]);
    const times = () =>
      page
        .locator(`${began}, .findings time`)
        .evaluateAll((all) => all.map(({ textContent }) => textContent));
    expect((await times()).slice(0, 4)).toEqual([
      '2026-11-23 09:58:12',
      '10:01:07',
      '2026-12-01 06:00:00',
      '10:01:07',
    ]);
    await zone.focus();
    await zone.selectOption('Europe/Berlin');
    expect((await times()).slice(0, 4)).toEqual([
      '2026-11-23 02:58:12',
      '03:01:07',
      '2026-11-30 23:00:00',
      '03:01:07',
    ]);
    expect(await page.locator(':focus').getAttribute('id')).toBe('zone');
    await page.locator('[data-language]').click();
    expect(await zone.inputValue()).toBe('Europe/Berlin');
    expect(await page.locator(began).first().textContent()).toBe('2026-11-23 02:58:12');
    expect(await page.locator(':focus').getAttribute('id')).toBe('language');
  });

  test.each(['Asia/Shanghai', 'UTC'])('offer the zone of the reader once: %s', async (own) => {
    const page = await openOrder(browser, 'refunded', { timezoneId: own });
    expect(await page.locator('#zone option').count()).toBe(2);
  });

  test('leave out the year where the events share it, and the day where they share that', async () => {
    const firstIn = async (order: Order) =>
      (await openOrder(browser, order)).locator('.findings time').first().innerText();
    expect(await firstIn('cancelledCleanly')).toBe('10:01:07');
    expect(await firstIn('inDoubtThenAsked')).toBe('11-20 21:40:02');
    const overNewYear = aHistory([
      ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
      ['CancelRequested', {}, 'cancelling.requesting'],
      ['PaymentStarted', {}, 'cancelling.requesting', { after: 60 * 86_400_000 }],
    ]);
    const { page } = await browser.open(renderReport(overNewYear), desk);
    expect(await page.locator('.findings time').first().innerText()).toBe('2026-11-23 10:02:05');
  });

  test('show an altered time as it is, and make no date of it', async () => {
    const [created] = aHistory([
      ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
    ]);
    if (created === undefined) throw new Error('it has one event');
    const altered = { ...created, metadata: { ...created.metadata, recordedAt: 'revision 7' } };
    const { page } = await browser.open(renderReport([altered]), desk);
    expect(await page.locator('.facts').innerText()).toContain('revision 7');
    expect(await page.locator(began).count()).toBe(0);
  });

  test('give UTC with milliseconds on hover, and beside them in print', async () => {
    const page = await openOrder(browser, 'cancelledCleanly');
    const time = page.locator(began).first();
    expect(await time.getAttribute('title')).toBe('2026-11-23 01:58:12.406 UTC');
    expect(await time.getAttribute('datetime')).toBe('2026-11-23T01:58:12.406Z');
    const beside = () => time.evaluate((element) => getComputedStyle(element, '::after').content);
    expect(await beside()).toBe('none');
    await page.emulateMedia({ media: 'print' });
    expect(await beside()).toBe('" (2026-11-23 01:58:12 UTC)"');
    await page.emulateMedia({ media: 'screen' });
    await page.locator('#zone').selectOption('UTC');
    await page.emulateMedia({ media: 'print' });
    expect(await beside()).toBe('none');
  });
});

describe.skipIf(isBrowserAbsent)('a folded part', () => {
  test('is open and drawn on paper, and closed again after it', async () => {
    const page = await openOrder(browser, 'thirtyTwoCalls', {
      atStart: () => {
        // It runs before the page's own listener, so it sees what was printed.
        addEventListener('afterprint', () => {
          const all = [...document.querySelectorAll('.facts details, .findings details')];
          Object.assign(window, {
            printed: {
              all: all.length,
              open: all.filter((part) => part.hasAttribute('open')).length,
              empty: all.filter(({ childElementCount }) => childElementCount < 2).length,
            },
          });
        });
      },
    });
    const folded = page.locator('.facts details:not([open]), .findings details:not([open])');
    const before = await folded.count();
    expect(before).toBeGreaterThan(1);
    await page.pdf({ format: 'A4' });
    // `atStart` put it there.
    const printed = await page.evaluate(
      () => (window as unknown as { printed: Record<'all' | 'open' | 'empty', number> }).printed,
    );
    expect(printed.all).toBeGreaterThanOrEqual(before);
    expect(printed).toMatchObject({ open: printed.all, empty: 0 });
    expect(await page.locator('.facts details[open], .findings details[open]').count()).toBe(0);
  });
});
