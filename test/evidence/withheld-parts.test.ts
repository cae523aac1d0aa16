import { beforeAll, describe, expect, test } from 'vitest';
import type { DisputeEvent } from '../../src/dispute.ts';
import { attemptsOf, renderReport, timelineOf } from '../../src/dispute.ts';
import { anomaliesOf, decisionsOf } from '../../src/evidence/decisions.ts';
import { redact } from '../../src/evidence/redaction.ts';
import { reportDataOf } from '../../src/report/report-data-of.ts';
import { withheldNames } from '../../src/history/withheld.ts';
import { textOf } from '../report/said.ts';
import { fromFormat1 } from './histories.ts';
import { aRealOrder } from './real-order.ts';
import { packed } from './support.ts';

let events: readonly DisputeEvent[];
/** Only whole parts could be withheld of these. */
let shown: readonly DisputeEvent[];
beforeAll(async () => {
  const stored = await aRealOrder();
  events = fromFormat1(stored, stored.length);
  shown = redact(events, new Set(['reason', 'actor', 'phone'])).events;
  expect(shown.filter((event) => withheldNames(event).length === 2).length).toBeGreaterThan(4);
});

describe('a history of which whole parts are withheld', () => {
  test('is called withheld where it cannot be folded, and not unreadable', () => {
    const { foldEnds, entries } = reportDataOf(shown, {});
    expect(foldEnds?.why).toEqual({
      en: 'what decides revision 0 is withheld',
      'zh-CN': '决定版次 0 的内容未披露',
    });
    expect(entries.map(({ isUnknown }) => isUnknown)).not.toContain(true);
  });

  test('names every call, and says of its answer that it is withheld', () => {
    const calls = attemptsOf(shown);
    expect(calls.map(({ outcome }) => outcome)).toEqual(['withheld', 'withheld', 'withheld']);
    const begun = (of: readonly DisputeEvent[]) =>
      attemptsOf(of).map(({ attempt, begunBy, outcomes }) => [attempt, begunBy, outcomes]);
    expect(begun(shown)).toEqual(begun(events));
  });

  test('is not said to lack what is withheld', () => {
    const { findings } = reportDataOf(shown, {});
    const texts = findings.flatMap(({ answers }) => answers.map(({ text }) => textOf(text.en)));
    expect(texts.length).toBeGreaterThan(8);
    for (const text of texts) {
      expect(text).not.toMatch(/not recorded|gave no time|no money is recorded/);
    }
    expect(texts).toContain('When calls 1 to 3 were sent is withheld.');
    expect(texts).toContain('The money (128.00 CNY) arrived: when it was recorded is withheld.');
  });

  test('knows neither sums nor contradictions once a part is withheld that decides', () => {
    const { header } = reportDataOf(shown, {});
    const { anomalies } = reportDataOf(events, {}).header;
    expect(anomalies).toHaveLength(2);
    expect(header).toMatchObject({ anomalies: [], notKnownFrom: 5, receivedInAll: null });
    expect(header.refundedInAll).toBeNull();
    expect(anomaliesOf(shown)).toEqual({ anomalies: [], notKnownFrom: 5 });
    expect(anomaliesOf(events)).toMatchObject({ anomalies: [{}, {}], notKnownFrom: null });
  });

  test('names what is withheld in every table', async () => {
    expect(decisionsOf(shown)).toMatchObject({
      decisions: [
        { revision: 7, withheld: ['data', 'metadata'] },
        { revision: 9, withheld: ['data', 'metadata'] },
        { revision: 12, withheld: ['data', 'metadata'] },
      ],
    });
    const named = [...timelineOf(shown)].map(({ withheld }) => withheld);
    expect(named).toEqual(shown.map(withheldNames));
    const files = await packed(shown);
    expect(files.get('timeline.csv')).toContain('data withheld');
    expect(files.get('timeline.csv')).toContain('"data metadata"');
    const { steps, derived } = JSON.parse(files.get('replay.json') ?? '') as {
      readonly steps: readonly { readonly isRead: boolean }[];
      readonly derived: object;
    };
    expect(steps.map(({ isRead }) => !isRead)).toEqual(
      shown.map((event) => withheldNames(event).includes('data')),
    );
    expect(derived).toMatchObject({ divergence: null, fault: null });
  });

  test('is rendered, also where everything of it is withheld', () => {
    const nothing = events.map(({ metadata, ...event }) => {
      const { dataHash, metadataHash, prevHash, hash } = metadata;
      const links = { dataHash, metadataHash, prevHash, hash };
      const withheld = { data: String(dataHash), metadata: String(metadataHash) };
      return { ...event, data: {}, metadata: links, withheld };
    });
    for (const language of ['en', 'zh-CN'] as const) {
      expect(renderReport(nothing, { language })).toMatch(/^<!doctype html>/);
    }
  });
});
