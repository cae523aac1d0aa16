import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { renderReport } from '../../../src/dispute.ts';
import type { Page } from 'playwright-core';
import { integrityOf, isBrowserAbsent, TestBrowser } from './browser.ts';
import { longHistory } from './histories.ts';

const browser = new TestBrowser();
afterEach(() => browser.clear());
afterAll(() => browser.close());

/** How many nodes of the page change when the reader moves to an event. */
async function nodesChangedBy(page: Page, at: number): Promise<number> {
  return page.evaluate((value) => {
    const changed = new Set<Node>();
    const observer = new MutationObserver(() => {
      throw new Error('the step is synchronous');
    });
    observer.observe(document, {
      subtree: true,
      attributes: true,
      childList: true,
      characterData: true,
    });
    const slider = document.querySelector<HTMLInputElement>('.scrubber input');
    if (slider !== null) slider.value = String(value);
    slider?.dispatchEvent(new Event('input', { bubbles: true }));
    for (const { target } of observer.takeRecords()) changed.add(target);
    observer.disconnect();
    return changed.size;
  }, at);
}

describe.skipIf(isBrowserAbsent)('the report of 5,000 events', () => {
  test('shows and verifies all of them', async () => {
    const { page, complaints } = await browser.open(renderReport(longHistory(5_000)));
    expect(await integrityOf(page)).toBe('intact');
    expect(await page.locator('.events li').count()).toBe(5_000);
    expect(complaints).toEqual([]);
  });

  test('changes no more nodes at a step than the report of 500 events, but one for each chunk', async () => {
    const changed = async (events: number) => {
      const { page } = await browser.open(renderReport(longHistory(events)));
      await nodesChangedBy(page, events - 50);
      return {
        near: await nodesChangedBy(page, events - 51),
        far: await nodesChangedBy(page, 10),
      };
    };
    const [short, long] = [await changed(500), await changed(5_000)];
    const chunks = 5_000 / 100;
    expect(short.near).toBeGreaterThan(0);
    expect(long.near).toBeLessThanOrEqual(short.near + chunks);
    expect(long.far).toBeLessThanOrEqual(short.far + chunks);
  });
});
