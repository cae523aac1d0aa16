import { afterAll, afterEach, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { renderReport } from '../../../src/dispute.ts';
import type { DisputeEvent } from '../../../src/dispute.ts';
import { escapeForTerminal } from '../../../src/text.ts';
import { aHistory } from '../../timeline/histories.ts';
import type { EventGiven } from '../../timeline/histories.ts';
import { integrityOf, isBrowserAbsent, TestBrowser } from './browser.ts';

const browser = new TestBrowser();
afterEach(() => browser.clear());
afterAll(() => browser.close());

/** Texts that have broken pages before, whole or in pieces. */
const pieces = [
  '</script>',
  '<script>alert(1)</script>',
  '<!--',
  '-->',
  '<!--<script>',
  ']]>',
  '</style>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "' onclick='alert(1)",
  '&lt;b&gt;',
  'javascript:alert(1)',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u0000',
  '\u001b]52;c;eA==\u0007',
  '\u001b[2J',
  '\r\n',
  '\n',
  '\u2028',
  '\u2029',
  '=HYPERLINK("http://x")',
  '{revision}',
  '${x}',
  '\\u003c',
  '\\',
  '\u0301'.repeat(60),
  '\ud800',
  '\ufeff',
  '</textarea>',
  '<base href=//x>',
  '临时决定',
  '💳',
  '%3Cscript%3E',
  '__proto__',
  'constructor',
  '<template>',
  '</div>',
  ' ',
];

const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 12 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''));

const perPage = 500;

/** Letters as long as each text is on the page, and alike where the texts are: a page folds both. */
function plainAs(texts: readonly string[]): readonly string[] {
  const shown = texts.map(escapeForTerminal);
  const different = [...new Set(shown)];
  return shown.map((text) => {
    const letter = String.fromCodePoint(0x4e00 + different.indexOf(text));
    return letter.padEnd(text.length, 'x');
  });
}

/** A history with each text as a reason, and the first text in every other field too. */
function historyOf(texts: readonly string[]): readonly DisputeEvent[] {
  const events: readonly EventGiven[] = [
    ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
    ...texts.map((reason): EventGiven => [
      'CommandRejected',
      { command: 'RequestCancel', code: 'already-paid', reason },
      'created',
    ]),
  ];
  const [text = ''] = texts;
  // Hashed with another reason, so that every page shows the same faults.
  const hashed = events.map(([type, data, to]): EventGiven => [
    type,
    type === 'CommandRejected' ? { ...data, reason: '-' } : data,
    to,
  ]);
  return [
    ...aHistory(hashed).map((event, index) => ({ ...event, data: events[index]?.[1] ?? {} })),
    {
      stream: text,
      revision: texts.length + 1,
      id: text,
      type: text,
      data: { [text]: text },
      metadata: {
        recordedAt: text,
        occurredAt: text,
        from: text,
        to: text,
        source: text,
        actor: { kind: text, id: text },
        hash: text,
        salt: text,
      },
    },
    {
      stream: text,
      revision: texts.length + 2,
      id: text,
      type: 'CancelConfirmed',
      data: { attempt: 1, rule: text, requestId: text, responseMsg: text, sentAt: text },
      metadata: {},
    },
  ];
}

async function shapeOf(texts: readonly string[]) {
  const title = texts[0] ?? '';
  const opened = await browser.open(renderReport(historyOf(texts), { title }), { hash: '#rev=1' });
  const { page, requests, complaints } = opened;
  expect(await integrityOf(page)).toBe('altered');
  const shape = await page.evaluate(() => {
    const shapes: string[] = [];
    const visit = (element: Element, depth: number) => {
      const names = element.getAttributeNames().toSorted().join(' ');
      shapes.push(`${depth} ${element.tagName} ${names}`);
      for (const child of element.children) visit(child, depth + 1);
    };
    visit(document.documentElement, 0);
    return shapes;
  });
  const text = await page.locator('.events').textContent();
  await browser.clear();
  return { shape, text: text ?? '', requests, complaints };
}

describe.skipIf(isBrowserAbsent)('hostile texts in the report', () => {
  test('leave the page the structure that it has for plain texts, for 5,000 texts', async () => {
    const texts = fc.sample(hostileText, { numRuns: 5_000 });
    for (let first = 0; first < texts.length; first += perPage) {
      const batch = texts.slice(first, first + perPage);
      const plain = await shapeOf(plainAs(batch));
      expect(plain.shape.length).toBeGreaterThan(perPage * 10);
      const { shape, text, requests, complaints } = await shapeOf(batch);
      const differing = shape.findIndex((line, index) => line !== plain.shape[index]);
      expect({ first, at: shape[differing] }).toEqual({ first, at: undefined });
      expect(shape).toHaveLength(plain.shape.length);
      expect(requests).toEqual([]);
      expect(complaints).toEqual([]);
      // No character that hides or reorders text reaches the reader unescaped.
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }
  }, 600_000);
});

describe.skipIf(isBrowserAbsent)('a history that cannot be read to its end', () => {
  test('is not said to hold no anomaly and no call', async () => {
    const events = aHistory([
      ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
      ['CancelRequested', { reason: 7 }, 'cancelling.requesting'],
      ['CancelConfirmed', { attempt: 1, rule: 'confirmed' }, 'cancelled'],
    ]);
    const { page } = await browser.open(renderReport(events));
    const said = await page.locator('.facts, .findings').allInnerTexts();
    expect(said.join()).not.toContain('No cancel was sent');
    expect(said[0]).toContain('none that can be read, and not everything can');
  });
});
