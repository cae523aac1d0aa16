import { PaymentOrderError } from '../errors.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { hasRole } from '../../machines/payment-order.events.ts';
import { retractedIn } from '../../machines/payment-order.remembered.ts';
import type { Remembered } from '../../machines/payment-order.remembered.ts';
import { millisecondsOf } from '../runtime.ts';
import { decodeEvent } from './codec.ts';
import type { HistoryEvent } from './event.ts';
import { streamOf } from './event.ts';
import type { OrderHistory } from './load.ts';
import { evolve } from './load.ts';
import type { CompiledMachine } from './machine.ts';
import type { Moment } from './results.ts';

export type OrderThen = {
  readonly order: OrderHistory;
  /** For `occurredAt`: the facts that were not recorded yet, in the order they were recorded later. */
  readonly learnedLater: readonly HistoryEvent[];
};

/**
 * The order as it stood at a moment; null where it was not created yet.
 *
 * @throws {PaymentOrderError} `invalid-input` for a revision after the history's end, and the errors
 * of loading
 */
export async function orderAsOf(
  store: EventStore,
  compiled: CompiledMachine,
  orderNo: string,
  moment: Moment,
): Promise<OrderThen | null> {
  const stream = streamOf(orderNo);
  const last = await lastRevision(store, stream, moment);
  if (last < 0) return null;
  let order: OrderHistory | null = null;
  const learnedLater: HistoryEvent[] = [];
  const retractions: Remembered[] = [];
  for await (const recorded of store.read(stream)) {
    if (recorded.revision > last && !('occurredAt' in moment)) break;
    const stored = decodeEvent(recorded);
    if (stored.event.type === 'FactRetracted') {
      const { type, revision: retracts } = stored.event;
      retractions.push({ type, retracts, revision: stored.revision });
    }
    if (order === null || stored.revision <= last) order = evolve(compiled, order, stored);
    else if (hadOccurred(stored, moment)) learnedLater.push(stored);
  }
  if (order === null) return null;
  // What an operator took back later had not happened.
  const retracted = retractedIn(retractions);
  const facts = learnedLater.filter(({ revision }) => !retracted.has(revision));
  const told = facts.reduce((then, fact) => then.asIfRecorded(fact), order);
  return { order: told, learnedLater: facts };
}

async function lastRevision(store: EventStore, stream: string, moment: Moment): Promise<number> {
  if ('revision' in moment) {
    const head = (await store.readLast(stream))?.revision ?? -1;
    if (moment.revision <= head || head < 0) return Math.min(moment.revision, head);
    const problem = `is ${moment.revision}, but the history ends at revision ${head}`;
    const details = { field: 'revision', problem, stream };
    throw new PaymentOrderError('invalid-input', `revision: ${problem}`, details);
  }
  const untilMs = millisecondsOf('recordedAt' in moment ? moment.recordedAt : moment.occurredAt);
  let last = -1;
  for await (const { revision, metadata } of store.read(stream)) {
    const { recordedAt } = metadata;
    if (typeof recordedAt === 'string' && millisecondsOf(recordedAt) <= untilMs) last = revision;
  }
  return last;
}

function hadOccurred({ type, metadata }: HistoryEvent, moment: Moment): boolean {
  if (!('occurredAt' in moment) || metadata.occurredAt === undefined) return false;
  return (
    hasRole(type, 'fact') &&
    millisecondsOf(metadata.occurredAt) <= millisecondsOf(moment.occurredAt)
  );
}
