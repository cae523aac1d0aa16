import { afterAll, describe, expect, test } from 'vitest';
import { isBrowserAbsent, TestBrowser, violationsIn } from '../../report/browser/browser.ts';
import { openNight } from './night.ts';

const browser = new TestBrowser();
afterAll(() => browser.close());

const pages = [
  ...['orders/D1', 'orders/M1', 'orders/D1/act/ask', 'orders/K1/act/retry'],
  ...['orders/M1/act/acknowledge?number=1', 'orders/M1/act/retract?revision=2'],
  ...['orders/D1/act/resolve?as=paid', 'bulk/retry?why=needs-review', 'receipts/none'],
];

describe.skipIf(isBrowserAbsent)('the pages to act from', () => {
  test.each([
    ['en', 1440],
    ['zh-CN', 1440],
    ['en', 390],
    ['zh-CN', 390],
  ] as const)(
    'can be used by everybody, in %s at %d px, from the form to the receipt',
    async (language, width) => {
      const night = await openNight(language);
      const viewport = { viewport: { width, height: 900 } };
      const { page } = await browser.visit(night.url, viewport);
      const check = async () => {
        expect(await violationsIn(page), page.url()).toEqual([]);
        const scrolls = await page.evaluate('document.documentElement.scrollWidth');
        expect(scrolls, page.url()).toBeLessThanOrEqual(width);
      };
      for (const path of pages) {
        await page.goto(`${night.url}${path}`);
        await check();
      }
      await page.goto(`${night.url}orders/D1/act/resolve?as=paid`);
      const texts = { evidence: 'bill', transactionNo: 'T1', amount: '128.00', currency: 'CNY' };
      for (const [name, text] of Object.entries(texts)) {
        await page.locator(`#field-${name}`).fill(text);
      }
      const press = () => page.locator('form[method=post] .desk-primary').click();
      await press();
      await page.getByRole('alert').waitFor();
      await check();
      await press();
      await page.waitForURL(/\/receipts\//);
      await check();
      await page.goto(`${night.url}bulk/retry?why=needs-review`);
      await press();
      await page.waitForURL(/\/bulk-jobs\//);
      await check();
      await night.close();
    },
    120_000,
  );

  test('keep what is being written while the order moves on, and say that it did', async () => {
    const night = await openNight();
    const { page } = await browser.visit(`${night.url}orders/D1/act/resolve?as=open`);
    const evidence = page.locator('#field-evidence');
    await evidence.fill('line 12');

    await night.orders.recordPaymentDeclined('D1', { factId: 'd-1' });
    await page.getByRole('status').filter({ hasText: 'Something was recorded' }).waitFor();

    expect(await evidence.inputValue()).toBe('line 12');
    await page.locator('form[method=post] .desk-primary').click();
    await page.getByText('You saw revision 2; now it is revision 3.').waitFor();
    await page.getByRole('link', { name: 'Look again' }).click();
    await page.getByText('revision 3; if the order moves on').waitFor();
    await night.close();
  }, 60_000);

  test('keep an untouched form as it was read, and refuse it once its order has moved', async () => {
    const night = await openNight();
    const { page } = await browser.visit(`${night.url}orders/D1/act/resolve?as=open`);
    const read = await page.locator('#look').locator('..').innerText();

    await night.orders.recordPaymentDeclined('D1', { factId: 'd-1' });
    await page.getByRole('status').filter({ hasText: 'Something was recorded' }).waitFor();

    expect(await page.locator('#look').locator('..').innerText()).toBe(read);
    await page.locator('#field-evidence').fill('line 12');
    await page.locator('form[method=post] .desk-primary').click();
    await page.getByText('You saw revision 2; now it is revision 3.').waitFor();
    await night.close();
  }, 60_000);
});
