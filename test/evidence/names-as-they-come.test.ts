import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyBundle } from '../../src/dispute.ts';
import { identifiers } from '../../src/testing/arbitraries.ts';
import { always, order, orderNo, world } from '../payment-orders/world.ts';
import { bytesOf, moduleVersion, packed } from './support.ts';

const awkward = fc.constantFrom(
  ...['=1+1', '-1', '@SUM(1)', '＝1', '2026/11/29+=', "'quoted", '"; =1', '余额不足', '张三'],
  ...['</script><!--', '\u200b', '../../x', '%2e%2e', '\\u202e', 'e\u0301'],
);

/** Without a comma, so that the cells of a table are found by their commas. */
const names = fc.oneof(awkward, identifiers()).filter((name) => !name.includes(','));

/** A history in which others named everything. */
async function namedBy(name: string) {
  const { orders, store } = await world(always('refused'));
  const options = {
    ...{ correlationId: name, causationId: name, source: name },
    actor: { kind: 'customer', id: name },
  };
  await orders.create({ ...order, ...options, commandId: name });
  await orders.recordPaymentFailed(orderNo, { factId: name, code: name, message: name });
  await orders.recordPaymentSucceeded(orderNo, { transactionNo: name, ...options });
  await orders.acknowledgeAnomaly(orderNo, { number: 1, by: name, note: name, ...options });
  return Array.fromAsync(store.read(`paymentOrder-${orderNo}`));
}

test('packs names in any script, and verifies the package', async () => {
  await fc.assert(
    fc.asyncProperty(names, async (name) => {
      const events = await namedBy(name);
      const files = await packed(events, [], { exporter: `operator:${name}` });

      expect(await verifyBundle(bytesOf(files), { moduleVersion })).toMatchObject({
        ok: true,
        faults: [],
        unchecked: [],
      });
      const cells = (files.get('timeline.csv') ?? '')
        .split('\r\n')
        .flatMap((row) => row.split(','));
      // Negative numbers are the only bare signs: gaps in milliseconds.
      const formulas = cells.filter((cell) => /^[\s"]*[=+@|%＝＋－＠-]/u.test(cell));
      expect(formulas.filter((cell) => !/^-\d+$/.test(cell))).toEqual([]);
      const report = files.get('report.html') ?? '';
      expect(report).not.toContain('</script><!--');
      expect(report.match(/<script/g)).toHaveLength(report.match(/<\/script>/g)?.length ?? 0);
    }),
    { numRuns: 60 },
  );
});

test('withholds names in any script, and verifies the package', async () => {
  await fc.assert(
    fc.asyncProperty(names, async (name) => {
      const files = await packed(await namedBy(name), ['reason', 'actor', 'card', 'phone']);
      expect(await verifyBundle(bytesOf(files), { moduleVersion })).toMatchObject({ faults: [] });
    }),
    { numRuns: 30 },
  );
});

test('draws the same diagrams whatever the names are', async () => {
  const [plain, hostile] = await Promise.all(
    ['T1', '</script>"];x->y'].map(async (name) => packed(await namedBy(name))),
  );
  for (const file of ['diagram.dot', 'diagram.mmd']) {
    expect(hostile?.get(file)).toBe(plain?.get(file));
    expect(hostile?.get(file)?.length).toBeGreaterThan(100);
  }
});
