/** Random histories of several orders, in the order in which one store holds their events. */

import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { appendSettled } from '../../src/event-store/append-settled.ts';
import type { EventStore, PreparedEvent } from '../../src/event-store/event-store.ts';
import { streamOf } from '../../src/history/event.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { evolve, prepareEvent } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import type { Runtime } from '../../src/runtime.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import type { Chance } from '../packages/json.ts';
import { chanceOf } from '../packages/json.ts';
import { inBothFormats } from '../packages/scenes.ts';

/** An event and its stream; its revision is how many of the stream stand before it. */
export type LogEvent = PreparedEvent & { readonly stream: string };

/** All chance of a round: one seed repeats it. */
export type Luck = Chance & { readonly runtime: Runtime };

export function luckOf(seed: number): Luck {
  const runtime = simulatedRuntime({ seed });
  return { ...chanceOf(runtime), runtime };
}

const compiled = compileMachine();
const context = { source: 'trial', $correlationId: 'trial' };

const lives: readonly (readonly PaymentOrderEvent[])[] = [
  [
    { type: 'PaymentStarted' },
    { type: 'CancelRequested', reason: '临时决定关单取消支付' },
    { type: 'CancelOutcomeUnknown', attempt: 1, rule: 'answer-timeout', retryInMs: 5_000 },
    { type: 'CancelRetryDue' },
    { type: 'CancelRefused', attempt: 2, rule: 'refused', retryInMs: 15_000 },
    { type: 'CommandRejected', command: 'RequestCancel', code: 'already-cancelling' },
    { type: 'ClosedAtGateway', factId: 'bill-7' },
    { type: 'PaymentSucceeded', factId: 'T1', transactionNo: 'T1' },
    { type: 'AnomalyAcknowledged', number: 1, by: 'operator-1' },
  ],
  [
    { type: 'PaymentStarted' },
    { type: 'PaymentDeclined', factId: 'D1', code: 'balance', message: '余额不足' },
    { type: 'PaymentFailed', factId: 'F2' },
  ],
  [{ type: 'CancelRequested' }, { type: 'CancelConfirmed', attempt: 1, rule: 'confirmed' }],
];

/** The orders are mixed as they are in life; each keeps the order of its own events. */
export function randomLog(luck: Luck, orders: number, prefix = 'O'): readonly LogEvent[] {
  const waiting = Array.from({ length: orders }, (_, index) => [
    ...anOrder(luck, `${prefix}${index}`),
  ]);
  const log: LogEvent[] = [];
  while (waiting.length > 0) {
    const at = luck.below(waiting.length);
    const next = waiting[at]?.shift();
    if (next === undefined) waiting.splice(at, 1);
    else log.push(next);
  }
  return log;
}

/** In one format of hashes, or begun in format 1 and gone on with in format 2. */
export function anOrder(luck: Luck, orderNo: string): readonly LogEvent[] {
  const life = luck.pick(lives);
  const created: PaymentOrderEvent = {
    ...({ type: 'PaymentOrderCreated', orderNo, processBillNo: `F${luck.below(1_000)}` } as const),
    ...{ amountMinor: 100 + luck.below(100_000), currency: 'CNY' },
  };
  const stream = streamOf(orderNo);
  let order: OrderHistory | null = null;
  const written: LogEvent[] = [];
  for (const event of [created, ...life.slice(0, luck.below(life.length + 1))]) {
    const { prepared, stored } = prepareEvent(
      ...([compiled, order, stream, event, context, luck.runtime] as const),
    );
    order = evolve(compiled, order, stored);
    written.push({ ...prepared, stream });
  }
  const found = written.map((event, revision) => ({ ...event, revision }));
  const from = luck.pick([0, luck.below(written.length + 1), written.length]);
  return inBothFormats(found, from, (bytes) => luck.hex(bytes)).map(
    ({ stream, id, type, data, metadata }) => ({
      ...{ stream, id, type, data, metadata },
    }),
  );
}

/** Streams whose events are no leaves, and which stand between those that are. */
const otherStreams = ['paymentOrderNotice-1', 'paymentOrderRecovery', 'paymentOrders-1'];

/** Appends events to a store in their order, with some of other streams between them. */
export class Writer {
  readonly #store: EventStore;
  readonly #luck: Luck;
  readonly #heads = new Map<string, number>();

  constructor(store: EventStore, luck: Luck) {
    this.#store = store;
    this.#luck = luck;
  }

  async write(events: readonly LogEvent[]): Promise<void> {
    for (const { stream, ...event } of events) {
      if (this.#luck.below(8) === 0)
        await this.#append(this.#luck.pick(otherStreams), aNote(this.#luck));
      await this.#append(stream, event);
    }
  }

  async #append(stream: string, event: PreparedEvent): Promise<void> {
    const head = this.#heads.get(stream);
    const { runtime } = this.#luck;
    const expected = head ?? 'no-stream';
    const result = await appendSettled(this.#store, runtime, stream, [event], expected);
    if (result.kind !== 'appended') throw new Error(`another writer appends to ${stream}`);
    this.#heads.set(stream, result.revision);
  }
}

function aNote({ runtime }: Luck): PreparedEvent {
  // As long as a leaf, so that nothing but its stream tells that it is none.
  const metadata = { hash: runtime.randomHex(32) };
  return { id: runtime.newId(), type: 'Noted', data: {}, metadata };
}
