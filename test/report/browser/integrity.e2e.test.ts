import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { DisputeEvent } from '../../../src/dispute.ts';
import { renderReport } from '../../../src/dispute.ts';
import { integrityOf, isBrowserAbsent, TestBrowser } from './browser.ts';
import { redact } from '../../../src/evidence/redaction.ts';
import { withheldNames } from '../../../src/history/withheld.ts';
import { fromFormat1 } from '../../evidence/histories.ts';
import { doubted } from './histories.ts';

const browser = new TestBrowser();
afterEach(() => browser.clear());
afterAll(() => browser.close());

async function badgeOf(events: readonly DisputeEvent[]): Promise<string> {
  const { page } = await browser.open(renderReport(events));
  const kind = await integrityOf(page);
  return `${kind}: ${await page.locator('.facts .integrity').innerText()}`;
}

const altered = (at: number, change: (event: DisputeEvent) => Partial<DisputeEvent>) =>
  doubted.map((event, index) => (index === at ? { ...event, ...change(event) } : event));

describe.skipIf(isBrowserAbsent)('the integrity badge', () => {
  test.each<readonly [string, readonly DisputeEvent[], RegExp]>([
    [
      'data',
      altered(2, () => ({ data: { reason: 'another' } })),
      /revision 2: the data does not match/,
    ],
    [
      'metadata',
      altered(2, ({ metadata }) => ({
        metadata: { ...metadata, actor: { kind: 'operator', id: 'x' } },
      })),
      /revision 2: the metadata does not match/,
    ],
    [
      'a type',
      altered(6, () => ({ type: 'CancelConfirmed' })),
      /revision 6: stream, revision, id, type/,
    ],
    ['a removed event', doubted.toSpliced(4, 1), /found revision 5 where 4 was expected/],
    [
      'swapped events',
      doubted.toSpliced(4, 2, ...doubted.slice(4, 6).toReversed()),
      /revision 5: it does not follow/,
    ],
    [
      'a foreign stream',
      altered(3, () => ({ stream: 'paymentOrder-O2' })),
      /revision 3: it belongs to another/,
    ],
  ])('is red for an altered history: %s', async (_, events, fault) => {
    const badge = await badgeOf(events);
    expect(badge).toMatch(/^altered: ALTERED/);
    expect(badge).toMatch(fault);
  });

  test('is red for an altered file, in an event or in the words about it', async () => {
    const html = renderReport(doubted);
    for (const [from, to] of [
      ['T1', 'T2'],
      ['Money arrived', 'Money arrivd'],
    ] as const) {
      const { page } = await browser.open(html.replaceAll(from, to));
      expect(await integrityOf(page)).toBe('altered');
      expect(await page.locator('.facts .integrity').innerText()).toContain('own content');
    }
  });

  test('does not appear if the script was altered, since the browser refuses to run it', async () => {
    const html = renderReport(doubted).replace(
      "faults.length > 0) return 'altered'",
      "false) return 'altered'",
    );
    const { page, complaints } = await browser.open(html.replaceAll('T1', 'T2'));
    expect(complaints.join()).toContain('Content Security Policy');
    expect(await page.locator('[data-integrity]').count()).toBe(0);
  });

  const old = fromFormat1(doubted, doubted.length);
  const reasons = new Set(['reason'] as const);

  test('is green for a history of format 1, and for one that goes on in format 2', async () => {
    expect(await badgeOf(old)).toMatch(/^intact: unaltered: all/);
    expect(await badgeOf(fromFormat1(doubted, 4))).toMatch(/^intact: unaltered: all/);
  });

  test.each([
    ['format 2', redact(doubted, reasons).events, 'data.reason'],
    ['format 1', redact(old, reasons).events, 'data'],
  ])('says what is withheld, and that the rest is unaltered: %s', async (_, events, names) => {
    const count = events.flatMap(withheldNames).length;
    expect(count).toBeGreaterThan(1);
    expect(await badgeOf(events)).toMatch(
      new RegExp(`^withheld: unaltered but for ${count} withheld fields`),
    );
    const { page } = await browser.open(renderReport(events));
    expect(await page.locator('#rev-2').innerText()).toContain(`withheld: ${names}`);
  });

  test.each([
    ['format 2', redact(doubted, reasons).events],
    ['format 1', redact(old, reasons).events],
  ])('is red where a value is shown that is said to be withheld: %s', async (_, events) => {
    const shown = events.map((event) =>
      event.revision === 2 ? { ...event, data: { ...event.data, reason: 'nobody asked' } } : event,
    );
    expect(await badgeOf(shown)).toMatch(/^altered: [^]*revision 2: it shows a value that it says/);
  });

  test('claims nothing in a viewer without cryptography', async () => {
    const { page } = await browser.open(renderReport(doubted), {
      atStart: () => {
        Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });
        Reflect.deleteProperty(Crypto.prototype, 'subtle');
      },
    });
    expect(await integrityOf(page)).toBe('impossible');
  });

  test('leaves events of unknown type visible, as stored', async () => {
    const events = altered(5, () => ({ type: 'OrderTeleported', data: { where: ['<b>'] } }));
    const { page } = await browser.open(renderReport(events), { hash: '#rev=5' });
    expect(await page.locator('.events li').count()).toBe(events.length);
    expect(await page.locator('#rev-5').innerText()).toContain('does not know: OrderTeleported');
    expect(await page.getByRole('tabpanel').textContent()).toContain('"<b>"');
    await page.getByRole('tab', { name: 'State then' }).click();
    expect(await page.getByRole('tabpanel').textContent()).toContain(
      'The state cannot be derived from revision 5 on',
    );
  });
});
