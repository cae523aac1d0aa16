import { compareBill } from '../../src/bill/compare.ts';
import { readBill } from '../../src/bill/read.ts';
import type { BillFormat } from '../../src/bill/read.ts';

// Reads a bill of so many rows in a heap that is too small to hold them, and compares it with our
// side. `keep` holds the rows all the same.

const [format = 'csv', count = '0', what = 'read'] = process.argv.slice(2);
const rows = Number(count);
const columns = 'etc_order_no,biz_type,biz_time,pay_channel,amount,currency,status';
const cells = (no: number) => [
  ...[`PY20201231112338${no}`, '01', '2021-02-02 00:00:00', '支付宝正扫', '1000.00', 'cny'],
  'succeeded',
];

async function* text(): AsyncGenerator<Uint8Array> {
  yield Buffer.from(format === 'csv' ? `${columns}\n` : '[');
  for (let no = 0; no < rows; no += 1) {
    const names = columns.split(',').map((name, at) => [name, cells(no)[at]]);
    const row = JSON.stringify(Object.fromEntries(names));
    const json = `${no === 0 ? '' : ','}${row}`;
    yield await Promise.resolve(Buffer.from(format === 'csv' ? `${cells(no).join(',')}\n` : json));
  }
  if (format === 'json') yield Buffer.from(']');
}

function* ours() {
  const at = '2021-02-01T16:00:00.000Z';
  for (let no = 0; no < rows; no += 1) {
    const payments = [{ money: { amountMinor: 100_000, currency: 'CNY' }, at }];
    yield { orderNo: `PY20201231112338${no}`, payments, refunds: [] };
  }
}

// A caller that names another format is this test.
const entries = readBill(text(), format as BillFormat);
let good = 0;
const kept: unknown[] = [];
if (what === 'compare') {
  for await (const { kind } of compareBill(entries, ours())) good -= kind.length;
} else {
  for await (const entry of entries) {
    good += entry.kind === 'row' ? 1 : 0;
    if (what === 'keep') kept.push(entry);
  }
}
process.stdout.write(String(good));
