import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { renderReport } from '../../../src/dispute.ts';
import type { DisputeEvent } from '../../../src/dispute.ts';
import { aHistory } from '../../timeline/histories.ts';
import type { EventGiven } from '../../timeline/histories.ts';
import { integrityOf, isBrowserAbsent, TestBrowser, violationsIn } from './browser.ts';
import type { OpenOptions } from './browser.ts';
import { longHistory } from './histories.ts';
import { isRowSeen } from './orders.ts';

const browser = new TestBrowser();
afterEach(() => browser.clear());
afterAll(() => browser.close());

const money = { amountMinor: 12_800, currency: 'CNY' };
const created: EventGiven = [
  'PaymentOrderCreated',
  { orderNo: 'O1', processBillNo: 'F1', ...money },
  'created',
];

/**
 * Asked to cancel at 10:02:05, confirmed 200 ms later; the money had moved 20 s before, and a notice
 * said so two days after.
 */
const confirmedBeforeWeKnew: readonly DisputeEvent[] = aHistory([
  created,
  ['CancelRequested', { reason: '临时决定' }, 'cancelling.requesting', { after: 60_000 }],
  [
    'CancelConfirmed',
    { attempt: 1, rule: 'confirmed', sentAt: '2026-11-23T02:03:04.010Z', durationMs: 200 },
    'cancelled',
    { after: 220 },
  ],
  [
    'PaymentSucceeded',
    { transactionNo: 'T1', ...money },
    'paid',
    { after: 172_800_000, occurredBefore: 172_820_000, metadata: { noticeId: 'ab'.repeat(32) } },
  ],
]);

/** A lost answer, and two days until the platform said how it stands. */
const inDoubt: readonly DisputeEvent[] = aHistory([
  created,
  ['CancelRequested', {}, 'cancelling.requesting'],
  [
    'CancelOutcomeUnknown',
    { attempt: 1, rule: 'answer-lost', sentAt: '2026-11-23T02:02:05.010Z', durationMs: 200 },
    'cancelling.inDoubt',
    { after: 220 },
  ],
  ['ClosedAtGateway', {}, 'cancelled', { after: 172_800_000 }],
]);

async function openedLanes(
  events: readonly DisputeEvent[],
  { language = 'en', ...options }: OpenOptions & { readonly language?: 'en' | 'zh-CN' } = {},
): Promise<{ readonly page: Page; readonly lanes: Locator }> {
  const { page } = await browser.open(renderReport(events, { language }), options);
  await page.locator('.lane-mark').first().waitFor();
  return { page, lanes: page.locator('section.lanes') };
}

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  if (box === null) throw new Error('it is not drawn');
  return box;
}

const markIn = (lanes: Locator, lane: string) => lanes.locator(`[data-lane=${lane}] .lane-mark`);

