import { beforeAll, describe, expect, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { attemptsAtOnceMax } from '../../src/recovery/due.ts';
import { heldMsMax } from '../../src/runtime.ts';
import { withWays } from '../event-store/with-ways.ts';
import { PiecesPerTurn, hurryingRuntime } from '../turns.ts';
import { fillWithLong, fillWithWaiting } from './waiting-orders.ts';
import { always, scriptedGateway } from './world.ts';

const waiting = 400;
const long = 'LONG';
const longEvents = 1_000;

/** Those that go on at once in a new turn each do a piece before they look at the clock. */
const piecesMax = 2 * heldMsMax + attemptsAtOnceMax;

const runtime = hurryingRuntime();
const memory = openMemoryStore(runtime);

beforeAll(async () => {
  await fillWithWaiting(runtime, [memory], waiting);
  await fillWithLong(runtime, [memory], long, longEvents);
});

/** Each event read is a piece of work. */
function openCounting(pieces: PiecesPerTurn): Promise<PaymentOrders> {
  const counted = async function* <Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
    for await (const item of items) {
      pieces.piece();
      yield item;
    }
  };
  const store = withWays(memory, {
    read: (...range) => counted(memory.read(...range)),
    readAll: (...range) => counted(memory.readAll(...range)),
    subscribe: (...range) => counted(memory.subscribe(...range)),
  });
  const gateway = scriptedGateway(memory, always('confirmed'));
  return openPaymentOrders({ store, gateway, runtime });
}

async function all(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) expect(item).toBeDefined();
}

const works: Readonly<Record<string, (orders: PaymentOrders) => Promise<unknown>>> = {
  'all orders are listed': (orders) => all(orders.list()),
  'all histories are verified': (orders) => all(orders.verifyAll()),
  'all histories are replayed': (orders) => all(orders.replayAll()),
  'what is due of all orders is looked for': (orders) => orders.recoverOnce(),
  'recovery starts': async (orders) => {
    await orders.startRecovery();
    // Until it has looked at each order, and follows the store.
    for (let turn = 0; turn < 1_000; turn += 1) await new Promise((turned) => setImmediate(turned));
  },
  'a long history is verified': (orders) => orders.verify(long),
  'a long history is folded': (orders) => orders.get(long),
  'a long history is replayed': (orders) => orders.replay(long),
  'the steps of a long history are read': (orders) => all(orders.recordedSteps(long)),
  'a long history is read': (orders) => orders.history(long),
  'a long history is read unparsed': (orders) => orders.recordedEvents(long),
  'the past of a long history is asked for': (orders) =>
    orders.getAsOf(long, { revision: longEvents - 1 }),
};

describe('the process has its turn', () => {
  test.each(Object.entries(works))('while %s', async (_, work) => {
    const pieces = new PiecesPerTurn();
    const orders = await openCounting(pieces);

    await pieces.during(() => work(orders));

    expect(pieces.all).toBeGreaterThanOrEqual(Math.min(waiting, longEvents));
    expect(pieces.most).toBeLessThanOrEqual(piecesMax);
    await orders.close();
  });
});
