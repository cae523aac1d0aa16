/**
 * What can be asked of stored histories. Nothing here calls the gateway, fires a timer or writes.
 */

import { orderNumber } from '../../machines/payment-order.events.ts';
import { PaymentOrderError } from '../errors.ts';
import type { RecordedEvent } from '../event-store/event-store.ts';
import { decodeEvent } from '../history/codec.ts';
import { orderNoOf, streamOf, streamPrefix, witnessSchema } from '../history/event.ts';
import type { HistoryEvent, Witness } from '../history/event.ts';
import { loadOrder } from '../history/load.ts';
import type { OrderHistory } from '../history/load.ts';
import { compileAnyMachine } from '../history/machine.ts';
import type { CompiledMachine } from '../history/machine.ts';
import { readPastDamage } from '../history/read-past-damage.ts';
import { recordedSteps } from '../history/recorded-steps.ts';
import type { RecordedStep } from '../history/recorded-steps.ts';
import type { Moment, Replay, Verification } from '../history/results.ts';
import { verifyOrder, verifyStream } from '../history/verify.ts';
import { parseInput } from '../parse.ts';
import { answerTo, commands } from './commands.ts';
import {
  parseCommandType,
  parseFilter,
  parseMoment,
  parseOrderNo,
  parseReplayOptions,
} from './input.ts';
import type { OrderDependencies } from './transact.ts';
import type { CommandType, PaymentOrder } from './types.ts';
import type { Explanation, OrderAsOf, OrderFilter, ReplayOptions } from './query-types.ts';
import { viewOf } from './view.ts';

type Source = Pick<OrderDependencies, 'store' | 'compiled'>;

/** Throws once the payment orders are closed. A listing asks before each order. */
type Open = () => Source;

export async function readOrder(source: Source, orderNo: string): Promise<PaymentOrder | null> {
  const order = await load(source, orderNo);
  return order === null ? null : viewOf(order);
}

export async function readOrderAsOf(
  { store, compiled }: Source,
  orderNo: string,
  moment: Moment,
): Promise<OrderAsOf | null> {
  const { orderAsOf } = await import('../history/as-of.ts');
  const then = await orderAsOf(store, compiled, parseOrderNo(orderNo), parseMoment(moment));
  if (then === null) return null;
  const { revision, metadata } = then.order.head;
  return {
    revision,
    recordedAt: metadata.recordedAt,
    order: viewOf(then.order),
    learnedLater: then.learnedLater,
  };
}

export async function explainCommand(
  source: Source,
  orderNo: string,
  given: CommandType,
): Promise<Explanation | null> {
  const command = parseCommandType(given);
  const history = await load(source, orderNo);
  if (history === null) return null;
  const order = viewOf(history);
  const isAllowed = order.allowed.includes(command);
  const code = isAllowed ? null : commands[command].rejected(history);
  const answer = code === null ? 'accepted' : answerTo(command, code).kind;
  return { command, isAllowed, answer, code, order };
}

export async function readHistory(source: Source, orderNo: string): Promise<HistoryEvent[]> {
  const events = source.store.read(streamOf(parseOrderNo(orderNo)));
  return Array.fromAsync(events, decodeEvent);
}

export async function readRecordedEvents(
  { store }: Source,
  orderNo: string,
): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  await readPastDamage(store, streamOf(parseOrderNo(orderNo)), {
    see: (event) => events.push(event),
    // `verify` reports it.
    unreadable: () => undefined,
  });
  return events;
}

export async function* readSteps(open: Open, orderNo: string): AsyncGenerator<RecordedStep> {
  yield* recordedSteps(open().store.read(streamOf(parseOrderNo(orderNo))));
}

export async function* listOrderNumbers(open: Open): AsyncGenerator<string> {
  for await (const stream of open().store.streams(streamPrefix)) yield orderNoOf(stream);
}

export async function* listOrders(open: Open, filter: OrderFilter): AsyncGenerator<PaymentOrder> {
  const { state, attention, onUnreadable } = parseFilter(filter);
  for await (const orderNo of listOrderNumbers(open)) {
    const { store, compiled } = open();
    const order = await loadOrder(store, compiled, orderNo).catch((error: unknown) => {
      if (onUnreadable === undefined) throw error;
      onUnreadable(orderNo, error);
      return null;
    });
    if (order === null) continue;
    const view = viewOf(order);
    const isListed =
      (state === undefined || view.state === state) &&
      (attention === undefined || (view.needsAttention !== null) === attention);
    if (isListed) yield view;
  }
}

export async function replayOrder(
  source: Source,
  orderNo: string,
  options: ReplayOptions,
): Promise<Replay> {
  const stream = streamOf(parseOrderNo(orderNo));
  const { replay } = await import('../history/compare.ts');
  return replay(machineOf(source, options), stream, source.store.read(stream));
}

export async function* replayOrders(open: Open, options: ReplayOptions): AsyncGenerator<Replay> {
  const compiled = machineOf(open(), options);
  const { replay } = await import('../history/compare.ts');
  for await (const stream of open().store.streams(streamPrefix)) {
    yield await replay(compiled, stream, open().store.read(stream));
  }
}

export async function verifyHistory(
  { store, compiled }: Source,
  orderNo: string,
  witness: Witness | undefined,
): Promise<Verification> {
  const kept = parseInput(witnessSchema.optional(), witness, 'witness');
  return verifyOrder(store, compiled, parseOrderNo(orderNo), kept);
}

export async function* verifyAllHistories(open: Open): AsyncGenerator<Verification> {
  for await (const stream of open().store.streams(streamPrefix)) {
    const verification = await verifyDamaged(open(), stream);
    if (orderNumber.safeParse(verification.orderNo).success) yield verification;
    else {
      const message = `stream ${stream}: no order can have this name; was the stream renamed?`;
      const fault = { stream, revision: null, code: 'invalid-name', message };
      yield { ...verification, ok: false, faults: [fault, ...verification.faults] };
    }
  }
}

/** The store may be damaged so badly that it cannot name the event, or read a stream of that name. */
async function verifyDamaged({ store, compiled }: Source, stream: string): Promise<Verification> {
  try {
    return await verifyStream(store, compiled, stream);
  } catch (error) {
    const isDamage =
      error instanceof PaymentOrderError &&
      (error.code === 'store-corrupt' ||
        (error.code === 'invalid-input' && error.field === 'stream'));
    if (!isDamage) throw error;
    const fault = { stream, revision: null, code: error.code, message: error.message };
    return { orderNo: orderNoOf(stream), ok: false, events: 0, witness: null, faults: [fault] };
  }
}

function load({ store, compiled }: Source, orderNo: string): Promise<OrderHistory | null> {
  return loadOrder(store, compiled, parseOrderNo(orderNo));
}

function machineOf({ compiled }: Source, options: ReplayOptions): CompiledMachine {
  const { machine } = parseReplayOptions(options);
  return machine === undefined ? compiled : compileAnyMachine(machine);
}
