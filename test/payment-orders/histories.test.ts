import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { OrderHistory, lawOf } from '../../src/history/order-history.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrder, Receipt } from '../../src/order/payment-order.ts';
import { viewOf } from '../../src/order/view.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { virtualHost } from '../host.ts';
import { expectTruthful, order, orderNo, reason, scriptedGateway, storedEvents } from './world.ts';

type Step =
  | { readonly wait: number }
  | { readonly label: string; readonly run: (orders: PaymentOrders) => Promise<Receipt> };

const by = { evidence: 'bill of the day', by: 'operator-1' };
const actor = { kind: 'customer', id: 'u-7' };
const amounts = [{}, { amountMinor: 12_800, currency: 'CNY' }, { amountMinor: 1, currency: 'CNY' }];

const says = (label: string, run: (orders: PaymentOrders) => Promise<Receipt>): Step => ({
  ...{ label, run },
});

const commandId = fc.constantFrom(undefined, undefined, 'c-1', 'c-2', 'c-3');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom({ wait: 500 }, { wait: 10_000 }, { wait: 3_600_000 }) },
  {
    weight: 2,
    arbitrary: commandId.map((id) =>
      says('start', (o) => o.startPayment(orderNo, { commandId: id })),
    ),
  },
  {
    weight: 8,
    arbitrary: commandId.map((id) =>
      says(`cancel ${id ?? ''}`, (o) => o.cancel(orderNo, { reason, commandId: id, actor })),
    ),
  },
  {
    weight: 2,
    arbitrary: commandId.map((id) =>
      says('retry', (o) => o.retryCancel(orderNo, { commandId: id })),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(says('abandon', (o) => o.abandonCancel(orderNo, { actor }))),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('cancelled', 'paid', 'failed', 'open')
      .map((resolution) =>
        says(`resolve ${resolution}`, (o) => o.resolveCancel(orderNo, { resolution, ...by })),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('T1', 'T2'), fc.constantFrom(...amounts))
      .map(([transactionNo, money]) =>
        says(`paid ${transactionNo}`, (o) =>
          o.recordPaymentSucceeded(orderNo, { transactionNo, ...money }),
        ),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('f-1', 'f-2')
      .map((factId) => says('failed', (o) => o.recordPaymentFailed(orderNo, { factId }))),
  },
  { weight: 1, arbitrary: fc.constant(says('closed', (o) => o.recordClosedAtGateway(orderNo))) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 3 })
      .map((number) =>
        says('acknowledge', (o) => o.acknowledgeAnomaly(orderNo, { number, by: 'operator-1' })),
      ),
  },
);

const outcome: fc.Arbitrary<CancelOutcome> = fc
  .constantFrom('confirmed', 'refused', 'not-executed', 'blocked', 'outcome-unknown')
  .map((kind) => ({ kind, rule: kind }));

describe('any history of one order', () => {
  test('keeps what was acknowledged, and is told the same by every prefix of its events', async () => {
    const states = new Set<string>();
    const property = fc.asyncProperty(
      ...[
        fc.array(step, { maxLength: 60, size: 'max' }),
        fc.array(outcome, { minLength: 1, maxLength: 40, size: 'max' }),
      ],
      async (steps, outcomes) => {
        const host = virtualHost();
        const store = openMemoryStore(host);
        const gateway = scriptedGateway(store, (call) =>
          Promise.resolve(outcomes[call % outcomes.length] ?? { kind: 'refused', rule: 'refused' }),
        );
        const errors: unknown[] = [];
        const orders = await openPaymentOrders({
          ...{ store, gateway, host, onError: (error: unknown) => errors.push(error) },
        });
        const told = new Map<number, PaymentOrder>();
        const tell = (shown: PaymentOrder | null) => {
          if (shown !== null) told.set(shown.revision, shown);
        };
        tell((await orders.create(order)).order);
        await orders.startRecovery();
        for (const taken of steps) {
          if ('wait' in taken) await host.advance(taken.wait);
          else {
            try {
              tell((await taken.run(orders)).order);
            } catch (error) {
              expect(error).toBeInstanceOf(PaymentOrderError);
              expect(error).toMatchObject({ code: 'command-id-reused' });
            }
          }
          tell(await orders.get(orderNo));
        }
        await orders.close();
        expect(errors).toEqual([]);
        expect(gateway.violations).toEqual([]);
        await expectTruthful(store, gateway.calls);

        const law = lawOf();
        let folded: OrderHistory | null = null;
        for (const stored of await storedEvents(store, orderNo)) {
          if (folded === null) folded = new OrderHistory(law, stored);
          else folded.apply(stored);
          const live = told.get(stored.revision);
          if (live !== undefined) expect(viewOf(folded), 'I1 I5').toEqual(live);
          told.delete(stored.revision);
          states.add(folded.fold.state);
        }
        expect([...told.keys()], 'I1: acknowledged, and not in the stream').toEqual([]);
      },
    );
    await fc.assert(property, { numRuns: 300 });
    expect(states.size, 'every state was seen').toBe(9);
  });
});
