import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { diagram } from '../../src/diagram/diagram.ts';
import { renderReport } from '../../src/dispute.ts';
import { reportAssets } from '../../src/report/assets.ts';
import { changesBetween } from '../../src/report/changes.ts';
import { reportParts } from '../../src/report/report.ts';
import { sha256 } from '../../src/text.ts';
import { strangeLog } from '../evidence/log-of-strangers.ts';
import { aHistory } from '../timeline/histories.ts';

const events = aHistory([
  ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
  ['CancelRequested', { reason: '</script><b>' }, 'cancelling.requesting'],
]);

describe('the report', () => {
  test('gives the same bytes for the same history', () => {
    expect(renderReport(events)).toBe(renderReport(events));
    const generatedAt = '2026-11-24T22:00:00.000Z';
    expect(renderReport(events, { generatedAt })).not.toBe(renderReport(events));
  });

  test('allows its own script and style to run, and nothing else', () => {
    const html = renderReport(events);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-[\w+/=]+'; base-uri/,
    );
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  });

  test.each([-1, 0.5, 31_536_000_001, '60000'])(
    'refuses a wrong threshold by the name of the option: %j',
    (given) => {
      // As a caller in JavaScript may give it.
      const lateAfterMs = given as number;
      expect(() => renderReport(events, { lateAfterMs })).toThrow(
        expect.objectContaining({ code: 'invalid-input', field: 'lateAfterMs' }),
      );
    },
  );

  test('escapes a text that would end its script element', () => {
    expect(renderReport(events)).not.toContain('</script><b>');
  });

  test('does not take the time of a record for that at which money moved', () => {
    const sent = { sentAt: '2026-11-23T02:02:05.000Z', durationMs: 5_000 };
    const html = renderReport(
      aHistory([
        ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
        ['CancelRequested', {}, 'cancelling.requesting'],
        ['CancelConfirmed', { attempt: 1, rule: 'confirmed', ...sent }, 'cancelled'],
        ['PaymentSucceeded', { transactionNo: 'T1', factId: 'T1' }, 'paid'],
      ]),
    );
    // By the clocks alone, the money moved during the call. No source says so.
    expect(html).not.toContain('moved during');
    expect(html).toContain('moved is not known');
  });

  test('joins modules that call no two things by one name', () => {
    const [, script = ''] =
      /<script type="module">([^]*)<\/script>/.exec(renderReport(events)) ?? [];
    const names = Array.from(
      script.matchAll(/^(?:async )?(?:function\*?|class|const|let) (\w+|\[[^\]]*\])/gm),
      ([, name = '']) => name.match(/\w+/g) ?? [],
    ).flat();
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name, at) => names.indexOf(name) < at)).toEqual([]);
  });

  test('carries the proof from the log and the keys as they were given', () => {
    const { trust, ...log } = strangeLog(['ab'.repeat(32)]);
    const proof = log.proof(0);
    const dataIn = (html: string) =>
      JSON.parse(/id="data"[^>]*>([^]*?)<\/script>/.exec(html)?.[1] ?? '') as { log: unknown };
    expect(dataIn(renderReport(events, { proof, trust })).log).toEqual({ proof, trust });
    expect(dataIn(renderReport(events, { proof })).log).toEqual({ proof, trust: null });
    expect(dataIn(renderReport(events)).log).toBeNull();
  });

  test.each([
    ['proof', { proof: 'c2sp.org/tlog-proof@v1\n' }],
    ['proof', { proof: 'x'.repeat(65_537) }],
    ['trust', { trust: 'quorum none\n' }],
    ['trust', { proof: strangeLog(['ab'.repeat(32)]).proof(0), trust: 'quorum w0\n' }],
  ])('refuses by its name what is wrong: %s', (field, options) => {
    expect(() => renderReport(events, options)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        field: expect.stringMatching(field) as unknown,
      }),
    );
  });

  test('is made of the parts that another page can hold', () => {
    const { data, digest, svg, title, orderNo } = reportParts(events, { title: 'A <dispute>' });
    const html = renderReport(events, { title: 'A <dispute>' });
    expect([orderNo, title, digest]).toEqual(['O1', 'A <dispute>', sha256(data)]);
    expect(html).toContain(` data-sha256="${digest}">${data}</script>`);
    expect(html).toContain(`<div id="machine" hidden>${svg}</div>`);
    const { script, style } = reportAssets();
    expect(html).toContain(`<script type="module">${script}</script>`);
    expect(html).toContain(`<style>${style}</style>`);
  });

  test('styles in another page nothing but itself', () => {
    const { mountedStyle } = reportAssets();
    expect(mountedStyle).not.toMatch(/(?<![\w-])(?::root|html|body)\b/);
    const outermost: string[] = [];
    let depth = 0;
    for (const [, before = '', brace] of mountedStyle.matchAll(/([^{};]*)([{};])/g)) {
      const isBlock = brace === '{';
      if (isBlock && depth === 0) outermost.push(before.replace(/\/\*[^]*?\*\//g, '').trim());
      if (brace !== ';') depth += isBlock ? 1 : -1;
    }
    expect(depth).toBe(0);
    expect(outermost.filter((rule) => !rule.startsWith('#report'))).toEqual([
      '@page',
      '@media print',
    ]);
  });

  test('renders an empty history too', () => {
    expect(renderReport([])).toContain('<div id="report">');
  });
});

describe('the changes between two states', () => {
  test('name the smallest paths, with new and removed ones', () => {
    const before = { a: [1, { b: 2 }], gone: 1, list: [1, 2], same: { x: 1 } };
    const after = { a: [1, { b: 3 }, 4], list: [1], same: before.same, fresh: null };
    expect(changesBetween(before, after)).toEqual([
      [['a', 1, 'b'], 3],
      [['a', 2], 4],
      [['gone']],
      [['list'], [1]],
      [['fresh'], null],
    ]);
  });
});

describe('the drawing of the machine', () => {
  test('marks the path taken and the current state', () => {
    const drawn = diagram(paymentOrderMachine, 'svg', [
      { type: 'PaymentOrderCreated', from: null, to: 'created' },
      { type: 'PaymentStarted', from: 'created', to: 'paying' },
    ]);
    expect(drawn.match(/class="edge walked"/g)).toHaveLength(1);
    expect(drawn).toContain('<g class="state plain current" data-state="paying">');
    expect(drawn).toContain('<g class="edge begin walked">');
  });
});
