import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Desk } from './in-process.ts';
import { newDesk, provider } from './in-process.ts';

const command = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'main.ts');

/** Orders as this service takes them, one of each kind that production has. */
export async function recordFixtures(directory: string): Promise<void> {
  const desk = newDesk('confirmed', 'outcome-unknown', 'not-executed', 'refused', 'confirmed');
  try {
    await takeOrders(desk);
    rmSync(directory, { recursive: true, force: true });
    const where = ['--fixtures', directory, '--store', desk.store];
    execFileSync(process.execPath, [command, 'export', ...where, '--anonymise']);
  } finally {
    await desk.remove();
  }
}

async function takeOrders(desk: Desk): Promise<void> {
  const create = (orderNo: string) =>
    desk.send('POST', '/orders', {
      key: `create-${orderNo}`,
      body: { orderNo, processBillNo: `F-${orderNo}`, amountMinor: 12_800, currency: 'CNY' },
    });
  const wish = (what: 'start' | 'cancel', orderNo: string) =>
    desk.send('POST', `/orders/${orderNo}/${what}`, { key: `${what}-${orderNo}`, body: {} });
  const notice = (type: string, orderNo: string) => {
    const transaction = type === 'payment.succeeded' ? { transactionNo: `T-${orderNo}` } : {};
    const body = { type, orderNo, noticeNo: `${type}-${orderNo}`, ...transaction };
    return desk.send('POST', '/webhooks/payments', { token: provider, body });
  };

  await notice('payment.succeeded', 'Early');
  await create('Early');
  await wish('cancel', 'Early');
  for (const orderNo of ['Cancelled', 'Doubtful', 'Waiting', 'Refused', 'Late']) {
    await create(orderNo);
    await wish('start', orderNo);
    await wish('cancel', orderNo);
  }
  await notice('payment.succeeded', 'Doubtful');
  await notice('payment.closed', 'Refused');
  await notice('payment.succeeded', 'Late');
  await create('Failed');
  await notice('payment.failed', 'Failed');
}
