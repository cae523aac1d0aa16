import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { PaymentOrderError } from '../../src/errors.ts';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { scheduled } from '../event-store/scheduled.ts';
import { withWays } from '../event-store/with-ways.ts';
import { answered, expectTruthful, order, orderNo, reason, scriptedGateway } from './world.ts';

type Act = { readonly label: string; readonly run: (orders: PaymentOrders) => Promise<unknown> };

const money = { amountMinor: 12_800, currency: 'CNY' };
const acts: readonly Act[] = [
  { label: 'start', run: (orders) => orders.startPayment(orderNo) },
  { label: 'cancel', run: (orders) => orders.cancel(orderNo, { reason }) },
  { label: 'cancel c-1', run: (orders) => orders.cancel(orderNo, { reason, commandId: 'c-1' }) },
  { label: 'retry', run: (orders) => orders.retryCancel(orderNo) },
  { label: 'abandon', run: (orders) => orders.abandonCancel(orderNo) },
  {
    label: 'paid T1',
    run: (orders) => orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1', ...money }),
  },
  {
    label: 'paid T2',
    run: (orders) => orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T2', ...money }),
  },
  { label: 'failed', run: (orders) => orders.recordPaymentFailed(orderNo) },
  { label: 'closed', run: (orders) => orders.recordClosedAtGateway(orderNo) },
  {
    label: 'resolve',
    run: (orders) => {
      const by = { evidence: 'bill', by: 'operator-1' };
      return orders.resolveCancel(orderNo, { resolution: 'open', ...by });
    },
  },
];
const act = fc.constantFrom(...acts).map((chosen) => ({
  ...chosen,
  [fc.toStringMethod]: () => chosen.label,
}));
const kind = fc.constantFrom<CancelOutcome['kind'][]>(
  ...(['confirmed', 'refused', 'not-executed', 'blocked', 'outcome-unknown'] as const),
);

describe('two services over one store', () => {
  test('keep the history valid and record every call, in any order of events', async () => {
    let conflicts = 0;
    const property = fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.tuple(fc.boolean(), act), { minLength: 2, maxLength: 12 }),
      fc.array(kind, { minLength: 12, maxLength: 12 }),
      async (scheduler, plan, kinds) => {
        const plain = openMemoryStore(simulatedRuntime());
        const counting = withWays(plain, {
          async append(...batch) {
            const result = await plain.append(...batch);
            if (result.kind === 'conflict') conflicts += 1;
            return result;
          },
        });
        const store = scheduled(counting, scheduler);
        const gateway = scriptedGateway(plain, async (call) => {
          await scheduler.schedule(Promise.resolve(), 'gateway');
          return answered(kinds[call % kinds.length] ?? 'refused');
        });
        // Timers are tasks too, so that waits between conflicts do not depend on real time.
        const host = {
          ...simulatedRuntime(),
          setTimer: (_delayMs: number, run: () => void) => {
            void scheduler.schedule(Promise.resolve(), 'timer').then(run);
            return () => undefined;
          },
        };
        await (await openPaymentOrders({ store: plain, gateway, runtime: host })).create(order);
        const services = [
          await openPaymentOrders({ store, gateway, runtime: host }),
          await openPaymentOrders({ store, gateway, runtime: host }),
        ] as const;
        const receipts = plan.map(([second, { run }]) => run(services[second ? 1 : 0]));
        const settled = Promise.allSettled(receipts);
        await scheduler.waitFor(settled);
        for (const result of await settled) {
          if (result.status === 'rejected') {
            expect(result.reason).toBeInstanceOf(PaymentOrderError);
            expect(result.reason).toMatchObject({ code: 'command-id-reused' });
          }
        }
        expect(gateway.violations).toEqual([]);
        await expectTruthful(plain, gateway.calls);
      },
    );
    await fc.assert(property, { numRuns: 300 });
    expect(conflicts).toBeGreaterThan(300);
  });

  test('make one call for two simultaneous cancels, and answer both truthfully', async () => {
    const property = fc.asyncProperty(fc.scheduler(), kind, async (scheduler, outcome) => {
      const plain = openMemoryStore(simulatedRuntime());
      const store = scheduled(plain, scheduler);
      const runtime = simulatedRuntime();
      const gateway = scriptedGateway(plain, async () => {
        await scheduler.schedule(Promise.resolve(), 'gateway');
        return answered(outcome);
      });
      await (await openPaymentOrders({ store: plain, gateway, runtime })).create(order);
      const one = await openPaymentOrders({ store, gateway, runtime });
      const other = await openPaymentOrders({ store, gateway, runtime });
      const both = Promise.all([
        ...[one, other].map((orders) => orders.cancel(orderNo, { reason, commandId: 'c-1' })),
      ]);
      await scheduler.waitFor(both);
      const kinds = (await both).map((receipt) => receipt.kind).toSorted();
      expect(kinds).toEqual(['accepted', 'duplicate']);
      expect(gateway.calls).toHaveLength(1);
    });
    await fc.assert(property, { numRuns: 200 });
  });
});
