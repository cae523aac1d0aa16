import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { DisputeEvent } from '../../../src/dispute.ts';
import { renderReport } from '../../../src/dispute.ts';
import { strangeLog } from '../../evidence/log-of-strangers.ts';
import { integrityOf, isBrowserAbsent, TestBrowser, violationsIn } from './browser.ts';
import type { OpenOptions } from './browser.ts';
import { doubted, mistaken } from './histories.ts';

const browser = new TestBrowser();
afterEach(() => browser.clear());
afterAll(() => browser.close());

const hashesOf = (events: readonly DisputeEvent[]) =>
  events.map(({ metadata }) => String(metadata['hash']));
const log = strangeLog(hashesOf(doubted));
const [first = log.log, second = log.log] = log.witnesses;
const last = doubted.length - 1;
const proof = log.proof(last - 2, [log.log, first, second]);
const { trust } = log;

async function badgeOf(html: string, options: OpenOptions = {}) {
  const opened = await browser.open(html, options);
  const badge = opened.page.locator('.facts [data-log]:not([data-log=checking])');
  const kind = await badge.getAttribute('data-log');
  return { ...opened, kind, text: await badge.innerText() };
}

/** What a reader compares, which is folded at first. */
async function keysIn(page: Page): Promise<string> {
  await page.locator('.record summary').click();
  return page.locator('.record details ul').innerText();
}

