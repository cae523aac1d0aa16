import fc from 'fast-check';
import type { Arbitrary, AsyncCommand } from 'fast-check';
import { hasRole, reportedStatuses } from '../../machines/payment-order.events.ts';
import type { EventData } from '../../machines/payment-order.events.ts';
import type { CancelOutcome } from '../gateway/cancel-gateway.ts';
import type { Receipt } from '../order/types.ts';
import type { PaymentOrders } from '../payment-orders.ts';
import { modelOrder } from './model-world.ts';
import type { CallerAction, ModelWorld } from './model-world.ts';
import { weighted } from './arbitraries.ts';

export type ModelCommand = AsyncCommand<object, ModelWorld>;

const { orderNo, amountMinor, currency } = modelOrder;
const by = 'operator-1';
const actor = { kind: 'customer', id: 'u-7' };
const paidAt = '2021-02-22T15:16:00.000+08:00';
const beforePaidAt = '2021-02-22T15:15:00.000+08:00';
const commandIds = fc.constantFrom(undefined, undefined, 'c-1', 'c-2', 'c-3');

const action = (label: string, run: CallerAction['run']): CallerAction => ({ label, run });

const command = (
  label: string,
  run: (orders: PaymentOrders, commandId: string | undefined) => Promise<Receipt>,
): Arbitrary<CallerAction> =>
  commandIds.map((commandId) => ({
    ...action(`${label}${commandId === undefined ? '' : ` ${commandId}`}`, (o) =>
      run(o, commandId),
    ),
    commandId,
  }));

const payment: Arbitrary<CallerAction> = fc
  .tuple(
    fc.constantFrom('T1', 'T1', 'T2', 'T2', undefined, orderNo),
    fc.constantFrom<readonly [string, object]>(
      ['', { amountMinor, currency }],
      [' (another amount)', { amountMinor: 1, currency }],
      [' (no amount)', {}],
    ),
  )
  .map(([transactionNo, [remark, money]]) =>
    action(`paid ${transactionNo ?? 'without a number'}${remark}`, (orders) =>
      orders.recordPaymentSucceeded(orderNo, { transactionNo, occurredAt: paidAt, ...money }),
    ),
  );

const refund: Arbitrary<CallerAction> = fc
  .tuple(fc.constantFrom('R1', 'R2'), fc.constantFrom(amountMinor, 1))
  .map(([refundNo, refunded]) =>
    action(`refunded ${refundNo} ${refunded}`, (orders) =>
      orders.recordPaymentRefunded(orderNo, { refundNo, amountMinor: refunded, currency }),
    ),
  );

const resolve = (resolution: EventData<'CancelResolved'>['resolution']) =>
  command(`resolve ${resolution}`, (o, commandId) =>
    o.resolveCancel(orderNo, { resolution, evidence: 'bill', by, commandId }),
  );
const fail = (occurredAt: string | undefined) =>
  action(`failed at ${occurredAt ?? 'some time'}`, (o) =>
    o.recordPaymentFailed(orderNo, { occurredAt }),
  );
const decline = (occurredAt: string) =>
  action(`declined at ${occurredAt}`, (o) => o.recordPaymentDeclined(orderNo, { occurredAt }));
/** What was recorded last, or so many before it; where there is nothing to take back, a start. */
const retract = (back: number) =>
  command(
    `retract ${back === 0 ? 'the last' : `${back} before the last`}`,
    async (o, commandId) => {
      const all = (await o.history(orderNo)).filter(({ type }) => isRetractable(type));
      const { revision } = all.at(-1 - (back % Math.max(1, all.length))) ?? { revision: 1 };
      const evidence = 'another order was meant';
      return o.retractFact(orderNo, { revision, evidence, by, commandId });
    },
  );

function isRetractable(type: string): boolean {
  return hasRole(type, 'fact') || type === 'CancelResolved' || type === 'FactRetracted';
}
const acknowledge = (number: number) =>
  command(`acknowledge ${number}`, (o, commandId) =>
    o.acknowledgeAnomaly(orderNo, { number, by, commandId }),
  );

