import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { renderReport } from '../../../src/dispute.ts';
import { integrityOf, isBrowserAbsent, TestBrowser, violationsIn } from './browser.ts';
import { doubted } from './histories.ts';
import type { Page } from 'playwright-core';

const browser = new TestBrowser();
afterEach(() => browser.clear());
afterAll(() => browser.close());

const html = renderReport(doubted, { generatedAt: '2026-11-24T22:00:00Z' });
const last = doubted.length - 1;

/** The chosen event, as every part of the page shows it. */
async function shown(page: Page) {
  return page.evaluate(() => {
    const text = (selector: string) => document.querySelector(selector)?.textContent ?? '';
    return {
      row: text('.events .current .rev'),
      future: document.querySelectorAll('.events li.future').length,
      slider: document.querySelector<HTMLInputElement>('.scrubber input')?.value,
      position: text('.scrubber .position'),
      state: document.querySelector('.machine .current')?.getAttribute('data-state') ?? '',
      detail: /#(\d+)/.exec(text('#detail'))?.[1],
    };
  });
}

/** The browser follows a link after the click returns, so this waits. */
async function expectInStep(page: Page, at: number): Promise<void> {
  await expect
    .poll(() => shown(page))
    .toEqual({
      row: String(at),
      future: last - at,
      slider: String(at),
      position: `Event #${at}, the last is #${last}`,
      state: doubted[at]?.metadata['to'],
      detail: String(at),
    });
}

