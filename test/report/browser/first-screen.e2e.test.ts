import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { renderReport } from '../../../src/dispute.ts';
import { aHistory } from '../../timeline/histories.ts';
import { integrityOf, isBrowserAbsent, TestBrowser } from './browser.ts';
import { cutTexts, desk, isRowSeen, names, openOrder, phone } from './orders.ts';

const browser = new TestBrowser();
afterEach(() => browser.clear());
afterAll(() => browser.close());

/** What of the first screen its reader would have to scroll for; and how much there is in all. */
async function beyondFirstScreen(page: Page) {
  return page.evaluate(() => {
    const questions = [...document.querySelectorAll('.findings dl > div')];
    const wanted = [
      ...document.querySelectorAll('h1, .tools > *, .verdict p, .facts dt, .facts dd'),
      ...questions.flatMap((question) => [
        question.querySelector('dt'),
        question.querySelector('dd li, dd p, dd strong'),
      ]),
    ];
    const beyond = wanted.filter((element) => {
      const box = element?.getBoundingClientRect();
      if (box === undefined || box.width === 0 || box.height === 0) return true;
      return box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth;
    });
    return {
      questions: questions.length,
      beyond: beyond.map((element) => element?.textContent ?? 'missing'),
      scrolled: scrollY,
    };
  });
}

describe.skipIf(isBrowserAbsent)('the first screen', () => {
  test.each(names)('holds the verdict, the facts and six answers: %s', async (order) => {
    for (const language of ['en', 'zh-CN'] as const) {
      const page = await openOrder(browser, order, { report: { language } });
      expect({ language, ...(await beyondFirstScreen(page)) }).toEqual({
        ...{ language, questions: 6, beyond: [], scrolled: 0 },
      });
      expect(await cutTexts(page)).toEqual([]);
    }
  });

  test('names each payment, with its transaction and its event', async () => {
    const page = await openOrder(browser, 'twoLatePayments');
    const received = page
      .locator('.facts > div', { has: page.getByText('Received', { exact: true }) })
      .locator('li');
    const [first, second] = await received.allTextContents();
    expect(first).toMatch(/^128\.00 CNY \d+ #4$/);
    expect(second).toMatch(/^128\.00 CNY \d+ #5$/);
  });

  test('folds what is long, and says how much', async () => {
    const payments = Array.from({ length: 7 }, (_, index) => ({
      transactionNo: `T${index}`,
      ...{ amountMinor: 100, currency: 'CNY' },
    }));
    const order = aHistory([
      ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
      ...payments.map((data) => ['PaymentSucceeded', data, 'paid'] as const),
    ]);
    const { page } = await browser.open(renderReport(order), desk);
    const received = page.locator('.facts > div', {
      has: page.getByText('Received', { exact: true }),
    });
    expect(await received.innerText()).toMatch(/7\.00 CNY in all[^]*T0[^]*T1[^]*\+ 5 more$/);
    await received.locator('summary').click();
    await expect.poll(() => received.locator('li').count()).toBe(7);
    expect((await beyondFirstScreen(page)).questions).toBe(6);
  });

  test('shows the order number whole, also under a title', async () => {
    const title = 'Dispute 7';
    const page = await openOrder(browser, 'refunded', { report: { title }, ...phone });
    expect(await page.locator('.subtitle').textContent()).toBe(title);
    const number = page.locator('h1');
    expect(await number.textContent()).toMatch(/^O2026\d{19}$/);
    expect((await number.boundingBox())?.width).toBeLessThanOrEqual(390);
  });

  test('says of one event that it verifies', async () => {
    const one = aHistory([
      ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
    ]);
    for (const [language, said] of [
      ['en', 'unaltered: the one event matches its hash'],
      ['zh-CN', '自身一致：唯一的事件与其哈希相符'],
    ] as const) {
      const { page } = await browser.open(renderReport(one, { language }), desk);
      await integrityOf(page);
      expect(await page.locator('.facts .integrity').innerText()).toBe(said);
    }
  });
});

describe.skipIf(isBrowserAbsent)('a link of the first screen', () => {
  test('leads to its event, also where that is the last and chosen one', async () => {
    const page = await openOrder(browser, 'cancelledCleanly');
    for (const revision of [3, 2, 3]) {
      await page.evaluate(() => {
        scrollTo(0, 0);
      });
      const link = page.locator(`.findings a[href="#rev=${revision}"]`).first();
      await link.click();
      await expect.poll(() => isRowSeen(page, revision)).toBe(true);
    }
    // Again, with the address as it is.
    await page.evaluate(() => {
      scrollTo(0, 0);
    });
    await page.locator('.verdict a, .findings a[href="#rev=3"]').last().click();
    await expect.poll(() => isRowSeen(page, 3)).toBe(true);
  });
});