describe.skipIf(isBrowserAbsent)('the badge of the log', () => {
  test('says which events are unaltered since whose checkpoint, and which are unwitnessed', async () => {
    const html = renderReport(doubted, { proof, trust });
    const { page, kind, text, requests, complaints } = await badgeOf(html, { offline: true });
    expect(kind).toBe('witnessed');
    expect(text).toBe(
      `These ${last - 1} events are unaltered since the checkpoint that ${first.name} and ${second.name} signed. ` +
        `Revisions ${last - 1} to ${last} came after it: they are unwitnessed.`,
    );
    expect((await keysIn(page)).split('\n')).toEqual([
      'Signed by the owner of the log, which is a claim and no witness, by the key',
      log.log.vkey,
      ...[first, second].flatMap(({ vkey }) => [
        'Cosigned at 2026-11-18 19:06:40 by the key',
        vkey,
      ]),
      'The exporter of this report chose these keys. Compare them, letter by letter, with those that you have from elsewhere.',
      `The checkpoint is of ${log.origin}, over ${log.indexOf(last - 2) + 2} events of all orders.`,
    ]);
    expect(text).not.toMatch(/complete/i);
    expect(await integrityOf(page)).toBe('intact');
    expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
  });

  test('says so in Chinese', async () => {
    const html = renderReport(doubted, { proof, trust, language: 'zh-CN' });
    const { page, text } = await badgeOf(html);
    expect(text).toContain(
      `自 ${first.name}和${second.name} 签署该检查点以来，这 ${last - 1} 个事件未被改动。`,
    );
    expect(text).toContain(`版次 ${last - 1} 至 ${last} 在该检查点之后，未经见证。`);
    expect(await keysIn(page)).toMatch(/请与您从其他途径取得的公钥逐字核对/);
  });

  test.each([
    ['en', /^This event is unaltered since the checkpoint that/],
    ['zh-CN', /以来，该事件未被改动。/],
  ] as const)('says it of a single event: %s', async (language, said) => {
    const one = doubted.slice(0, 1);
    const ofOne = strangeLog(hashesOf(one));
    const options = { proof: ofOne.proof(0), trust: ofOne.trust, language };
    expect((await badgeOf(renderReport(one, options))).text).toMatch(said);
  });

  test('says of the newest event that only the store shows what came after it', async () => {
    const { text } = await badgeOf(renderReport(doubted, { proof: log.proof(last), trust }));
    expect(text).toMatch(/^These 10 events[^]*only the whole store can show/);
    expect(text).not.toContain('came after it');
    const one = await badgeOf(renderReport(doubted, { proof: log.proof(last - 1), trust }));
    expect(one.text).toContain(`Revision ${last} came after it: it is unwitnessed.`);
  });

  test.each<[string, { proof: string; trust?: string }, string, RegExp]>([
    [
      'nobody gave a key',
      { proof },
      'unchecked',
      /names log\.example\/orders, witness\.example\/a, and witness\.example\/b\. Nobody checked/,
    ],
    [
      'the log alone signed',
      { proof: log.proof(last, [log.log]), trust: `log ${log.log.vkey}\nquorum none\n` },
      'claimed',
      /only the owner of the log signed/,
    ],
    [
      'too few signed',
      { proof: log.proof(last, [log.log, first]), trust },
      'short',
      /fewer signed than the exporter/,
    ],
    [
      'the log did not sign',
      { proof: log.proof(last, [first, second]), trust },
      'short',
      /fewer signed/,
    ],
  ])('vouches for nothing where %s', async (_, options, expected, said) => {
    const { kind, text } = await badgeOf(renderReport(doubted, options));
    expect(kind).toBe(expected);
    expect(text).toMatch(said);
    expect(text).not.toContain('unaltered');
  });

  const others = strangeLog(hashesOf(mistaken));
  const forged = proof.replace(/.{12}\n$/, 'AAAAAAAAAAA=\n');
  const altered = doubted.map((event, at) =>
    at === 2 ? { ...event, data: { reason: 'other' } } : event,
  );
  const alteredLater = doubted.map((event, at) => (at === last ? { ...event, data: {} } : event));
  test.each<[string, readonly DisputeEvent[], { proof: string; trust: string }, RegExp]>([
    [
      'the proof is of another order',
      doubted,
      { proof: others.proof(2), trust: others.trust },
      /holds none of these events/,
    ],
    [
      'a signature is wrong',
      doubted,
      { proof: forged, trust },
      new RegExp(`not of this key:\n${second.name.replaceAll('.', '\\.')}`),
    ],
    [
      'an event before the checkpoint is altered',
      altered,
      { proof, trust },
      /do not verify: see the record/,
    ],
  ])('is red where %s', async (_, events, options, fault) => {
    const { kind, text } = await badgeOf(renderReport(events, options));
    expect(kind).toBe('altered');
    expect(text).toMatch(/^ALTERED/);
    expect(text).toMatch(fault);
  });

  test('still speaks for the events before the checkpoint where a later one is altered', async () => {
    const { page, kind } = await badgeOf(renderReport(alteredLater, { proof, trust }));
    expect(kind).toBe('witnessed');
    expect(await integrityOf(page)).toBe('altered');
  });

  test('is red in a file that somebody altered', async () => {
    const html = renderReport(doubted, { proof, trust });
    for (const [from, to] of [
      ['index 10', 'index 11'],
      ['T1', 'T2'],
      [trust.slice(0, 20), trust.slice(1, 21)],
    ] as const) {
      expect(html).toContain(from);
      expect((await badgeOf(html.replaceAll(from, to))).kind).toBe('altered');
    }
  });

  test('claims nothing in a viewer without cryptography, or without Ed25519', async () => {
    const html = renderReport(doubted, { proof, trust });
    const noCrypto = await badgeOf(html, {
      atStart: () => {
        Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });
        Reflect.deleteProperty(Crypto.prototype, 'subtle');
      },
    });
    expect(noCrypto).toMatchObject({ kind: 'impossible' });
    const noEd25519 = await badgeOf(html, {
      atStart: () => {
        Object.defineProperty(SubtleCrypto.prototype, 'generateKey', {
          value: () => Promise.reject(new Error('NotSupportedError')),
        });
      },
    });
    expect(noEd25519.kind).toBe('unchecked');
    expect(noEd25519.text).toContain('Nobody checked their signatures here');
  });

  test('shows hostile names as text alone', async () => {
    const name = '<img/src=x/onerror=alert(1)>\u202e';
    const hostile = `${proof}— ${name} AAAAAAAA\n`;
    const { page, text, complaints } = await badgeOf(renderReport(doubted, { proof: hostile }));
    expect(text).toContain('<img/src=x/onerror=alert(1)>\\u202e');
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('stands nowhere in a report without a log', async () => {
    const { page } = await browser.open(renderReport(doubted));
    await integrityOf(page);
    expect(await page.locator('[data-log]').count()).toBe(0);
    expect(await page.locator('header').innerText()).not.toContain('Log over all orders');
  });

  test('stays when the reader changes the language, and in print', async () => {
    const { page } = await badgeOf(renderReport(doubted, { proof, trust }));
    await page.locator('[data-language=zh-CN]').click();
    const badge = page.locator('.facts [data-log]');
    expect(await badge.innerText()).toContain('未经见证');
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    await page.emulateMedia({ media: 'print' });
    expect(await badge.isVisible()).toBe(true);
    expect(await page.locator('.record').innerText()).toContain(first.vkey);
  });

  test.each([
    { colorScheme: 'light', language: 'en', options: { proof, trust } },
    { colorScheme: 'dark', language: 'zh-CN', options: { proof, trust } },
    { colorScheme: 'light', language: 'en', options: { proof } },
    { colorScheme: 'dark', language: 'en', options: { proof } },
    { colorScheme: 'dark', language: 'en', options: { proof: forged, trust } },
  ] as const)(
    'is accessible: $colorScheme, $language',
    async ({ colorScheme, language, options }) => {
      const { page } = await badgeOf(renderReport(doubted, { language, ...options }), {
        colorScheme,
      });
      expect(await violationsIn(page)).toEqual([]);
    },
  );

  test('fits on a narrow screen', async () => {
    const html = renderReport(doubted, { proof, trust });
    const { page } = await badgeOf(html, { viewport: { width: 390, height: 800 } });
    const [width, space] = await page.evaluate(() => {
      const badge = document.querySelector('[data-log]');
      return [badge?.scrollWidth ?? 0, badge?.clientWidth ?? 0];
    });
    expect(width).toBeLessThanOrEqual(space);
  });
});
