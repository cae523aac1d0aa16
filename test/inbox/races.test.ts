import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { Inbox } from '../../src/inbox/inbox.ts';
import { verifyNotices } from '../../src/inbox/verify.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { sha256 } from '../../src/text.ts';
import { scheduled } from '../event-store/scheduled.ts';
import { openInbox, order, payment, vouchedBy } from './world.ts';

const noticeId = sha256(payment);
const operator = { by: 'li' } as const;

type Service = { readonly orders: PaymentOrders; readonly inbox: Inbox };
type Act = (service: Service) => Promise<unknown>;

const acts: Readonly<Record<string, Act>> = {
  create: ({ orders }) => orders.create(order),
  'receive vouched': ({ inbox }) => inbox.receive({ body: payment, vouchedBy }),
  'receive signed': ({ inbox }) => inbox.receive({ body: payment, signature: 'genuine' }),
  'receive unvouched': ({ inbox }) => inbox.receive({ body: payment }),
  'receive forged': ({ inbox }) => inbox.receive({ body: payment, signature: 'x', vouchedBy }),
  retry: ({ inbox }) => inbox.retry(noticeId, operator).catch(nothingThere),
  vouch: ({ inbox }) =>
    inbox.retry(noticeId, { ...operator, vouchedBy: 'bill' }).catch(nothingThere),
  discard: ({ inbox }) =>
    inbox.discard(noticeId, { ...operator, reason: 'noise' }).catch(nothingThere),
  recover: ({ orders }) => orders.recoverOnce({ only: 'notices' }),
};

function nothingThere(error: unknown): void {
  expect(error).toMatchObject({ code: 'notice-not-found' });
}

const act = fc.constantFrom(...Object.keys(acts));

test('two services apply a notice once, and lose none, in any order of events', async () => {
  const seen = new Set<string>();
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.array(fc.tuple(fc.boolean(), act), { minLength: 2, maxLength: 8 }),
    async (scheduler, plan) => {
      const runtime = simulatedRuntime();
      const memory = openMemoryStore(runtime);
      const ways = { store: () => scheduled(memory, scheduler) };
      const services = [
        await openInbox(memory, runtime, ways),
        await openInbox(memory, runtime, ways),
      ] as const;
      const progress = { isDone: false };
      const done = Promise.all(
        plan.map(async ([isOther, name]) => acts[name]?.(services[isOther ? 1 : 0])),
      ).finally(() => {
        progress.isDone = true;
      });
      while (!progress.isDone) {
        await scheduler.waitIdle();
        // A wait after a conflict.
        await runtime.advance(1_000);
      }
      await done;

      const names = plan.map(([, name]) => name);
      const afterwards = await openInbox(memory, runtime);
      await afterwards.orders.create(order);
      await afterwards.orders.recoverOnce({ only: 'notices' });
      const notice = await afterwards.inbox.get(noticeId);
      const { payments } = (await afterwards.orders.get(order.orderNo)) ?? { payments: [] };
      const isReceived = names.some((name) => name.startsWith('receive'));
      const isVouched = names.some(
        (name) => name === 'receive vouched' || name === 'receive signed',
      );
      expect(notice === null).toBe(!isReceived);
      // Applied is what is in the order, and nothing else is.
      expect(payments).toHaveLength(notice?.status === 'applied' ? 1 : 0);
      if (isVouched && !names.includes('discard')) expect(notice?.status).toBe('applied');
      if (!isVouched && !names.includes('vouch')) expect(payments).toEqual([]);
      expect(notice?.status).not.toBe('waiting');
      expect(services.flatMap(({ errors }) => errors)).toEqual([]);
      const checked = await Array.fromAsync(verifyNotices(() => ({ store: memory })));
      expect(checked.flatMap(({ faults }) => faults)).toEqual([]);
      seen.add(notice?.status ?? 'none');
    },
  );
  await fc.assert(property, { numRuns: 400 });
  expect([...seen].toSorted()).toEqual(['applied', 'discarded', 'held', 'none']);
});
