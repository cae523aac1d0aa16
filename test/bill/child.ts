import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readBill } from '../../src/bill/read.ts';
import type { BillFormat } from '../../src/bill/read.ts';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { orderNoOf, streamOf, streamPrefix } from '../../src/history/event.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { systemRuntime } from '../../src/runtime.ts';

// Reads a bill of so many rows, or reconciles it with so many orders, and writes what it counted
// and the most that its heap held. `keep` holds on to everything all the same.

const [what = 'read', format = 'csv', count = '0', file = ''] = process.argv.slice(2);
const rows = Number(count);
const columns = 'etc_order_no,biz_type,biz_time,pay_channel,amount,currency,status';
const orderNoAt = (no: number) => `PY20201231112338${no}`;
const cells = (no: number) => [
  ...[orderNoAt(no), '01', '2021-02-02 00:00:00', '支付宝正扫', '1000.00', 'cny'],
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

let peakBytes = 0;
const kept: unknown[] = [];

function look(at: number): void {
  if (at % 5_000 !== 0) return;
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  peakBytes = Math.max(peakBytes, heapUsed + external);
}

async function read(): Promise<number> {
  let good = 0;
  // A caller that names another format is this test.
  for await (const entry of readBill(text(), format as BillFormat)) {
    good += entry.kind === 'row' ? 1 : 0;
    if (what === 'keep') kept.push(entry);
  }
  return good;
}

/** The orders of the bill but the last ten, each made when it is read; notices are kept. */
async function storeOfAll(): Promise<EventStore> {
  const memory = openMemoryStore(systemRuntime());
  const orders = await openPaymentOrders({ store: memory });
  const money = { amountMinor: 100_000, currency: 'CNY' };
  await orders.create({ orderNo: 'O1', processBillNo: 'F1', ...money });
  await orders.recordPaymentSucceeded('O1', { ...money, occurredAt: '2021-02-01T16:00:00Z' });
  const events = await Array.fromAsync(memory.read(streamOf('O1')));
  const ofOrder = ({ data, ...event }: RecordedEvent, stream: string): RecordedEvent => ({
    ...{ ...event, stream },
    data: { ...data, ...('orderNo' in data ? { orderNo: orderNoOf(stream) } : {}) },
  });
  const others = openMemoryStore(systemRuntime());
  return {
    ...others,
    append: others.append.bind(others),
    streams: async function* () {
      for (let no = 0; no < rows - 10; no += 1) {
        look(no);
        yield await Promise.resolve(streamOf(orderNoAt(no)));
      }
    },
    read: async function* (stream, from) {
      const isListed = stream.startsWith(streamPrefix);
      const isLast = isListed && Number(orderNoOf(stream).slice(16)) >= rows - 10;
      if (!isListed || isLast) yield* others.read(stream, from);
      else {
        const ours = events.map((event) => ofOrder(event, stream));
        if (what === 'reconcile-and-keep') kept.push(ours);
        yield* ours;
      }
    },
  };
}

async function reconcile(): Promise<number> {
  await pipeline(Readable.from(text()), createWriteStream(file));
  const orders = await openPaymentOrders({ store: await storeOfAll() });
  let notices = 0;
  const days = { from: '2021-02-02', to: '2021-02-02' };
  for await (const { recorded } of orders.reconcile({ ...days, bill: file })) {
    notices += recorded === 'notice' ? 1 : 100;
  }
  return notices;
}

const counted = what.startsWith('reconcile') ? await reconcile() : await read();
process.stdout.write(JSON.stringify({ counted, peakBytes, kept: kept.length > 0 }));
