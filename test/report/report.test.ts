import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { diagram } from '../../src/diagram/diagram.ts';
import { graphOf } from '../../src/diagram/graph.ts';
import { layoutOf } from '../../src/diagram/layout.ts';
import { leavesOf } from '../../src/diagram/style.ts';
import { renderReport } from '../../src/dispute.ts';
import { changesBetween } from '../../src/report/changes.ts';
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

  test('escapes a text that would end its script element', () => {
    expect(renderReport(events)).not.toContain('</script><b>');
  });

  test('places a payment after a call whose answer was recorded before it, whatever the clocks say', () => {
    const sent = { sentAt: '2026-11-23T02:02:05.000Z', durationMs: 5_000 };
    const html = renderReport(
      aHistory([
        ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
        ['CancelRequested', {}, 'cancelling.requesting'],
        ['CancelConfirmed', { attempt: 1, rule: 'confirmed', ...sent }, 'cancelled'],
        ['PaymentSucceeded', { transactionNo: 'T1', factId: 'T1' }, 'paid'],
      ]),
    );
    // By the clocks alone, the money moved during the call. The order of the record decides.
    expect(html).not.toContain('WHILE');
    expect(html).toContain('BEFORE the money moved');
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
  test('has a hand-chosen place for every state', () => {
    const graph = graphOf(paymentOrderMachine);
    const { boxes, height } = layoutOf(graph);
    for (const { path } of leavesOf(graph.root)) {
      const box = boxes.get(path);
      expect(box, path).toBeDefined();
      expect((box?.y ?? 0) + (box?.h ?? 0), path).toBeLessThan(height);
    }
  });

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
