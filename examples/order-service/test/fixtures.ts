import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestService } from './in-process.ts';
import { newTestService, provider } from './in-process.ts';

const command = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'main.ts');

/** Records orders of this service, one of each kind that production has. */
export async function recordFixtures(directory: string): Promise<void> {
  const service = newTestService(
    'confirmed',
    'outcome-unknown',
    'not-executed',
    'refused',
    'confirmed',
  );
  try {
    await createOrders(service);
    rmSync(directory, { recursive: true, force: true });
    const where = ['--fixtures', directory, '--store', service.store];
    execFileSync(process.execPath, [command, 'export', ...where, '--anonymise']);
  } finally {
    await service.remove();
  }
}

async function createOrders(service: TestService): Promise<void> {
  const create = (orderNo: string) =>
    service.send('POST', '/orders', {
      key: `create-${orderNo}`,
      body: { orderNo, processBillNo: `F-${orderNo}`, amountMinor: 12_800, currency: 'CNY' },
    });
  const send = (what: 'start' | 'cancel', orderNo: string) =>
    service.send('POST', `/orders/${orderNo}/${what}`, { key: `${what}-${orderNo}`, body: {} });
  const notice = (type: string, orderNo: string) => {
    const details: Readonly<Record<string, object>> = {
      'payment.succeeded': { transactionNo: `T-${orderNo}` },
      'payment.refunded': { refundNo: `R-${orderNo}`, amountMinor: 12_800, currency: 'CNY' },
    };
    const body = { type, orderNo, noticeNo: `${type}-${orderNo}`, ...details[type] };
    return service.send('POST', '/webhooks/payments', { token: provider, body });
  };

  await notice('payment.succeeded', 'Early');
  await create('Early');
  await send('cancel', 'Early');
  for (const orderNo of ['Cancelled', 'Doubtful', 'Waiting', 'Refused', 'Late']) {
    await create(orderNo);
    await send('start', orderNo);
    await send('cancel', orderNo);
  }
  await notice('payment.succeeded', 'Doubtful');
  await notice('payment.closed', 'Refused');
  await notice('payment.succeeded', 'Late');
  await create('Failed');
  await notice('payment.failed', 'Failed');
  await create('Returned');
  await notice('payment.declined', 'Returned');
  await notice('payment.succeeded', 'Returned');
  await notice('payment.refunded', 'Returned');
}