describe.skipIf(isBrowserAbsent)('the report in a browser', () => {
  test('opens as one file, without a request or a complaint', async () => {
    const { page, requests, complaints } = await browser.open(html, { offline: true });
    expect(await integrityOf(page)).toBe('intact');
    await expectInStep(page, last);
    expect(requests).toEqual([]);
    expect(complaints).toEqual([]);
    expect(await page.evaluate(() => scrollY)).toBe(0);
  });

  test('answers the questions of a dispute', async () => {
    const { page } = await browser.open(html);
    const answers = await page.locator('.findings dd').allTextContents();
    expect(answers[0]).toContain('Customer u-7 asked to cancel at 11-23 10:02:06');
    expect(answers[0]).toContain('it was not accepted: a cancel is under way');
    expect(answers[1]).toContain('The money (128.00 CNY) moved during call 1');
    expect(answers[1]).toContain('had moved 2 s before call 2');
    expect(answers[2]).toContain('the platform did not cancel');
    expect(answers[3]).toContain('Call 1 has been in doubt since 11-23 10:02:08');
    expect(answers[4]).toContain('asked for another call');
    expect(answers[5]).toContain(`all ${doubted.length} events match their hashes`);
  });

  test('steps through the events by keys', async () => {
    const { page } = await browser.open(html);
    const presses: readonly (readonly [string, number])[] = [
      ...([
        ['Home', 0],
        ['ArrowRight', 1],
        ['j', 2],
        ['k', 1],
        ['ArrowLeft', 0],
      ] as const),
      ...([
        ['ArrowLeft', 0],
        ['End', last],
        ['j', last],
        ['k', last - 1],
      ] as const),
    ];
    for (const [key, at] of presses) {
      await page.keyboard.press(key);
      await expectInStep(page, at);
    }
    await page.locator('input[type=search]').fill('jk');
    await expectInStep(page, last - 1);
  });

  test('keeps list, diagram and state in step, however the reader moves', async () => {
    const { page } = await browser.open(html);
    const [byRevision, byTime] = [
      page.locator('.scrubber input').first(),
      page.locator('.scrubber input').last(),
    ];
    await byRevision.fill('3');
    await expectInStep(page, 3);
    // A minute before the bill's closing was recorded, a day later, revision 6 was the last.
    const span = Number(await byTime.getAttribute('max'));
    await byTime.fill(String(span - 120_000));
    await expectInStep(page, 6);
    await byTime.fill('0');
    await expectInStep(page, 0);
    await page.locator('#rev-5 button').click();
    await expectInStep(page, 5);
    await page.locator('.findings a').first().click();
    await expectInStep(page, 2);
    expect(await page.locator('.machine .last').count()).toBe(1);
    await page.getByTitle('Next').click();
    await expectInStep(page, 3);
    expect(await page.locator('.machine .doubt.current').count()).toBe(1);
  });

  test('opens at the revision in its address, and writes the chosen revision there', async () => {
    const { page } = await browser.open(html, { hash: '#rev=8' });
    await expectInStep(page, 8);
    await page.evaluate(() => {
      location.hash = '#rev=4';
    });
    await expectInStep(page, 4);
    await page.keyboard.press('Home');
    await page.waitForURL(/#rev=0$/);
    const strange = await browser.open(html, { hash: '#rev=99' });
    await expectInStep(strange.page, last);
  });

  test('keeps a followed link when the chosen revision is written into the address', async () => {
    const { page } = await browser.open(html, {
      hash: '#rev=8',
      // Only the page's write into the address waits; the test ends that wait by hand.
      atStart: () => {
        const waits: (() => void)[] = [];
        const wait = window.setTimeout.bind(window);
        Object.assign(window, {
          setTimeout: (run: () => void, ms = 0) => (ms === 0 ? wait(run) : waits.push(run)),
          endWaits: () => {
            for (const run of waits.splice(0)) run();
          },
        });
      },
    });
    await page.evaluate(() => {
      location.hash = '#rev=4';
      // `atStart` defined it. The browser fires `hashchange` only after this script has ended.
      (window as unknown as { endWaits: () => void }).endWaits();
    });
    await expectInStep(page, 4);
    expect(new URL(page.url()).hash).toBe('#rev=4');
  });

  test('hides the events that a filter excludes, and counts them', async () => {
    const { page } = await browser.open(html);
    const rows = page.locator('.events li:not([hidden])');
    await page.getByLabel('Unsuccessful only').check();
    // Two outcomes, a rejection, and the payment that opens anomalies.
    expect(await rows.count()).toBe(4);
    expect(await page.locator('.hidden-count').textContent()).toBe(`${doubted.length - 4} hidden`);
    await page.keyboard.press('Home');
    await expectInStep(page, 3);
    await page.keyboard.press('j');
    await expectInStep(page, 4);
    await page.getByRole('button', { name: 'Show all' }).click();
    expect(await rows.count()).toBe(doubted.length);
    await page.locator('input[type=search]').fill('临时决定');
    expect(await rows.count()).toBe(1);
    await page.locator('input[type=search]').fill('');
    await page.getByLabel('All events').selectOption('ClosedAtGateway');
    expect(await rows.count()).toBe(1);
    expect(await rows.first().textContent()).toContain('after it occurred');
  });

  test('switches between Chinese and English, and keeps the chosen event', async () => {
    const { page } = await browser.open(html, { hash: '#rev=3' });
    await page.getByRole('button', { name: '中文' }).click();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    expect(await page.locator('.events .current .sentence').textContent()).toContain('可能已取消');
    expect(await page.locator('.machine [data-label="cancelling.inDoubt"]').textContent()).toBe(
      '结果存疑',
    );
    await page.getByRole('button', { name: 'English' }).click();
    await expectInStep(page, 3);
    const chinese = await browser.open(renderReport(doubted, { language: 'zh-CN' }));
    expect(await chinese.page.locator('#timeline').textContent()).toContain('事情经过');
  });

  test('shows the event, the state then, what changed, the call, and what was allowed', async () => {
    const { page } = await browser.open(html, { hash: '#rev=6' });
    const panel = page.getByRole('tabpanel');
    expect(await panel.textContent()).toContain('"requestId": "r-2"');
    await page.getByRole('tab', { name: 'State then' }).click();
    expect(await panel.textContent()).toContain('"answers": ["unknown", "refused"]');
    await page.getByRole('tab', { name: 'What changed' }).click();
    expect(await panel.textContent()).toMatch(/known\.answers\.1"in-flight""refused"/);
    await page.getByRole('tab', { name: 'Gateway call' }).click();
    expect(await panel.textContent()).toContain('requestIdr-2');
    await page.getByRole('tab', { name: 'What was allowed' }).click();
    expect(await panel.textContent()).toContain('ResolveCancel');
    await page.keyboard.press('Home');
    expect(await panel.textContent()).toContain('RequestCancel');
    await page.getByRole('tab', { name: 'What was allowed' }).press('ArrowLeft');
    expect(await panel.textContent()).toContain('No call to cancel');
    await expectInStep(page, 0);
  });

  test('prints all events, in paper colours', async () => {
    const { page } = await browser.open(html, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.tools').isVisible()).toBe(false);
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
      'rgb(255, 255, 255)',
    );
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.length).toBeGreaterThan(20_000);
  });

  test.each([
    { colorScheme: 'light', language: 'en' },
    { colorScheme: 'dark', language: 'en' },
    { colorScheme: 'light', language: 'zh-CN' },
  ] as const)('is accessible: $colorScheme, $language', async ({ colorScheme, language }) => {
    const opened = renderReport(doubted, { language });
    const { page } = await browser.open(opened, { colorScheme, hash: '#rev=4' });
    await integrityOf(page);
    expect(await violationsIn(page)).toEqual([]);
  });
});
