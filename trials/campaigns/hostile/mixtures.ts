import type { EventStore } from '../../../src/event-store/event-store.ts';
import { openPaymentOrders } from '../../../src/open.ts';
import type { PaymentOrders } from '../../../src/payment-orders.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import type { Behaviour } from './behaviours.ts';
import { behaviours, refuses } from './behaviours.ts';
import { checkOrder, reason } from './checks.ts';
import type { Platform } from './platform.ts';
import { startPlatform } from './platform.ts';
import type { Findings } from './table.ts';
import { openOrder, see } from './table.ts';

const connectionsMax = 24;
/** Long enough for a busy machine to answer in, short enough for many silences. */
const limits = { connectMs: 2_000, attemptMs: 2_000, connectionsMax };
/** Growing, so that a machine that is too slow for all these orders at once is relieved. */
const waits = Array.from({ length: 20 }, (_, index) => Math.min(30 * 2 ** index, 8_000));
const impatient = { notExecutedMs: waits, unknownMs: waits, jitter: 0.2 };
/** Far beyond what 5 attempts need; a wait that is longer is a broken I13. */
const settledWithinMs = 120_000;

/**
 * Many orders at once, each meeting a random run of behaviours, driven on by the recovery of two
 * services over one store; some are paid meanwhile. Then every order's life is checked.
 */
export async function tryMixtures(
  store: EventStore,
  given: { readonly name: string; readonly seed: number; readonly orders: number },
  findings: Findings,
): Promise<number> {
  const runtime = simulatedRuntime({ seed: given.seed });
  const random = () => runtime.random();
  const platform = await startPlatform(limits);
  const options = {
    store,
    gateway: platform.gateway,
    attemptDeadlineMs: 7_000,
    conclusiveAfterMs: 1_000,
    retryPolicy: impatient,
    onError: (error: unknown) => {
      findings.faults.push(`I17 ${error instanceof Error ? error.message : 'no error'}`);
    },
  };
  const services = [await openPaymentOrders(options), await openPaymentOrders(options)] as const;
  for (const service of services) await service.startRecovery();
  const lives = Array.from({ length: given.orders }, (_, index) => {
    const length = 1 + Math.floor(random() * 5);
    const plan = Array.from({ length }, () =>
      // A refusal matters most after a doubt.
      random() < 0.15 ? refuses : pick(behaviours, random()),
    );
    const orderNo = `${given.name}m${given.seed}x${index}`;
    platform.plan(orderNo, plan);
    const isPaid = random() < 0.15;
    return { orderNo, plan, isPaid, service: pick(services, random()) };
  });
  await Promise.all(
    lives.map(async ({ orderNo, isPaid, service }) => {
      await liveOne(service, orderNo, isPaid, findings);
    }),
  );
  for (const service of services) await service.close();
  await using reading = await openPaymentOrders({ store });
  for (const { orderNo, plan } of lives) await check(reading, platform, orderNo, plan, findings);
  findings.faults.push(...platform.strays.map((stray) => `I6 an unexpected request: ${stray}`));
  // Each of the two services has connections of its own.
  const { most } = platform.server.open();
  if (most > 2 * connectionsMax) findings.faults.push(`I15 ${most} connections at a time`);
  platform.server.close();
  return lives.reduce((sum, { orderNo }) => sum + platform.asked(orderNo).length, 0);
}

async function liveOne(
  service: PaymentOrders,
  orderNo: string,
  isPaid: boolean,
  findings: Findings,
): Promise<void> {
  await openOrder(service, orderNo);
  const cancelled = service.cancel(orderNo, { reason });
  if (isPaid) {
    const money = { amountMinor: 12_800, currency: 'CNY' };
    await service.recordPaymentSucceeded(orderNo, { transactionNo: `T${orderNo}`, ...money });
  }
  await cancelled;
  const endMs = performance.now() + settledWithinMs;
  for (;;) {
    const order = await service.get(orderNo);
    if (order?.stateDetail === 'cancelling.needsReview') await service.retryCancel(orderNo);
    else if (order?.state !== 'cancelling') break;
    else if (performance.now() > endMs) {
      findings.faults.push(`I13 ${orderNo} still waits in ${order.stateDetail}`);
      break;
    } else await sleep(250);
  }
  if (!isPaid) return;
  const order = await service.get(orderNo);
  if (order?.state !== 'paid')
    findings.faults.push(`I2 ${orderNo} was paid and is ${order?.state ?? ''}`);
}

async function check(
  orders: PaymentOrders,
  platform: Platform,
  orderNo: string,
  plan: readonly Behaviour[],
  findings: Findings,
): Promise<void> {
  const { faults, outcomes, doubts } = await checkOrder(orders, platform, orderNo);
  const planned = plan.map(({ name }) => name).join(', ');
  findings.faults.push(...faults.map((fault) => `${fault} after ${planned}`));
  const state = (await orders.get(orderNo))?.state ?? 'absent';
  see(findings, `ends ${state}`);
  if (state === 'cancelled' && doubts > 0) see(findings, 'confirmed after a doubt');
  const refusals = outcomes.filter(({ type }) => type === 'CancelRefused').length;
  if (doubts > 0 && refusals > 0) see(findings, 'refused in doubt');
}

function pick<T>(from: readonly T[], share: number): T {
  const found = from[Math.floor(share * from.length)];
  if (found === undefined) throw new RangeError('nothing to pick from');
  return found;
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