describe.skipIf(isBrowserAbsent)('the lanes of a report', () => {
  test('show a call of 200 ms beside a doubt of two days', async () => {
    const { lanes } = await openedLanes(inDoubt);
    const row = await boxOf(lanes.locator('[data-lane=calls]'));
    const call = await boxOf(markIn(lanes, 'calls').locator('.mark-shape'));
    const doubt = await boxOf(markIn(lanes, 'doubts').locator('.mark-shape'));
    for (const { x, width } of [call, doubt]) {
      expect(width).toBeGreaterThanOrEqual(2);
      expect(x).toBeGreaterThanOrEqual(row.x);
      expect(x + width).toBeLessThanOrEqual(row.x + row.width);
    }
    expect(call.x + call.width).toBeLessThanOrEqual(doubt.x + 1);
    expect(await lanes.locator('.lane-fold').allTextContents()).toEqual(['2 d']);
  });

  test('put money where it moved, and say where it was recorded', async () => {
    const { lanes } = await openedLanes(confirmedBeforeWeKnew);
    const call = await boxOf(markIn(lanes, 'calls').locator('.mark-shape'));
    const paid = await boxOf(markIn(lanes, 'money').locator('.mark-shape'));
    const notice = await boxOf(markIn(lanes, 'notices').locator('.mark-shape'));
    const known = await boxOf(lanes.locator('.lane-recorded'));
    expect(paid.x + paid.width).toBeLessThan(call.x);
    expect(call.x + call.width).toBeLessThan(known.x + known.width);
    expect(Math.abs(known.x + known.width - (notice.x + notice.width / 2))).toBeLessThan(2);
    expect(await lanes.locator('.lane-text').allTextContents()).toEqual(
      expect.arrayContaining(['call 1: confirmed, 200 ms', 'T1 128.00 CNY', 'recorded']),
    );
  });

  test('choose the event of a mark that is clicked or entered, and bring it into view', async () => {
    const { page, lanes } = await openedLanes(confirmedBeforeWeKnew);
    await markIn(lanes, 'calls').click();
    expect(await page.locator('.events .current').getAttribute('id')).toBe('rev-2');
    await expect.poll(() => isRowSeen(page, 2)).toBe(true);
    await markIn(lanes, 'money').focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.events .current').getAttribute('id')).toBe('rev-3');
    await expect.poll(() => isRowSeen(page, 3)).toBe(true);
    expect(await markIn(lanes, 'money').getAttribute('aria-current')).toBe('true');
    const [cursor, notice] = [
      await boxOf(lanes.locator('.lanes-cursor')),
      await boxOf(markIn(lanes, 'notices')),
    ];
    expect(Math.abs(cursor.x + 1 - (notice.x + notice.width / 2))).toBeLessThan(1.5);
  });

  test('go from mark to mark by arrows, and leave the chosen event alone meanwhile', async () => {
    const { page, lanes } = await openedLanes(confirmedBeforeWeKnew);
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    expect(await lanes.locator('.lane-mark[tabindex="0"]').count()).toBe(1);
    await lanes.locator('.lane-mark[tabindex="0"]').focus();
    expect(await focused()).toMatch(/^T1 128.00 CNY, .* 10:02:44, recorded .* 10:03:04$/);
    const ways = [
      ['ArrowUp', /^call 1: confirmed/],
      ['ArrowUp', /^cancel requested/],
      ['ArrowLeft', /^order created/],
      ['ArrowLeft', /^order created/],
      ['End', /^cancel requested/],
      ['Home', /^order created/],
      ['ArrowDown', /^call 1: confirmed/],
    ] as const;
    for (const [key, name] of ways) {
      await page.keyboard.press(key);
      expect(await focused()).toMatch(name);
    }
    expect(await page.locator('.events .current').getAttribute('id')).toBe('rev-3');
    expect(await lanes.locator('.lanes-said').textContent()).toMatch(/^call 1: confirmed, 200 ms/);
  });

  test('zoom by buttons and keys, and keep the chosen event in view', async () => {
    const { page, lanes } = await openedLanes(confirmedBeforeWeKnew, { hash: '#rev=2' });
    const scroller = lanes.locator('.lanes-scroll');
    const isCursorSeen = async () => {
      const [around, cursor] = [await boxOf(scroller), await boxOf(lanes.locator('.lanes-cursor'))];
      return cursor.x >= around.x && cursor.x <= around.x + around.width;
    };
    const width = async () => (await boxOf(lanes.locator('.lanes-sheet'))).width;
    const whole = await width();
    await lanes.getByRole('button', { name: 'Zoom in' }).click();
    expect(await width()).toBeCloseTo(2 * whole, 0);
    expect(await isCursorSeen()).toBe(true);
    await markIn(lanes, 'calls').focus();
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    expect(await width()).toBeCloseTo(8 * whole, 0);
    expect(await isCursorSeen()).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.className)).toContain('lane-mark');
    await page.keyboard.press('-');
    expect(await width()).toBeCloseTo(4 * whole, 0);
    await page.evaluate(() => {
      location.hash = '#rev=0';
    });
    await expect.poll(isCursorSeen).toBe(true);
    await lanes.getByRole('button', { name: 'All', exact: true }).click();
    expect(await width()).toBeCloseTo(whole, 0);
  });

  test.each([
    { width: 1_440, language: 'en', colorScheme: 'light' },
    { width: 1_440, language: 'zh-CN', colorScheme: 'dark' },
    { width: 768, language: 'en', colorScheme: 'dark' },
    { width: 390, language: 'zh-CN', colorScheme: 'light' },
    { width: 390, language: 'en', colorScheme: 'dark' },
  ] as const)(
    'are whole, readable and low at $width px: $language, $colorScheme',
    async (given) => {
      const { width, ...options } = given;
      const viewport = { width, height: 844 };
      for (const events of [confirmedBeforeWeKnew, inDoubt]) {
        const { page, lanes } = await openedLanes(events, { viewport, ...options });
        expect((await boxOf(lanes)).height).toBeLessThanOrEqual(240);
        const found = await page.evaluate(() => {
          const texts = '.lanes :is(.lane-text, .lane-time, .lane-date, .lane-names span)';
          const boxes = (selector: string) =>
            [...document.querySelectorAll(selector)]
              .filter((element) => element.textContent !== '')
              .map((element) => element.getBoundingClientRect());
          const crossed = (all: readonly DOMRect[]) =>
            all.filter((one, place) =>
              all.some(
                (other, at) =>
                  at > place &&
                  one.left < other.right &&
                  one.right > other.left &&
                  one.top < other.bottom - 1 &&
                  one.bottom > other.top + 1,
              ),
            ).length;
          const plot = document.querySelector('.lanes-plot')?.getBoundingClientRect();
          return {
            sideways: document.documentElement.scrollWidth - innerWidth,
            ticks: boxes('.lane-time').length,
            crossedTicks: crossed([...boxes('.lane-time'), ...boxes('.lane-date')]),
            crossedTexts: crossed(boxes('.lane-text')),
            cut: boxes(texts).filter(
              ({ left, right }) => left < (plot?.left ?? 0) - 1 || right > (plot?.right ?? 0) + 1,
            ).length,
            smallest: Math.min(
              ...[...document.querySelectorAll(texts)].map((element) =>
                parseFloat(getComputedStyle(element).fontSize),
              ),
            ),
          };
        });
        expect(found).toMatchObject({ crossedTicks: 0, crossedTexts: 0, cut: 0, smallest: 12 });
        expect(found.sideways).toBeLessThanOrEqual(0);
        expect(found.ticks).toBeGreaterThanOrEqual(2);
      }
    },
  );

  test.each(['light', 'dark'] as const)('are accessible: %s', async (colorScheme) => {
    const { page } = await openedLanes(confirmedBeforeWeKnew, { colorScheme });
    await integrityOf(page);
    expect(await violationsIn(page, 'section.lanes')).toEqual([]);
  });

  test('are drawn whole on paper, though they were zoomed', async () => {
    const { page, lanes } = await openedLanes(confirmedBeforeWeKnew);
    await lanes.getByRole('button', { name: 'Zoom in' }).click();
    await page.emulateMedia({ media: 'print' });
    await expect.poll(async () => (await boxOf(lanes.locator('.lanes-sheet'))).width).toBe(590);
    expect(await lanes.locator('.lanes-zoom').isVisible()).toBe(false);
    await page.emulateMedia({ media: null });
    await expect
      .poll(async () => (await boxOf(lanes.locator('.lanes-sheet'))).width)
      .toBeGreaterThan(2_000);
  });

  test('join the marks of 5,000 events, and count them', async () => {
    const { lanes } = await openedLanes(longHistory(5_000));
    expect(await markIn(lanes, 'calls').count()).toBeLessThan(120);
    expect(await lanes.locator('[data-lane=calls] .lane-text').first().textContent()).toBe('×2500');
  });
});
