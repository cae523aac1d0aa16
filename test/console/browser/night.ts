/** Ten things of five kinds that an operator finds in the morning, and a platform that works again. */

import { openConsole } from '../../../src/console/console.ts';
import type { KeptReceipt } from '../../../src/console/receipts.ts';
import { openMemoryStore } from '../../../src/event-store/memory.ts';
import type { CancelGateway, CancelOutcome } from '../../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../../src/open.ts';
import { platformNotices } from '../../../src/platform-notices/index.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import type { Language } from '../../../src/words/language.ts';

const money = { amountMinor: 12_800, currency: 'CNY' };
const atNight = Date.UTC(2026, 10, 30, 22);
const hourMs = 3_600_000;

const outcomes = {
  K: { kind: 'blocked', rule: 'signature-refused' },
  D: { kind: 'outcome-unknown', rule: 'answer-timeout' },
  V: { kind: 'not-executed', rule: 'system-error' },
} as const satisfies Readonly<Record<string, CancelOutcome>>;

/** Three orders with a blocked key, two in doubt, two overdue, two that were paid twice; a notice. */
export async function openNight(language: Language = 'en') {
  const runtime = simulatedRuntime({ nowMs: atNight });
  const store = openMemoryStore(runtime);
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  let isMended = false;
  const gateway: CancelGateway = {
    identity: 'app-1',
    attemptMs: 15_000,
    cancel: ({ orderNo }) => {
      const kind = orderNo.charAt(0) as keyof typeof outcomes;
      return Promise.resolve(isMended ? { kind: 'confirmed', rule: 'confirmed' } : outcomes[kind]);
    },
    query: () => Promise.resolve({ status: 'canceled', rule: 'canceled' }),
    close: () => Promise.resolve(),
  };
  const orders = await openPaymentOrders({ store, gateway, runtime, onError });
  for (const orderNo of ['K1', 'K2', 'K3', 'D1', 'D2', 'V1', 'V2']) {
    await orders.create({ orderNo, processBillNo: `F-${orderNo}`, ...money });
    await orders.cancel(orderNo, { reason: '临时决定关单取消支付' });
  }
  for (const orderNo of ['M1', 'M2']) {
    await orders.create({ orderNo, processBillNo: `F-${orderNo}`, ...money });
    for (const attempt of [1, 2]) {
      const transactionNo = `T-${orderNo}-${attempt}`;
      await orders.recordPaymentSucceeded(orderNo, { transactionNo, ...money });
    }
  }
  const inbox = orders.inbox({ translate: platformNotices() });
  const { noticeId } = await inbox.receive({ body: 'payment of M3, details follow' });
  isMended = true;
  runtime.setNow(atNight + 9 * hourMs);
  const kept: KeptReceipt[] = [];
  const running = await openConsole({
    ...{ orders, runtime, onError, port: 0, language, indexFile: null, store: 'memory:' },
    actor: { kind: 'operator', id: 'li.wei' },
    onKept: (receipt) => kept.push(receipt),
  });
  const close = async () => {
    await running.close();
    await orders.close();
  };
  return { orders, runtime, store, errors, kept, noticeId, url: running.url, close };
}
