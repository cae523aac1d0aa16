/** Ten things of five kinds that an operator has to settle, and what the platform knows of them. */

import type { CancelGateway } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { platformNotices } from '../../src/platform-notices/index.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAppId } from '../../src/sandbox/index.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';

type Outcome = Awaited<ReturnType<CancelGateway['cancel']>>;

export const kinds = {
  'blocked key': ['K1', 'K2', 'K3'],
  doubt: ['D1', 'D2'],
  overdue: ['V1', 'V2'],
  'double payment': ['M1', 'M2'],
} as const;

/** The tenth thing to settle: nobody can read it. */
export const unreadableNotice = 'payment of M3 arrived, details follow';

const money = { amountMinor: 12_800, currency: 'CNY' };
const hourMs = 3_600_000;

/** Writes what happened in the night, when nobody was there to make what was due. */
export async function writeNight(store: string): Promise<void> {
  await hoursAgo(store, 9, { kind: 'blocked', rule: 'signature-refused' }, kinds['blocked key']);
  await hoursAgo(store, 8, { kind: 'outcome-unknown', rule: 'answer-timeout' }, kinds.doubt);
  await hoursAgo(store, 7, { kind: 'not-executed', rule: 'system-error' }, kinds.overdue);
  await using orders = await openPaymentOrders({ store, runtime: clockOf(6) });
  for (const orderNo of kinds['double payment']) {
    await create(orders, orderNo);
    for (const attempt of [1, 2]) {
      const transactionNo = `T-${orderNo}-${attempt}`;
      await orders.recordPaymentSucceeded(orderNo, { transactionNo, ...money });
    }
  }
  const inbox = orders.inbox({ translate: platformNotices() });
  await inbox.receive({ body: unreadableNotice, vouchedBy: 'platform network' });
}

/** One doubt is about an order that the platform closed, the other about one that was paid there. */
export function tellPlatform(sandbox: Sandbox): void {
  const [closed, paid] = kinds.doubt;
  sandbox.set(closed, { status: 'closed' });
  sandbox.pay(paid);
}

function clockOf(hours: number) {
  const clock = systemRuntime();
  return { ...clock, now: () => clock.now() - hours * hourMs };
}

async function create(orders: PaymentOrders, orderNo: string): Promise<void> {
  await orders.create({ orderNo, processBillNo: `F-${orderNo}`, ...money });
}

/** Orders whose cancel was answered like this, so many hours ago. */
async function hoursAgo(
  store: string,
  hours: number,
  outcome: Outcome,
  orderNos: readonly string[],
): Promise<void> {
  const gateway: CancelGateway = {
    identity: sandboxAppId,
    attemptMs: 15_000,
    cancel: () => Promise.resolve(outcome),
    query: () => Promise.resolve({ status: 'unknown', rule: 'answer-timeout' }),
    close: () => Promise.resolve(),
  };
  await using orders = await openPaymentOrders({ store, gateway, runtime: clockOf(hours) });
  for (const orderNo of orderNos) {
    await create(orders, orderNo);
    await orders.cancel(orderNo, { reason: '临时决定关单取消支付' });
  }
}
