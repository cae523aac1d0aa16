import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { CancelOutcome, QueryAnswer } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { platformNotices } from '../../src/platform-notices/index.ts';
import { figure } from './figure.ts';
import type { Figure } from './figure.ts';

const atOnce = 64;
const reason = '临时决定关单取消支付';

/** What most orders go through, written by the service itself: metadata and evidence are as they are. */
const stories = {
  'paid, recorded by the service': async (orders: PaymentOrders, orderNo: string) => {
    await begin(orders, orderNo);
    await orders.recordPaymentSucceeded(orderNo, {
      ...{ transactionNo: `42000${orderNo}`, amountMinor: 12_800, currency: 'CNY' },
      occurredAt: '2026-11-29T10:02:03+08:00',
    });
  },
  'paid, by a notice': async (orders: PaymentOrders, orderNo: string) => {
    await begin(orders, orderNo);
    const notice = { api_callback_code: 'create_order', etc_biz_no: orderNo, status: 'succeeded' };
    const body = JSON.stringify({ ...notice, biz_amt: '128.00', time: '20261129100203000' });
    const inbox = orders.inbox({ translate: platformNotices() });
    await inbox.receive({ body, source: 'platform', vouchedBy: 'platform network' });
  },
  'cancelled at once': async (orders: PaymentOrders, orderNo: string) => {
    await begin(orders, orderNo);
    await cancel(orders, orderNo);
  },
  'in doubt, then settled by a question': async (orders: PaymentOrders, orderNo: string) => {
    await begin(orders, orderNo);
    await cancel(orders, orderNo);
    await orders.ask(orderNo);
  },
} as const;

type Story = keyof typeof stories;

/** MB for 100,000 orders, above which docs/operations.md would be wrong. */
const limits: Readonly<Record<Story, { readonly store: number; readonly index: number }>> = {
  'paid, recorded by the service': { store: 450, index: 280 },
  'paid, by a notice': { store: 790, index: 280 },
  'cancelled at once': { store: 670, index: 280 },
  'in doubt, then settled by a question': { store: 850, index: 280 },
};

async function begin(orders: PaymentOrders, orderNo: string): Promise<void> {
  await orders.create({
    ...{ orderNo, processBillNo: `F${orderNo}`, amountMinor: 12_800, currency: 'CNY' },
    commandId: `create-${orderNo}`,
  });
  await orders.startPayment(orderNo, { commandId: `start-${orderNo}` });
}

async function cancel(orders: PaymentOrders, orderNo: string): Promise<void> {
  const actor = { kind: 'customer', id: `u-${orderNo}` };
  await orders.cancel(orderNo, { reason, actor, commandId: `cancel-${orderNo}` });
}

/** As much evidence as the HTTP gateway keeps. */
function evidenceOf(rule: string, orderNo: string) {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  return {
    ...{ rule, sentAt: '2026-11-29T10:00:00.000Z', durationMs: 123, httpStatus: 200 },
    ...{ requestId: sha256(orderNo).slice(0, 32), responseCode: '000', responseMsg: '成功' },
    ...{ nonce: sha256(`n${orderNo}`).slice(0, 32), timestamp: 1_795_946_400_000 },
    ...{ requestSha256: sha256(`q${orderNo}`), answerSha256: sha256(`a${orderNo}`) },
  };
}

function gatewayOf(story: Story) {
  const isLost = story.startsWith('in doubt');
  return {
    identity: 'SANDBOXAPPID0001',
    attemptMs: 1_000,
    cancel: ({ orderNo }: { readonly orderNo: string }): Promise<CancelOutcome> =>
      Promise.resolve(
        isLost
          ? { kind: 'outcome-unknown', ...evidenceOf('answer-timeout', orderNo) }
          : { kind: 'confirmed', ...evidenceOf('confirmed', orderNo) },
      ),
    query: ({ orderNo }: { readonly orderNo: string }): Promise<QueryAnswer> =>
      Promise.resolve({ status: 'canceled', ...evidenceOf('canceled', orderNo), amount: '128.00' }),
    close: () => Promise.resolve(),
  };
}

async function fill(store: string, story: Story, count: number): Promise<void> {
  await using orders = await openPaymentOrders({ store, gateway: gatewayOf(story) });
  const live = async (_: unknown, from: number) => {
    for (let at = from; at < count; at += atOnce) {
      await stories[story](orders, `O20261129${String(at).padStart(15, '0')}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, live));
}

/** What a first reader does with a whole store, events a second. */
async function catchUps(store: string, story: Story, events: number) {
  const timed = async (read: (orders: PaymentOrders) => Promise<unknown>) => {
    await using orders = await openPaymentOrders({ store, gateway: gatewayOf(story) });
    const began = performance.now();
    await read(orders);
    return Math.round(events / ((performance.now() - began) / 1_000));
  };
  return {
    index: await timed((orders) => orders.search({ limit: 1 })),
    recovery: await timed((orders) => orders.recoverOnce()),
    feed: await timed((orders) => Array.fromAsync(orders.events(), () => null)),
    verify: await timed((orders) => Array.fromAsync(orders.verifyAll(), ({ ok }) => ok)),
    backup: await timed((orders) => orders.backup(`${store.slice('sqlite:'.length)}.copy`)),
  };
}

function eventsIn(path: string): { readonly count: number; readonly bare: number } {
  const database = new DatabaseSync(path, { readOnly: true });
  // What an EventStoreDB is sent: it adds a record header and an entry of its own index to each.
  const row = database
    .prepare(
      `SELECT count(*) AS count,
        sum(length(CAST(data AS BLOB)) + length(CAST(metadata AS BLOB))
          + length(type) + length(stream)) AS bare FROM events`,
    )
    .get();
  database.close();
  return { count: Number(row?.['count']), bare: Number(row?.['bare']) };
}

const megabytes = (path: string, count: number) => (statSync(path).size / count) * 0.1;

async function sizesOf(directory: string, story: Story, count: number): Promise<Figure[]> {
  const path = join(directory, 'sizes.db');
  const store = `sqlite:${path}`;
  await fill(store, story, count);
  const { count: events, bare } = eventsIn(path);
  const rates = await catchUps(store, story, events);
  const ours = { store: megabytes(path, count), index: megabytes(`${path}.index`, count) };
  const each = (bytes: number, of: number) => (bytes / of).toFixed(bytes / of < 10 ? 2 : 0);
  const common = {
    unit: 'MB for 100,000 orders',
    alternative: 'the limit',
    atLeast: 1,
    isCounted: true,
  };
  const counted = (of: 'store' | 'index') => [{ ours: ours[of], against: limits[story][of] }];
  return [
    figure({
      ...{ ...common, name: `store: ${story}`, rounds: counted('store') },
      remark:
        `${each(events, count)} events an order, ${each(statSync(path).size, events)} bytes an ` +
        `event, ${each(bare, events)} of them its own`,
    }),
    figure({
      ...{ ...common, name: `index: ${story}`, rounds: counted('index') },
      remark: Object.entries(rates)
        .map(([name, rate]) => `${name} ${rate} events/s`)
        .join(', '),
    }),
  ];
}

/** How much a store and its index grow, by what orders go through, and how fast they are read. */
export async function sizeFigures(
  inScratch: <T>(use: (directory: string) => Promise<T>) => Promise<T>,
  count: number,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const story of Object.keys(stories) as Story[]) {
    figures.push(...(await inScratch((directory) => sizesOf(directory, story, count))));
  }
  return figures;
}
