import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { renderReport } from '../../../src/dispute.ts';
import { integrityOf, isBrowserAbsent, TestBrowser } from './browser.ts';
import { mistaken, noticeId } from './histories.ts';

const browser = new TestBrowser();
afterEach(() => browser.clear());
afterAll(() => browser.close());

const html = renderReport(mistaken);

describe.skipIf(isBrowserAbsent)('the report of an order with a retracted record', () => {
  test('strikes the record through, says who retracted it and why, and hides nothing', async () => {
    const { page, complaints } = await browser.open(html);
    expect(await integrityOf(page)).toBe('intact');
    expect(await page.locator('.events li').count()).toBe(mistaken.length);
    expect(await page.locator('.events s').count()).toBe(1);
    const row = page.locator('#rev-4');
    expect(await row.locator('s').textContent()).toContain('transaction T9');
    expect(await row.locator('s').textContent()).toContain(
      'opens anomaly 1: more than one payment',
    );
    expect(await row.locator('.note').allTextContents()).toEqual([
      'RETRACTED at revision 5 by li-si: T9 paid O2',
    ]);
    expect(await row.locator('.anomaly').textContent()).toBe(
      'opens anomaly 1: more than one payment was received double-payment',
    );
    expect(await page.locator('#rev-5 .anomaly').textContent()).toBe(
      'closes anomaly 1 as retracted: more than one payment was received double-payment',
    );
    expect(complaints).toEqual([]);
  });

  test('shows what came, what went back, and what to do about an open anomaly', async () => {
    const { page } = await browser.open(html);
    const facts = await page.locator('.facts').textContent();
    expect(facts).toContain('Received128.00 CNY T1 #3');
    expect(facts).toContain('Refunded129.00 CNY in all128.00 CNY R1 #61.00 CNY R2 #7');
    // The open one first: somebody has to do something about it.
    const [open, retracted] = await page.locator('.anomalies li').allTextContents();
    expect(open).toMatch(/^2\. more money .* #7 refund-mismatch open.*bill/);
    expect(retracted).toBe(
      '1. more than one payment was received #4 double-payment closed by a retraction',
    );
    expect(await page.locator('.anomalies .open').count()).toBe(1);
  });

  test('finds an event by the notice that it came by, and by its retraction', async () => {
    const { page } = await browser.open(html);
    const shown = page.locator('.events li:not([hidden])');
    await page.locator('input[type=search]').fill(noticeId);
    expect(await shown.count()).toBe(1);
    expect(await shown.locator('.piece').allTextContents()).toEqual(
      expect.arrayContaining(['by notice abababababab…', 'vouched for by mTLS bank']),
    );
    await page.locator('input[type=search]').fill('retracted at revision 5');
    expect(await shown.count()).toBe(1);
    await page.locator('input[type=search]').fill('');
    await page.getByLabel('Late, anomalous or retracted only').check();
    expect(await shown.locator('.rev').allTextContents()).toEqual(['4', '5', '7']);
  });

  test('says all of it in Chinese too', async () => {
    const { page } = await browser.open(html);
    await page.locator('[data-language=zh-CN]').click();
    expect(await page.locator('#rev-4 .note').first().textContent()).toBe(
      '此记录已撤销（版次 5，li-si）：T9 paid O2',
    );
    const facts = await page.locator('.facts').textContent();
    expect(facts).toContain('实收128.00 CNY T1 #3');
    expect(facts).toContain('退款合计 129.00 CNY128.00 CNY R1 #61.00 CNY R2 #7');
    expect(facts).toContain('记录撤销后消除');
    expect(await page.locator('#rev-2 .sentence').textContent()).toContain('支付被拒');
  });

  test('shows no event in what a step changed, because the list shows them', async () => {
    const { page } = await browser.open(html, { hash: '#rev=3' });
    await page.locator('#tab-changes').click();
    const fields = await page.locator('.changes th[scope=row]').allTextContents();
    expect(fields).toContain('known.payments.0');
    expect(fields.join(' ')).not.toContain('history');
  });
});
