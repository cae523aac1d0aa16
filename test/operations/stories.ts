import { copyFileSync, renameSync } from 'node:fs';
import { openPaymentOrders } from '../../src/open.ts';
import type { CancelGateway } from '../../src/gateway/cancel-gateway.ts';
import { readPrivateKeyFile } from '../../src/gateway/private-key-file.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { platformNotices } from '../../src/platform-notices/index.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAppId, sandboxKeys, startSandbox } from '../../src/sandbox/index.ts';
import type { Terminal } from './terminal.ts';

/** What the platform knows of an order, by the sandbox's own door. */
export async function atPlatform(here: Terminal, orderNo: string, change: object): Promise<void> {
  const url = `${here.env['PAYMENT_ORDER_GATEWAY_URL'] ?? ''}/sandbox/orders/${orderNo}`;
  const { ok } = await fetch(url, { method: 'POST', body: JSON.stringify(change) });
  if (!ok) throw new Error(`the sandbox refused a change of ${orderNo}`);
}

type Outcome = Awaited<ReturnType<CancelGateway['cancel']>>;

/** What the service did so many hours ago, when the platform answered every cancel like this. */
export async function hoursAgo(
  here: Terminal,
  hours: number,
  outcome: Outcome,
  serve: (orders: PaymentOrders) => Promise<unknown>,
  { name, appId } = { name: 'default', appId: sandboxAppId },
): Promise<void> {
  const clock = systemRuntime();
  const gateway = {
    identity: appId,
    attemptMs: 15_000,
    cancel: () => Promise.resolve(outcome),
    query: () => Promise.resolve({ status: 'unknown', rule: 'answer-timeout' } as const),
    close: () => Promise.resolve(),
  };
  await using orders = await openPaymentOrders({
    store: `sqlite:${here.path('payment-orders.db')}`,
    gateways: { [name]: gateway },
    runtime: { ...clock, now: () => clock.now() - hours * 3_600_000 },
  });
  await serve(orders);
}

/** What the service does now, with the key that it has. */
export async function serve(
  here: Terminal,
  work: (orders: PaymentOrders) => Promise<unknown>,
): Promise<void> {
  const { env, path } = here;
  await using orders = await openPaymentOrders({
    store: `sqlite:${path('payment-orders.db')}`,
    gateway: {
      url: env['PAYMENT_ORDER_GATEWAY_URL'] ?? '',
      appId: env['PAYMENT_ORDER_GATEWAY_APP_ID'] ?? '',
      privateKey: readPrivateKeyFile(path('gateway-key.pem')),
    },
  });
  await work(orders);
}

export const lost: Outcome = { kind: 'outcome-unknown', rule: 'answer-timeout' };
export const badKey: Outcome = { kind: 'blocked', rule: 'signature-refused' };

export async function create(orders: PaymentOrders, ...orderNos: string[]): Promise<void> {
  for (const orderNo of orderNos) {
    await orders.create({
      ...{ orderNo, processBillNo: `F-${orderNo}`, amountMinor: 12_800, currency: 'CNY' },
    });
  }
}

export const cancelled =
  (...orderNos: string[]) =>
  async (orders: PaymentOrders): Promise<void> => {
    await create(orders, ...orderNos);
    for (const orderNo of orderNos)
      await orders.cancel(orderNo, { reason: '临时决定关单取消支付' });
  };

/** A morning: an order in doubt that nobody asked about, one that a key blocked, wrong money, a notice. */
export async function aMorning(here: Terminal): Promise<void> {
  await hoursAgo(here, 9, lost, cancelled('O1'));
  await hoursAgo(here, 9, badKey, cancelled('O2'));
  await hoursAgo(here, 1, lost, async (orders) => {
    await create(orders, 'O3');
    const transactionNo = '4200002345';
    const payment = { transactionNo, amountMinor: 12_700, currency: 'CNY' };
    await orders.recordPaymentSucceeded('O3', payment);
    await receive(orders, paidNotice('O9'), 'platform network');
  });
}

