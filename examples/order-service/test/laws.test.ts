import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openPaymentOrders } from 'payment-order-machine';
import type { CancelOutcome } from 'payment-order-machine';
import type { Reply } from './in-process.ts';
import { newTestService, provider } from './in-process.ts';

type OrderNo = 'O1' | 'O2';
type Step =
  | {
      readonly step: 'create' | 'start' | 'cancel';
      readonly orderNo: OrderNo;
      readonly key: string;
    }
  | { readonly step: 'notice'; readonly orderNo: OrderNo; readonly type: string }
  | { readonly step: 'restart' };

const orderNo = fc.constantFrom<OrderNo>('O1', 'O2');
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        step: fc.constantFrom('create', 'start', 'cancel'),
        orderNo,
        // Few keys, so that they are reused, for the same command and for another.
        key: fc.constantFrom('k1', 'k2', 'k3'),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        step: fc.constant('notice' as const),
        orderNo,
        type: fc.constantFrom('payment.succeeded', 'payment.failed', 'payment.closed'),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ step: 'restart' as const }) },
  ),
  { minLength: 1, maxLength: 14, size: 'max' },
);
const outcomes = fc.array(
  fc.constantFrom<CancelOutcome['kind']>('confirmed', 'refused', 'not-executed', 'outcome-unknown'),
  { minLength: 1, maxLength: 4 },
);

/** The cases met in all runs: a law that never met its case proves nothing. */
const seen = { keptFirst: 0, paidLate: 0, repeated: 0, rejected: 0 };

/**
 * The service's own law, over HTTP: money that the provider reported, and the service
 * acknowledged, shows in its order, whichever came first and whatever happened in between.
 */
async function keepsTheLaw(given: readonly Step[], kinds: readonly CancelOutcome['kind'][]) {
  const service = newTestService(...kinds);
  const paid = new Set<OrderNo>();
  const created = new Set<OrderNo>();
  const revisionOf = async (no: OrderNo) => {
    const { body: order } = await service.send('GET', `/orders/${no}`);
    if (created.has(no) && paid.has(no)) expect(order['state'], 'money shows').toBe('paid');
    return order['revision'];
  };
  const witnesses = new Map<OrderNo, Reply['body']>();
  try {
    for (const step of given) {
      if (step.step === 'restart') {
        await service.restart();
        continue;
      }
      const { orderNo: no } = step;
      const send = () => {
        if (step.step === 'notice') {
          const transaction = step.type === 'payment.succeeded' ? { transactionNo: 'T1' } : {};
          const body = { type: step.type, orderNo: no, noticeNo: step.type, ...transaction };
          return service.send('POST', '/webhooks/payments', { token: provider, body });
        }
        const body = step.step === 'create' ? { orderNo: no, processBillNo: 'F1' } : {};
        const path = step.step === 'create' ? '/orders' : `/orders/${no}/${step.step}`;
        return service.send('POST', path, { key: step.key, body });
      };
      const first = await send();
      expect(first.status, 'no request breaks the service').toBeLessThan(500);
      if (step.step === 'create' && first.status < 300) created.add(no);
      if (step.step === 'notice') {
        expect(first.status).toBe(200);
        if (step.type === 'payment.succeeded') paid.add(no);
        if (first.body['status'] === 'waiting') seen.keptFirst += 1;
        else if (paid.has(no) && step.type !== 'payment.succeeded') seen.paidLate += 1;
      }
      if (first.status === 409) seen.rejected += 1;
      if (first.body['hash'] !== undefined) witnesses.set(no, first.body);

      const before = await revisionOf(no);
      const repeat = await send();
      expect(repeat.body['kind'] ?? '', 'a repeat is never accepted').not.toBe('accepted');
      expect(await revisionOf(no), 'a repeat records nothing').toBe(before);
      seen.repeated += 1;
    }
    await service.restart();
    for (const no of created) await revisionOf(no);
    await using orders = await openPaymentOrders({ store: service.store, readOnly: true });
    for await (const { orderNo: no, status } of orders.inbox().list())
      if (status !== 'applied')
        expect(created, 'a notice waits only for its own order').not.toContain(no);
    for (const [no, body] of witnesses) {
      const { revision, hash } = body as { revision: number; hash: string };
      expect(await orders.verify(no, { revision, hash })).toMatchObject({ ok: true });
    }
  } finally {
    await service.remove();
  }
}

test('the service shows reported money and ignores repeats, in any order of requests', async () => {
  await fc.assert(fc.asyncProperty(steps, outcomes, keepsTheLaw), { numRuns: 40 });
  for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(5);
});
