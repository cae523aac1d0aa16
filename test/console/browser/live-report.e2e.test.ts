import { afterAll, describe, expect, test } from 'vitest';
import {
  integrityOf,
  isBrowserAbsent,
  TestBrowser,
  violationsIn,
} from '../../report/browser/browser.ts';
import { openNight } from './night.ts';

const browser = new TestBrowser();
afterAll(() => browser.close());

describe.skipIf(isBrowserAbsent)('the report on the page of an order', () => {
  test('shows what another one records meanwhile, and checks it', async () => {
    // given
    const { orders, url, close } = await openNight();
    const { page, complaints } = await browser.visit(url);
    await page.locator('a[href*="/orders/K1"]').first().click();
    await page.locator('#rev-2.current').waitFor();
    expect(await integrityOf(page)).toBe('intact');
    // when
    const { revision } = await orders.retryCancel('K1', { note: 'the key was renewed' });
    // then
    await page.locator(`#rev-${revision}.current`).waitFor();
    expect(await integrityOf(page)).toBe('intact');
    expect(await violationsIn(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
    await close();
  });
});
