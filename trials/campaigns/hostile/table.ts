import type { EventStore } from '../../../src/event-store/event-store.ts';
import { openPaymentOrders } from '../../../src/open.ts';
import type { PaymentOrders } from '../../../src/payment-orders.ts';
import type { Behaviour } from './behaviours.ts';
import { behaviours, confirms, refuses } from './behaviours.ts';
import { checkOrder, processBillNo, reason } from './checks.ts';
import type { Platform } from './platform.ts';
import { startPlatform } from './platform.ts';

/** No timer fires while a row is looked at. */
const patience = Array.from({ length: 20 }, () => 3_600_000);
export const patient = { notExecutedMs: patience, unknownMs: patience, jitter: 0 };

/** Where an order must be after its first attempt. */
export const stateAfter: Readonly<Record<Behaviour['kind'], string>> = {
  confirmed: 'cancelled',
  refused: 'paying',
  'not-executed': 'cancelling.backingOff',
  blocked: 'cancelling.needsReview',
  'outcome-unknown': 'cancelling.inDoubt',
};

export type Findings = { readonly faults: string[]; readonly seen: Map<string, number> };

export const see = ({ seen }: Findings, what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);

/** Long enough for a busy machine, and shorter than an answer of one byte per 50 ms. */
const rowMs = 6_000;
const rowsAtOnce = 16;

/** Every row, each by an order of its own and many at once, through the whole service. */
export async function tryTable(
  store: EventStore,
  name: string,
  findings: Findings,
): Promise<number> {
  const platform = await startPlatform({ attemptMs: rowMs });
  const orders = await openPaymentOrders({
    store,
    gateway: platform.gateway,
    attemptDeadlineMs: rowMs + 5_000,
    retryPolicy: patient,
  });
  const rows = behaviours.entries();
  const work = async () => {
    for (const [index, behaviour] of rows) {
      await liveRow(orders, platform, `${name}x${index}`, behaviour, findings);
      see(findings, behaviour.name);
    }
  };
  await Promise.all(Array.from({ length: rowsAtOnce }, work));
  findings.faults.push(...platform.strays.map((stray) => `I6 an unexpected request: ${stray}`));
  await orders.close();
  platform.server.close();
  return behaviours.length;
}

/** The row's answer; then, where the order is still open, a refusal, and then a confirmation. */
async function liveRow(
  orders: PaymentOrders,
  platform: Platform,
  orderNo: string,
  behaviour: Behaviour,
  findings: Findings,
): Promise<void> {
  platform.plan(orderNo, [behaviour, refuses, confirms]);
  await openOrder(orders, orderNo);
  const isDoubtful = behaviour.kind === 'outcome-unknown';
  await orders.cancel(orderNo, { reason });
  await expectState(orders, platform, orderNo, [stateAfter[behaviour.kind], 1], findings);
  if (behaviour.kind === 'confirmed' || behaviour.kind === 'refused') {
    // After a refusal a repeat is a new cancel; after a confirmation it makes no call.
    await orders.cancel(orderNo, { reason });
    const isRefused = behaviour.kind === 'refused';
    await expectState(
      orders,
      platform,
      orderNo,
      [stateAfter[behaviour.kind], isRefused ? 2 : 1],
      findings,
    );
    return;
  }
  await orders.retryCancel(orderNo);
  // Channels refuse to close twice: a refusal ends no doubt.
  const after = isDoubtful ? 'cancelling.inDoubt' : 'paying';
  await expectState(orders, platform, orderNo, [after, 2], findings);
  if (isDoubtful) await orders.retryCancel(orderNo);
  else await orders.cancel(orderNo, { reason });
  await expectState(orders, platform, orderNo, ['cancelled', 3], findings);
}

export async function openOrder(orders: PaymentOrders, orderNo: string): Promise<void> {
  await orders.create({ orderNo, processBillNo, amountMinor: 12_800, currency: 'CNY' });
  await orders.startPayment(orderNo);
}

export async function expectState(
  orders: PaymentOrders,
  platform: Platform,
  orderNo: string,
  [state, requests]: readonly [state: string, requests: number],
  findings: Findings,
): Promise<void> {
  const order = await orders.get(orderNo);
  const asked = platform.asked(orderNo);
  const name = asked[0]?.behaviour.name ?? 'nothing sent';
  if (order?.stateDetail !== state) {
    findings.faults.push(
      `I8 after '${name}' ${orderNo} is ${order?.stateDetail ?? ''}, not ${state}`,
    );
  }
  if (asked.length !== requests) {
    findings.faults.push(
      `I6 after '${name}' ${orderNo} sent ${asked.length} requests, not ${requests}`,
    );
  }
  const { faults } = await checkOrder(orders, platform, orderNo);
  findings.faults.push(...faults);
}
