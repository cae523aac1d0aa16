import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { PaymentOrderError } from '../../src/errors.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import { chainFaults, chainStart } from '../../src/history/chain.ts';
import { OrderHistory, compileMachine, streamOf } from '../../src/history/order-history.ts';
import type { StoredEvent } from '../../src/history/stored-event.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrder, Receipt } from '../../src/order/types.ts';
import { viewOf } from '../../src/order/view.ts';
import type { SimulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import type { HistoryAnswer, HistoryStep } from './history-steps.ts';
import { historyAnswers, historySteps } from './history-steps.ts';
import type { Call } from '../../test/payment-orders/world.ts';
import { order, orderNo, scriptedGateway } from '../../test/payment-orders/world.ts';

/** Counts what the histories came across, by name. */
export type Sights = Map<string, number>;

const compiled = compileMachine();

/** Short, so that attempts are spent within sixty steps. */
const retryPolicy = {
  ...{ notExecutedMs: [400, 1_000, 4_000], unknownMs: [1_000, 4_000, 30_000], jitter: 0.2 },
};

/**
 * Whatever is done to an order: what was acknowledged is in its stream, every prefix of its events
 * tells what was told live, and what is recorded of calls is true.
 */
export const historyProperty = (sights: Sights) =>
  fc.asyncProperty(historySteps, historyAnswers, async (steps, answers) => {
    await liveThrough(steps, answers, sights);
  });

async function liveThrough(
  steps: readonly HistoryStep[],
  answers: readonly HistoryAnswer[],
  sights: Sights,
): Promise<void> {
  const runtime = simulatedRuntime();
  const store = openMemoryStore(runtime);
  const gateway = scriptedGateway(store, (call) => answerOf(answers, call, runtime));
  const errors: unknown[] = [];
  const orders = await openPaymentOrders({
    ...{ store, gateway, runtime, retryPolicy, onError: (error: unknown) => errors.push(error) },
  });
  const told = new Map<number, PaymentOrder>();
  const tell = (shown: PaymentOrder | null) => {
    if (shown !== null) told.set(shown.revision, shown);
  };
  tell((await orders.create(order)).order);
  await orders.startRecovery();
  for (const taken of steps) {
    if ('wait' in taken) await runtime.advance(taken.wait);
    else {
      const receipt = await takenBy(inTime(taken.run(orders), runtime), sights);
      if (receipt !== null) tell(receipt.order);
    }
  }
  tell(await orders.get(orderNo));
  await inTime(orders.close(), runtime);
  demand(errors.length === 0, 'error', () => String(errors[0]));
  demand(gateway.violations.length === 0, 'I4', () => gateway.violations.join());
  await checkHistory(store, told, gateway.calls, sights);
}

/** Lets time pass only while nothing else can happen: calls that are out, waits between rivals. */
async function inTime<T>(running: Promise<T>, runtime: SimulatedRuntime): Promise<T> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  running.then(over, over);
  const isRunning = () => !isOver;
  for (let turn = 0; isRunning(); turn += 1) {
    if (turn < turnsBeforeTime) await new Promise((resolve) => setImmediate(resolve));
    else await runtime.advance(1_000);
  }
  return running;
}

const turnsBeforeTime = 5;

function answerOf(answers: readonly HistoryAnswer[], call: number, runtime: SimulatedRuntime) {
  const { outcome, afterMs } = answers[call % answers.length] ?? noAnswer;
  if (afterMs === 0) return Promise.resolve(outcome);
  return new Promise<typeof outcome>((resolve) => {
    runtime.setTimer(afterMs, () => {
      resolve(outcome);
    });
  });
}

const noAnswer: HistoryAnswer = { outcome: { kind: 'refused', rule: 'refused' }, afterMs: 0 };

async function takenBy(running: Promise<Receipt>, sights: Sights): Promise<Receipt | null> {
  try {
    const receipt = await running;
    if (receipt.kind === 'rejected') see(sights, `rejected ${receipt.code}`);
    else see(sights, receipt.kind);
    return receipt;
  } catch (error) {
    if (!(error instanceof PaymentOrderError) || error.code !== 'command-id-reused') throw error;
    see(sights, 'command id reused');
    return null;
  }
}

/** One fold of the stream serves every invariant (RELIABILITY I1 to I7, I9 and I10). */
async function checkHistory(
  store: EventStore,
  told: ReadonlyMap<number, PaymentOrder>,
  calls: readonly Call[],
  sights: Sights,
): Promise<void> {
  let folded: OrderHistory | null = null;
  let prevHash = chainStart;
  let isPaid = false;
  let compared = 0;
  const ids = new Set<string>();
  const answered = new Set<number>();
  for await (const recorded of store.read(streamOf(orderNo))) {
    const stored: StoredEvent = decodeEvent(recorded);
    const { revision, type, event } = stored;
    const at = () => `revision ${revision}, ${type}`;
    demand(chainFaults(stored, prevHash).length === 0, 'I10', at);
    prevHash = stored.metadata.hash;
    demand(!ids.has(stored.id), 'I9', at);
    ids.add(stored.id);
    const wasInCall = folded?.fold.state === 'cancelling.requesting';
    if (folded === null) folded = new OrderHistory(compiled, stored);
    else folded.apply(stored);
    if (type === 'PaymentSucceeded' && !wasInCall) isPaid = true;
    demand(!isPaid || folded.fold.state === 'paid', 'I2', at);
    const live = told.get(revision);
    if (live !== undefined) {
      compared += 1;
      demand(isDeepStrictEqual(viewOf(folded), live), 'I5', at);
    }
    if ('attempt' in event) answered.add(event.attempt);
    see(sights, `state ${folded.fold.state}`);
    see(sights, `event ${type}`);
  }
  demand(compared === told.size, 'I1', () => 'acknowledged, and not in the stream');
  const known = folded?.known;
  for (const { code } of known?.anomalies ?? []) see(sights, `anomaly ${code}`);
  const inFlight = folded?.fold.state === 'cancelling.requesting' ? known?.answers.length : 0;
  for (const { request, inFlight: attempts } of calls) {
    for (const attempt of attempts) {
      demand(answered.has(attempt) || attempt === inFlight, 'I6', () => `attempt ${attempt}`);
    }
    demand(request.reason === calls[0]?.request.reason, 'I7', () => request.orderNo);
  }
}

function see(sights: Sights, name: string): void {
  sights.set(name, (sights.get(name) ?? 0) + 1);
}

function demand(holds: boolean, invariant: string, what: () => string): void {
  if (!holds) throw new Error(`${invariant}: ${what()}`);
}
