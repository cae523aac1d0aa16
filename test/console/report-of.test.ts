import { describe, expect, test } from 'vitest';
import { reportFiles, reportFilesByPath, reportOf } from '../../src/console/report-of.ts';
import { sha256 } from '../../src/text.ts';
import { aHistory } from '../timeline/histories.ts';

const events = aHistory([
  ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
  ['CancelRequested', { reason: '</script><b onclick="x()">' }, 'cancelling.requesting'],
]);
const visit = { base: '/way-in', language: 'en' } as const;

describe('the report in a page of the console', () => {
  test('holds its data with the digest of exactly what stands there', () => {
    const html = String(reportOf(visit, events));
    const [, digest = '', data = ''] =
      /id="data" data-sha256="([0-9a-f]{64})">([^]*?)<\/script>/.exec(html) ?? [];
    expect(JSON.parse(data)).toMatchObject({ language: 'en', header: { orderNo: 'O1' } });
    expect(digest).toBe(sha256(data));
  });

  test('leaves the texts of a history inert, and writes no script or style into the page', () => {
    const html = String(reportOf(visit, events));
    expect(html).not.toContain('</script><b');
    expect(html).not.toMatch(/<style|<script(?! type="application\/json"| type="module" src=)/);
    expect(html).not.toMatch(/<[^>]* (?:style|on\w+)=/);
  });

  test('is the same for the same history, so that it is not drawn again', () => {
    expect(String(reportOf(visit, events))).toBe(String(reportOf(visit, events)));
    expect(String(reportOf(visit, events))).not.toBe(String(reportOf(visit, events.slice(0, 1))));
  });

  test.each(Object.values(reportFiles))('names a file that exists: %s', (path) => {
    expect(String(reportOf(visit, events))).toContain(`="/way-in${path}"`);
    expect(reportFilesByPath().get(path)?.text).toContain('report');
  });

  test('speaks the language of the visit', () => {
    expect(String(reportOf({ ...visit, language: 'zh-CN' }, events))).toContain('支付单历史');
  });
});