const actions: Arbitrary<CallerAction> = weighted(
  [8, command('start', (o, id) => o.startPayment(orderNo, { commandId: id }))],
  [
    24,
    command('cancel', (o, id) =>
      o.cancel(orderNo, { reason: 'changed my mind', commandId: id, actor, wait: false }),
    ),
  ],
  [8, command('retry', (o, id) => o.retryCancel(orderNo, { commandId: id, wait: false }))],
  [3, command('abandon', (o, id) => o.abandonCancel(orderNo, { actor, commandId: id }))],
  [5, fc.constantFrom('open', 'failed', 'cancelled', 'paid').chain(resolve)],
  [
    1,
    fc
      .constantFrom(modelOrder, { ...modelOrder, processBillNo: 'F2' })
      .chain((order) =>
        command(`create for ${order.processBillNo}`, (o, id) =>
          o.create({ ...order, commandId: id }),
        ),
      ),
  ],
  [4, payment],
  [2, fc.constantFrom(undefined, beforePaidAt).map(fail)],
  [2, fc.constantFrom(beforePaidAt, paidAt).map(decline)],
  [3, refund],
  [6, fc.constantFrom(0, 0, 1, 2, 3).chain(retract)],
  [1, fc.constant(action('closed', (o) => o.recordClosedAtGateway(orderNo)))],
  [6, fc.integer({ min: 1, max: 2 }).chain(acknowledge)],
);

const place = fc.constantFrom(0, 1);

/** A confirmation ends most lives, so it comes least. */
const outcome = weighted<CancelOutcome['kind']>(
  [3, fc.constant('outcome-unknown')],
  [3, fc.constant('not-executed')],
  [2, fc.constant('refused')],
  [2, fc.constantFrom('blocked', 'confirmed')],
);

/** Two callers at once; now and then two operators who take back the same. */
const pairs = weighted(
  [9, fc.tuple(actions, actions)],
  [1, fc.constantFrom(0, 1).chain((back) => fc.tuple(retract(back), retract(back)))],
);

/** A question, or what the platform answers to the next one. */
const questions = fc.tuple(place, fc.constantFrom(undefined, ...reportedStatuses));

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
  const sends = fc
    .tuple(place, actions)
    .map(([p, sent]) => does(`process ${p}: ${sent.label}`, (world) => world.send(p, sent)));
  const races = pairs.map(([one, rival]) =>
    does(`both at once: ${one.label} | ${rival.label}`, async (world) => {
      world.begin(0, one);
      await world.send(1, rival);
    }),
  );
  const repeats = fc.tuple(place, fc.nat(100)).map(([p, which]) =>
    does(`process ${p}: an earlier command with its id (${which})`, async (world) => {
      const { sentWithId } = world;
      const again = sentWithId[which % Math.max(1, sentWithId.length)];
      if (again !== undefined) await world.send(p, again);
    }),
  );
  const waits = fc
    .constantFrom(500, 10_000, 40_000, 3_600_000)
    .map((ms) => does(`wait ${ms / 1_000} s`, (world) => world.runtime.advance(ms)));
  const crashes = place.map((p) => does(`process ${p} crashes`, (world) => world.startProcess(p)));
  const scripts = fc
    .tuple(outcome, fc.constantFrom(0, 0, 2_000, 20_000, 45_000, 'never' as const))
    .map(([kind, afterMs]) =>
      does(`next answer: ${kind} after ${afterMs} ms`, (world) => {
        world.scripts.push({ outcome: { kind, rule: 'scripted' }, afterMs });
        return Promise.resolve();
      }),
    );
  const lostAcks = fc.constant(
    does('the next acknowledgement is lost', (world) => {
      world.loseAck();
      return Promise.resolve();
    }),
  );
  // fc.commands draws each kind alike; a kind that is to come often stands there more often.
  return [
    sends,
    sends,
    sends,
    repeats,
    races,
    waits,
    waits,
    crashes,
    scripts,
    scripts,
    scripts,
    questions.map(([p, status]) =>
      status === undefined
        ? does(`process ${p} asks the platform`, (world) => world.ask(p))
        : does(`next status: ${status}`, (world) => world.saysNext(status)),
    ),
    lostAcks,
  ];
}
