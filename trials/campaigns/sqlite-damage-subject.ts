import { copyFileSync, readFileSync } from 'node:fs';
import type { CancelGateway } from '../../src/gateway/cancel-gateway.ts';
import type { Witness } from '../../src/history/event.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';

/** Files of one small history, as they lay on the disk at three moments. */
export type Subject = {
  /** Closed: all in the file, no log. */
  readonly whole: Buffer;
  /** In use: what came last is in the log alone. */
  readonly file: Buffer;
  readonly log: Buffer;
  /** Closed, before the last third was written. */
  readonly old: Buffer;
  readonly orders: readonly KnownOrder[];
};

/** What a caller who kept receipts knows about an order. */
export type KnownOrder = {
  readonly orderNo: string;
  readonly witness: Witness;
  /** The whole history, as text. */
  readonly history: string;
};

const money = { amountMinor: 12_800, currency: 'CNY' };
const actor = { kind: 'customer', id: 'u-7' };

/** Made by the service, in virtual time: the same bytes for the same seed. */
export async function makeSubject(path: string, seed: number): Promise<Subject> {
  const runtime = simulatedRuntime({ seed });
  const open = () => openPaymentOrders({ store: `sqlite:${path}`, runtime, gateway: confirming });
  const numbers = ['D0', 'D1', 'D2', 'D3', 'D4', 'D5'];
  const first = await open();
  for (const orderNo of numbers.slice(0, 4)) {
    await first.create({ orderNo, processBillNo: `F-${orderNo}`, ...money });
    await first.startPayment(orderNo);
  }
  await first.cancel('D0', { reason: '临时决定关单取消支付', commandId: 'c-1', actor });
  await first.recordPaymentSucceeded('D1', { transactionNo: 'T1', ...money });
  await first.cancel('D1', { actor });
  await first.recordPaymentFailed('D2', { code: 'NOT_ENOUGH' });
  await first.close();
  const old = readFileSync(path);

  const second = await open();
  await second.recordPaymentSucceeded('D0', { transactionNo: 'T0', ...money });
  await second.acknowledgeAnomaly('D0', { number: 1, by: 'operator-1', actor });
  await second.recordPaymentSucceeded('D2', { transactionNo: 'T2', ...money });
  await second.cancel('D3', { reason: 'no longer wanted', actor });
  await second.create({ orderNo: 'D4', processBillNo: 'F-D4', ...money });
  await second.create({ orderNo: 'D5', processBillNo: 'F-D5', ...money });
  await second.recordClosedAtGateway('D5', {});
  copyFileSync(path, `${path}.live`);
  copyFileSync(`${path}-wal`, `${path}.live-wal`);
  const orders = await Promise.all(numbers.map((orderNo) => known(second, orderNo)));
  await second.close();
  const [file, log] = [readFileSync(`${path}.live`), readFileSync(`${path}.live-wal`)];
  return { whole: readFileSync(path), file, log, old, orders };
}

async function known(orders: PaymentOrders, orderNo: string): Promise<KnownOrder> {
  const { witness } = await orders.verify(orderNo);
  if (witness === null) throw new Error(`${orderNo} has no history`);
  return { orderNo, witness, history: await historyText(orders, orderNo) };
}

/** Without positions: what else was written, and when, is not the order's history. */
export async function historyText(orders: PaymentOrders, orderNo: string): Promise<string> {
  const events = await orders.history(orderNo);
  return JSON.stringify(
    events.map(({ stream, revision, id, type, data, metadata }) => {
      return { stream, revision, id, type, data, metadata };
    }),
  );
}

const confirming: CancelGateway = {
  identity: 'scripted',
  attemptMs: 15_000,
  cancel: () => Promise.resolve({ kind: 'confirmed', rule: 'scripted' }),
  close: () => Promise.resolve(),
};
