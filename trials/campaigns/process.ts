import { flushCompileCache } from 'node:module';
import { openPaymentOrders } from '../../src/open.ts';
import { PaymentOrderError } from '../../src/errors.ts';
import { sandboxKeys } from '../../src/sandbox/index.ts';

/** What one process of the campaign is given. */
export type ProcessOptions = {
  readonly role: 'worker' | 'service';
  readonly store: string;
  readonly url: string;
  readonly appId: string;
  readonly keys: string;
  /** Unique among all processes: order numbers are made of it. */
  readonly run: string;
};

// It is killed at any time, and reports on stdout what was acknowledged.
const options = JSON.parse(process.argv[2] ?? '') as ProcessOptions;
const { role, store, url, appId, keys, run } = options;
const { privateKey } = sandboxKeys(keys);
const orders = await openPaymentOrders({
  store,
  gateway: {
    url,
    appId,
    privateKey,
    // No allowance: the campaign takes the timestamp for the time of sending.
    limits: { attemptMs: 1_000, connectMs: 500, clockAllowanceMs: 0 },
  },
  attemptDeadlineMs: 6_000,
  // No request of this campaign takes effect later.
  conclusiveAfterMs: 3_000,
  retryPolicy: { notExecutedMs: [100, 200, 400], unknownMs: [300, 600, 1_200, 2_400], jitter: 0.2 },
  onError: () => undefined,
});

async function reported(work: Promise<{ orderNo: string; revision: number; hash: string }>) {
  try {
    process.stdout.write(`${JSON.stringify(await work)}\n`);
  } catch (error) {
    // A transient error is not a failure here: only acknowledgements count.
    if (!(error instanceof PaymentOrderError)) throw error;
  }
}

async function liveOneOrder(number: number): Promise<void> {
  const orderNo = `K${run}x${number}`;
  const head = async (receipt: Promise<{ revision: number; hash: string }>) => {
    const { revision, hash } = await receipt;
    return { orderNo, revision, hash };
  };
  const money = { amountMinor: 12_800, currency: 'CNY' };
  await reported(head(orders.create({ orderNo, processBillNo: 'F1', ...money })));
  await reported(head(orders.startPayment(orderNo)));
  const cancelled = reported(head(orders.cancel(orderNo, { reason: '临时决定关单取消支付' })));
  if (number % 3 === 0) {
    const fact = { transactionNo: `T${number}`, ...money };
    await reported(head(orders.recordPaymentSucceeded(orderNo, fact)));
  }
  await cancelled;
}

if (role === 'worker') await orders.startRecovery();
flushCompileCache();
process.stdout.write('up\n');
if (role === 'service') {
  for (let number = 0; ; number += 4) {
    await Promise.all([0, 1, 2, 3].map((offset) => liveOneOrder(number + offset)));
  }
}