export const paidNotice = (orderNo: string): string =>
  JSON.stringify({
    ...{ api_callback_code: 'create_order', status: 'succeeded', etc_biz_no: orderNo },
    ...{ biz_amt: '128.00', time: '20210303155105238' },
  });

export const refundNotice = JSON.stringify({
  ...{ api_callback_code: 'launch_revert', status: 'succeeded' },
  etc_biz_no: 'RFD20210101302338656491258',
  ...{ biz_amt: '28.00', time: '20210304101500000' },
});

/** As the service keeps it. */
export async function receive(
  orders: PaymentOrders,
  body: string,
  vouchedBy?: string,
): Promise<void> {
  const inbox = orders.inbox({ translate: platformNotices() });
  await inbox.receive(vouchedBy === undefined ? { body } : { body, vouchedBy });
}

export const columns = 'etc_order_no,etc_refund_no,biz_type,biz_time,amount,currency,status';
export const billRow = (orderNo: string, amount: string): string =>
  [orderNo, '', '01', '2021-02-02 12:00:00', amount, 'cny', 'succeeded'].join(',');

/** The platform knows the key of this directory from now on. */
export async function platformHasKey(here: Terminal, directory: string): Promise<void> {
  await here.sandbox('--keys', directory);
}

/** This process has the key of that directory, in the file that its settings name. */
export function processHasKey(here: Terminal, directory: string): void {
  const { privateKeyFile } = sandboxKeys(here.path(directory));
  copyFileSync(privateKeyFile, here.path('new.pem.part'));
  renameSync(here.path('new.pem.part'), here.path('gateway-key.pem'));
  here.env['PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE'] = 'gateway-key.pem';
}

/** Platform and processes have the same key. */
export async function aWorkingKey(here: Terminal): Promise<void> {
  await platformHasKey(here, 'old');
  processHasKey(here, 'old');
}

/** The platform has taken a new key, whose private half lies ready. */
export async function aNewKeyAtThePlatform(here: Terminal): Promise<void> {
  await platformHasKey(here, 'new');
  const { privateKeyFile } = sandboxKeys(here.path('new'));
  copyFileSync(privateKeyFile, here.path('new-key.pem'));
}

const b = { name: 'merchant-b', appId: 'SANDBOXAPPID0002' };

/** Two merchants, each with an account at the platform. */
export async function twoMerchants(here: Terminal): Promise<void> {
  await here.sandbox('--keys', 'a');
  const keys = sandboxKeys(here.path('b'));
  const callerPublicKey = keys.publicKey;
  const ofB = await startSandbox({ runtime: systemRuntime(), appId: b.appId, callerPublicKey });
  here.atEnd(() => ofB.close());
  const settings = (url: string, appId: string, directory: string) => {
    return { url, appId, privateKeyFile: `${directory}/sandbox-private-key.pem` };
  };
  const a = settings(here.env['PAYMENT_ORDER_GATEWAY_URL'] ?? '', sandboxAppId, 'a');
  const all = { 'merchant-a': a, 'merchant-b': settings(ofB.url, b.appId, 'b') };
  here.write('gateways.json', JSON.stringify(all));
  for (const name of ['URL', 'APP_ID', 'PRIVATE_KEY_FILE']) {
    Reflect.deleteProperty(here.env, `PAYMENT_ORDER_GATEWAY_${name}`);
  }
  here.env['PAYMENT_ORDER_GATEWAYS'] = 'gateways.json';
}

/** An order of B is in doubt, and one records no gateway. */
export async function theirOrders(here: Terminal): Promise<void> {
  await hoursAgo(here, 9, lost, cancelled('B9'), b);
  await using old = await openPaymentOrders({ store: `sqlite:${here.path('payment-orders.db')}` });
  await create(old, 'OLD');
}
