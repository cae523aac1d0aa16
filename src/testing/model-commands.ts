import fc from 'fast-check';
import type { Arbitrary, AsyncCommand } from 'fast-check';
import type { Receipt } from '../order/types.ts';
import type { PaymentOrders } from '../payment-orders.ts';
import { modelOrder } from './model-world.ts';
import type { ModelWorld, Saying } from './model-world.ts';

export type ModelCommand = AsyncCommand<object, ModelWorld>;

const { orderNo, amountMinor, currency } = modelOrder;
const other = { amountMinor: 1, currency };
const by = 'operator-1';
const actor = { kind: 'customer', id: 'u-7' };
const commandIds = fc.constantFrom(undefined, undefined, 'c-1', 'c-2', 'c-3');

const says = (label: string, run: Saying['run']): Saying => ({ label, run, isPayment: false });

const command = (
  label: string,
  run: (orders: PaymentOrders, commandId: string | undefined) => Promise<Receipt>,
): Arbitrary<Saying> =>
  commandIds.map((id) => says(`${label}${id === undefined ? '' : ` ${id}`}`, (o) => run(o, id)));

const payment: Arbitrary<Saying> = fc
  .tuple(fc.constantFrom('T1', 'T2'), fc.constantFrom({ amountMinor, currency }, other))
  .map(([transactionNo, money]) => ({
    label: `paid ${transactionNo}${money === other ? ' (another amount)' : ''}`,
    run: (orders) => orders.recordPaymentSucceeded(orderNo, { transactionNo, ...money }),
    isPayment: true,
  }));

const sayings: Arbitrary<Saying> = fc.oneof(
  { weight: 4, arbitrary: command('start', (o, id) => o.startPayment(orderNo, { commandId: id })) },
  {
    weight: 24,
    arbitrary: command('cancel', (o, id) =>
      o.cancel(orderNo, { reason: 'changed my mind', commandId: id, actor, wait: false }),
    ),
  },
  {
    weight: 8,
    arbitrary: command('retry', (o, id) => o.retryCancel(orderNo, { commandId: id, wait: false })),
  },
  {
    weight: 1,
    arbitrary: fc.constant(says('abandon', (o) => o.abandonCancel(orderNo, { actor }))),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('open', 'failed', 'cancelled', 'paid')
      .map((resolution) =>
        says(`resolve ${resolution}`, (o) =>
          o.resolveCancel(orderNo, { resolution, evidence: 'bill', by }),
        ),
      ),
  },
  { weight: 1, arbitrary: payment },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('F1', 'F2')
      .map((factId) => says(`failed ${factId}`, (o) => o.recordPaymentFailed(orderNo, { factId }))),
  },
  {
    weight: 1,
    arbitrary: fc.constant(says('closed', (o) => o.recordClosedAtGateway(orderNo))),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(1, 2)
      .map((number) =>
        says(`acknowledge ${number}`, (o) => o.acknowledgeAnomaly(orderNo, { number, by })),
      ),
  },
);

const place = fc.constantFrom(0, 1);

/** A confirmation ends most lives, so it comes least. */
const outcome = fc.constantFrom(
  ...(['outcome-unknown', 'outcome-unknown', 'outcome-unknown', 'not-executed'] as const),
  ...(['not-executed', 'not-executed', 'refused', 'refused', 'blocked', 'confirmed'] as const),
);

/** Everything that may happen to an order, its processes and its gateway. */
export function modelCommands(
  after: (world: ModelWorld) => Promise<void>,
): Arbitrary<ModelCommand>[] {
  const does = (label: string, run: (world: ModelWorld) => Promise<void>): ModelCommand => ({
    check: () => true,
    run: async (_, world) => {
      await run(world);
      await after(world);
    },
    toString: () => label,
  });
  const said = fc
    .tuple(place, sayings)
    .map(([p, saying]) => does(`process ${p}: ${saying.label}`, (world) => world.say(p, saying)));
  const raced = fc.tuple(sayings, sayings).map(([one, rival]) =>
    does(`both at once: ${one.label} | ${rival.label}`, async (world) => {
      world.begin(0, one);
      await world.say(1, rival);
    }),
  );
  const waits = fc
    .constantFrom(500, 10_000, 40_000, 3_600_000)
    .map((ms) => does(`wait ${ms / 1_000} s`, (world) => world.runtime.advance(ms)));
  const crashes = place.map((p) => does(`process ${p} crashes`, (world) => world.start(p)));
  const scripts = fc
    .tuple(outcome, fc.constantFrom(0, 0, 2_000, 20_000, 45_000, 'never' as const))
    .map(([kind, afterMs]) =>
      does(`next answer: ${kind} after ${afterMs} ms`, (world) => {
        world.scripts.push({ outcome: { kind, rule: 'scripted' }, afterMs });
        return Promise.resolve();
      }),
    );
  const lostAck = fc.constant(
    does('the next acknowledgement is lost', (world) => {
      world.loseAck();
      return Promise.resolve();
    }),
  );
  // fc.commands draws each kind alike; a kind that is to come often stands there more often.
  return [said, said, said, raced, waits, waits, crashes, scripts, scripts, scripts, lostAck];
}
