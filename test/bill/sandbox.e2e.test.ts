import { describe, expect, test } from 'vitest';
import type { BillDifference } from '../../src/bill/types.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import type { Sandbox } from '../../src/sandbox/options.ts';
import { systemRuntime } from '../gateway/support.ts';
import { connect, start } from '../sandbox/support.ts';
import { at, cny, day, yuan } from './support.ts';
import { eventIds, shown } from './world.ts';

const runtime = { ...systemRuntime, now: () => Date.parse(at) };

/** Orders on both sides, and what reconciling finds between them. */
async function sides() {
  const sandbox = await start({ runtime });
  const store = openMemoryStore(runtime);
  const orders = await openPaymentOrders({
    store,
    runtime,
    gateway: connect(sandbox, { runtime }),
  });
  const reconcile = () => Array.fromAsync(orders.reconcile(day));
  return { sandbox, store, orders, reconcile };
}

const amountOf = (no: number) => 100 + no;
const isRefunded = (no: number) => no % 9 === 0;

async function createHere(orders: PaymentOrders, no: number): Promise<void> {
  const orderNo = `O${no}`;
  if (no === 400) return;
  await orders.create({ orderNo, processBillNo: 'F1', ...cny(amountOf(no)) });
  if (no === 300) return;
  if (no === 700) await orders.recordClosedAtGateway(orderNo, { cause: 'expired' });
  else await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1', ...cny(amountOf(no)) });
  if (no === 600) await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T2', ...cny(7) });
  if (!isRefunded(no) || no === 1_800) return;
  await orders.recordPaymentRefunded(orderNo, { refundNo: `R${no}`, ...cny(50) });
}

function createThere(sandbox: Sandbox, no: number): void {
  const amount = yuan(amountOf(no) + (no === 500 ? 1 : 0));
  const status = no === 100 ? 'open' : no === 200 ? 'failed' : 'paid';
  sandbox.set(`O${no}`, { status, amount });
  if (!isRefunded(no) || no === 900) return;
  sandbox.set(`O${no}`, { refund: { refundNo: `R${no}`, amount: no === 2_700 ? '0.51' : '0.50' } });
}

const sorted = (differences: readonly BillDifference[]) =>
  shown(differences).toSorted((a, b) => parseInt(a.slice(1)) - parseInt(b.slice(1)));

describe('a bill of the sandbox', () => {
  test('of 10,000 rows with ten planted differences: each is found, and nothing else, and recorded once', async () => {
    const { sandbox, store, orders, reconcile } = await sides();
    for (let no = 0; no <= 9_000; no += 1) {
      await createHere(orders, no);
      createThere(sandbox, no);
    }

    const first = await reconcile();
    const kept = await eventIds(store);
    const second = await reconcile();

    expect(sorted(first)).toEqual([
      'O100 payment-missing-there: none, remains',
      'O200 payment-missing-there: fact, remains',
      'O300 payment-missing-here: fact',
      'O400 payment-missing-here: notice, remains',
      'O500 payment-differs: fact, remains',
      'O600 payment-differs: fact, remains',
      'O700 payment-missing-here: fact',
      'O900 refund-missing-there: none, remains',
      'O1800 refund-missing-here: fact',
      'O2700 refund-differs: fact, remains',
    ]);
    expect(sorted(second)).toEqual([
      'O100 payment-missing-there: none, remains',
      'O200 payment-missing-there: before, remains',
      'O400 payment-missing-here: before, remains',
      'O500 payment-differs: before, remains',
      'O600 payment-differs: before, remains',
      'O900 refund-missing-there: none, remains',
      'O2700 refund-differs: before, remains',
    ]);
    expect(await eventIds(store)).toEqual(kept);
    const codesOf = async (no: number) =>
      (await orders.get(`O${no}`))?.anomalies.map(({ code }) => code);
    expect(await codesOf(200)).toEqual(['contradicted']);
    expect(await codesOf(500)).toEqual(['amount-mismatch', 'contradicted']);
    expect(await codesOf(700)).toEqual(['paid-after-cancel']);
    expect(await codesOf(2_700)).toEqual(['contradicted']);
  });

  test('that is not answered is named, and nothing is missed for it', async () => {
    const { sandbox, orders, reconcile } = await sides();
    await createHere(orders, 9);
    createThere(sandbox, 9);
    sandbox.planBills(['http-500', 'ok', 'bad-row', 'truncated']);

    expect(await reconcile()).toMatchObject([{ kind: 'unread', type: 'payment', remains: true }]);
    expect(await reconcile()).toMatchObject([
      { kind: 'bad-row', remains: true },
      { kind: 'unread', type: 'refund' },
    ]);
    expect(await reconcile()).toEqual([]);
  });
});
