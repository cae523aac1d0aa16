import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import type { CancelOutcome, QueryAnswer } from '../../src/gateway/cancel-gateway.ts';
import { streamOf } from '../../src/history/event.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { AskReceipt, Receipt } from '../../src/order/types.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import type { Runtime } from '../../src/runtime.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { scratchForEach } from '../event-store/scratch-for-each.ts';
import { withWays } from '../event-store/with-ways.ts';
import { answered, order, orderNo, reason, scriptedGateway, turnOfTheLoop } from './world.ts';

type Act = readonly [label: string, run: (orders: PaymentOrders) => Promise<Receipt | AskReceipt>];

const money = { amountMinor: 12_800, currency: 'CNY' };
const evidence = { evidence: 'bill of the day', by: 'operator-1' };
const acts: readonly Act[] = [
  ['create', (orders) => orders.create(order)],
  ['create otherwise', (orders) => orders.create({ ...order, processBillNo: 'F2' })],
  ['start', (orders) => orders.startPayment(orderNo)],
  ['start s-1', (orders) => orders.startPayment(orderNo, { commandId: 's-1' })],
  ['cancel', (orders) => orders.cancel(orderNo, { reason })],
  ['cancel c-1', (orders) => orders.cancel(orderNo, { reason, commandId: 'c-1' })],
  ['cancel s-1', (orders) => orders.cancel(orderNo, { reason, commandId: 's-1' })],
  ['cancel as of 1', (orders) => orders.cancel(orderNo, { reason, ifRevision: 1 })],
  ['start as of 0', (orders) => orders.startPayment(orderNo, { ifRevision: 0 })],
  ['retry', (orders) => orders.retryCancel(orderNo)],
  ['abandon', (orders) => orders.abandonCancel(orderNo)],
  ['resolve', (orders) => orders.resolveCancel(orderNo, { resolution: 'open', ...evidence })],
  ['retract', (orders) => orders.retractFact(orderNo, { revision: 2, ...evidence })],
  ['ask', (orders) => orders.ask(orderNo)],
  ['paid', (orders) => orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1', ...money })],
  ['failed', (orders) => orders.recordPaymentFailed(orderNo, { factId: 'f-1' })],
  ['closed', (orders) => orders.recordClosedAtGateway(orderNo)],
];
const act = fc.constantFrom(...acts).map(([label, run]) => ({
  ...{ label, run },
  [fc.toStringMethod]: () => label,
}));
/** Who acts, and what a rival does at the moment of that one's first append. */
const step = fc.record({ by: fc.nat(1), act, rival: fc.option(act), waitMs: fc.nat(60_000) });
const kinds = fc.array(
  fc.constantFrom<CancelOutcome['kind'][]>(
    ...(['confirmed', 'refused', 'not-executed', 'blocked', 'outcome-unknown'] as const),
  ),
  { minLength: 8, maxLength: 8 },
);
const statuses = fc.array(
  fc.constantFrom<QueryAnswer['status'][]>('pending', 'unknown', 'failed', 'succeeded', 'canceled'),
  { minLength: 8, maxLength: 8 },
);

/** What a caller was answered, without what differs from run to run. */
async function answerOf(running: Promise<Receipt | AskReceipt>): Promise<unknown> {
  try {
    const receipt = await running;
    const answer = { ...receipt, position: null, hash: null, answer: null };
    return { ...answer, order: { ...receipt.order, hash: null } };
  } catch (error) {
    if (!(error instanceof PaymentOrderError)) throw error;
    return { code: error.code };
  }
}

async function historyOf(store: EventStore): Promise<unknown> {
  const events = await Array.fromAsync(store.read(streamOf(orderNo)));
  return events.map(({ type, data, metadata }) => [type, data, metadata['from'], metadata['to']]);
}

const settled = async () => {
  for (let turn = 0; turn < 30; turn += 1) await turnOfTheLoop();
};

type Open = (runtime: Runtime) => Promise<EventStore>;
type Script = {
  readonly kinds: readonly CancelOutcome['kind'][];
  readonly statuses: readonly QueryAnswer['status'][];
};

/** A store, and ways to open payment orders on it that answer and ask as scripted. */
async function scripted(open: Open, script: Script) {
  const runtime = simulatedRuntime();
  const store = await open(runtime);
  const gateway = scriptedGateway(
    store,
    (call) => Promise.resolve(answered(script.kinds[call % 8] ?? 'refused')),
    (question) => {
      const status = script.statuses[question % 8] ?? 'unknown';
      return Promise.resolve({ status, rule: 'scripted' });
    },
  );
  const retryPolicy = { notExecutedMs: [1_000, 30_000], unknownMs: [1_000, 30_000], jitter: 0 };
  const onError = () => undefined;
  const process = (seen = store) =>
    openPaymentOrders({ store: seen, gateway, runtime, retryPolicy, onError });
  return { runtime, store, process };
}

const stores: readonly (readonly [string, number, (path: () => string) => Open])[] = [
  ['memory', 200, () => (runtime) => Promise.resolve(openMemoryStore(runtime))],
  [
    'SQLite',
    15,
    (path) => {
      let files = 0;
      return (runtime) => openSqliteStore({ path: `${path()}.${(files += 1)}`, runtime });
    },
  ],
];

describe.each(stores)('two processes that keep folds, over %s', (_, numRuns, openerIn) => {
  let path = '';
  scratchForEach((given) => (path = given));

  test('answer and record what processes do that read everything each time', async () => {
    const open = openerIn(() => path);
    const seen = { conflicts: 0, answers: 0 };
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 16 }),
      fc.record({ kinds, statuses }),
      async (steps, script) => {
        const ours = await scripted(open, script);
        const strikes: (() => Promise<void>)[] = [];
        const struck = withWays(ours.store, {
          async append(stream, ...batch) {
            if (stream === streamOf(orderNo)) await strikes.pop()?.();
            const result = await ours.store.append(stream, ...batch);
            if (result.kind === 'conflict') seen.conflicts += 1;
            return result;
          },
        });
        const [first, second] = [await ours.process(struck), await ours.process(struck)];
        const theirs = await scripted(open, script);
        /** By a process of its own, which has kept nothing. */
        const read = async (each: (typeof acts)[number][1]) => {
          const fresh = await theirs.process();
          const answer = await answerOf(each(fresh));
          await settled();
          await fresh.close();
          return answer;
        };
        for (const { by, act, rival, waitMs } of steps) {
          const [one, other] = by === 0 ? [first, second] : [second, first];
          const rivals: unknown[] = [];
          // These speak of the moment they came: a rival who is first then makes a difference.
          if (rival !== null && !['ask', 'resolve'].includes(act.label)) {
            strikes.push(async () => {
              rivals.push(await answerOf(rival.run(other)));
              await settled();
            });
          }
          const answer = await answerOf(act.run(one));
          await settled();
          strikes.length = 0;
          for (const answer of rivals) expect(await read((rival ?? act).run)).toEqual(answer);
          expect(await read(act.run), act.label).toEqual(answer);
          await Promise.all([ours, theirs].map(({ runtime }) => runtime.advance(waitMs)));
          seen.answers += 1;
        }
        expect(await historyOf(ours.store)).toEqual(await historyOf(theirs.store));
        await Promise.all([first.close(), second.close()]);
        await Promise.all([ours.store.close(), theirs.store.close()]);
      },
    );
    await fc.assert(property, { numRuns });
    expect(seen.conflicts).toBeGreaterThan(numRuns / 2);
    expect(seen.answers).toBeGreaterThan(numRuns * 4);
  });
});
