import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { isBrowserAbsent, TestBrowser } from '../../report/browser/browser.ts';
import { openNight } from './night.ts';

const browser = new TestBrowser();
afterAll(() => browser.close());

/** An operator who knows only the page: finds an order in the queue, and takes an action by its name. */
class Operator {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async #toQueue(): Promise<void> {
    await this.#page.getByRole('navigation').getByRole('link', { name: 'Queue' }).click();
    await this.#page
      .getByRole('heading', { level: 1, name: 'Orders that need a person' })
      .waitFor();
  }

  /** Writes what is asked for, and presses the buttons until there is a receipt. */
  async settle(orderNo: string, action: string, written: Readonly<Record<string, string>> = {}) {
    const page = this.#page;
    await this.#toQueue();
    await page.getByRole('link', { name: orderNo, exact: true }).first().click();
    await page.getByRole('heading', { level: 1, name: `Order ${orderNo}` }).waitFor();
    const link = page.getByRole('link', { name: action, exact: true });
    if (!(await link.isVisible())) await page.getByText('Correct a mistake').click();
    await link.click();
    await page.getByRole('heading', { name: /^What will/ }).waitFor();
    for (const [label, text] of Object.entries(written)) await page.getByLabel(label).fill(text);
    const show = page.getByRole('button', { name: 'Show what will be recorded' });
    if (await show.isVisible()) {
      await show.click();
      await page.getByText('Nothing is recorded yet.').waitFor();
    }
    await page.locator('form[method=post] button.desk-primary').click();
    return this.#receipt();
  }

  async #receipt(): Promise<readonly string[]> {
    await this.#page.waitForURL(/\/receipts\//);
    return this.#page.locator('.desk-events > li > code').allTextContents();
  }

  async bulk(why: string, confirm: RegExp): Promise<void> {
    const page = this.#page;
    await this.#toQueue();
    await page
      .getByRole('link', { name: new RegExp(`^${why}`) })
      .first()
      .click();
    await page.locator('a[href*="/bulk/"]').first().click();
    await page.getByRole('button', { name: confirm }).click();
    await page.waitForURL(/\/bulk-jobs\//);
    await page.getByText(/^All \d+ done\.$/).waitFor();
  }

  async discard(noticeUrl: string, reason: string) {
    const page = this.#page;
    await page.getByRole('navigation').getByRole('link', { name: 'Inbox' }).click();
    await page.locator(`a[href$="${noticeUrl}"]`).first().click();
    await page
      .locator('form[action$="/discard"] :is(input, textarea):not([type=hidden])')
      .fill(reason);
    await page.locator('form[action$="/discard"] button').click();
    return this.#receipt();
  }
}

describe.skipIf(isBrowserAbsent)('an operator who knows only the page', () => {
  test('settles ten orders of five kinds, and reads what each action recorded', async () => {
    // given
    const night = await openNight();
    const { orders, noticeId } = night;
    const opened = await browser.visit(night.url);
    const operator = new Operator(opened.page);
    const evidence = { Evidence: 'line 12 of the bill of 30 November' };

    // when
    const told = {
      K1: await operator.settle('K1', 'Call the platform again'),
      D1: await operator.settle('D1', 'Ask the platform'),
      D2: await operator.settle('D2', 'Resolve: it was paid', {
        ...evidence,
        ...{ 'Transaction number': 'T-D2', Amount: '128.00', Currency: 'CNY' },
      }),
      M1: await operator.settle('M1', 'Acknowledge anomaly 1', { Note: 'refunded by hand' }),
      M2: await operator.settle('M2', 'Retract revision 2', evidence),
      notice: await operator.discard(`/inbox/${noticeId}`, 'M3 is not an order of ours'),
    };
    await operator.bulk('Needs review', /^Call/);
    await operator.bulk('Overdue', /^Call/);

    // then
    const recorded = async (orderNo: string) =>
      (await orders.history(orderNo))
        .filter(({ metadata }) => metadata.actor?.id === 'li.wei' || metadata.source === 'gateway')
        .map(({ type }) => type);
    expect(told.K1).toEqual((await recorded('K1')).slice(-2));
    expect(told).toMatchObject({
      K1: ['CancelRetryRequested', 'CancelConfirmed'],
      D1: ['StatusReported'],
      D2: ['CancelResolved', 'PaymentSucceeded'],
      M1: ['AnomalyAcknowledged'],
      M2: ['FactRetracted'],
    });
    expect(told.notice).toContain('NoticeDiscarded');
    const found = await orders.search({ attention: true });
    expect(found.orders.map(({ orderNo }) => orderNo)).toEqual([]);
    for (const orderNo of ['K1', 'K2', 'K3', 'D1', 'V1', 'V2']) {
      expect((await orders.get(orderNo))?.state, orderNo).toBe('cancelled');
    }
    for (const orderNo of ['D2', 'M1', 'M2']) {
      expect((await orders.get(orderNo))?.state, orderNo).toBe('paid');
    }
    const receipts = night.kept.flatMap(({ events, about }) =>
      about.kind === 'order' ? events : [],
    );
    for (const { hash } of receipts) expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(night.errors).toEqual([]);
    expect(opened.complaints).toEqual([]);
    await night.close();
  }, 120_000);
});
