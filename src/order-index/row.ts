/**
 * One row for each order: what a list shows, and what the next event needs. A row evolves by the
 * events alone, as they were recorded, so no stream is read again and no machine is asked. A row is
 * never a truth: the history is.
 */

import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { knownFrom } from '../../machines/payment-order.facts.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { received, refunded } from '../../machines/payment-order.money.ts';
import { compact } from '../compact.ts';
import { invalidInput } from '../errors.ts';
import { readableEvent } from '../history/codec.ts';
import { actorSchema, foundEvents, orderNoOf, streamPrefix, textIn } from '../history/event.ts';
import type { FoundEvent } from '../history/event.ts';
import { instantsAfter } from '../history/instants.ts';
import type { OrderInstants } from '../history/instants.ts';
import { knownWith } from '../history/recorded-steps.ts';
import { anomaliesOf } from '../order/attention.ts';
import { orderStates } from '../order/types.ts';
import type { OrderState } from '../order/types.ts';
import { instantOf, millisecondsOf } from '../runtime.ts';
import type { OrderRow, OrderSummary } from './types.ts';

/** What an event leaves of an order that nobody has to read again. */
type Folded = {
  readonly known: OrderFacts;
  readonly instants: OrderInstants;
  readonly stateDetail: string;
  readonly unreadable: OrderRow['unreadable'];
};

/**
 * The row of an order after its next event. Pure, and JSON on both sides, so a read model can keep
 * rows in its own database. An event that the row has seen already changes nothing. One that cannot
 * be read, or comes after a gap, is marked in `unreadable` and moves nothing.
 *
 * @param before - The row after the event before; null for the first event.
 * @param event - As `orders.events`, `orders.history` or `orders.recordedEvents` give it.
 * @throws {PaymentOrderError} `invalid-input` for an event of another stream, and for what is not a row
 * @example
 * let row: OrderRow | null = null;
 * for (const event of await orders.history('O1')) row = foldOrder(row, event);
 * console.log(row?.stateDetail, row?.received);
 */
export function foldOrder(before: OrderRow | null, event: FoundEvent): OrderRow {
  if (before !== null && !isRow(before)) throw invalidInput('before', 'must be a row, or null');
  const [found] = foundEvents([event]);
  const orderNo = found?.stream.startsWith(streamPrefix) === true ? orderNoOf(found.stream) : null;
  if (found === undefined || orderNo === null || (before ?? { orderNo }).orderNo !== orderNo) {
    throw invalidInput('event', 'must be the next event of the same payment order');
  }
  return before !== null && found.revision <= before.revision ? before : foldNext(before, found);
}

/** As much as a row that was kept elsewhere may lack: the rest was made by `foldOrder`. */
function isRow(given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return false;
  const row: Readonly<Record<string, unknown>> = { ...given };
  const isKnown = typeof row['known'] === 'object' && row['known'] !== null;
  return isKnown && typeof row['orderNo'] === 'string' && typeof row['revision'] === 'number';
}

/** As `foldOrder`, for an event of the row's stream. */
function foldNext(before: OrderRow | null, found: FoundEvent): OrderRow {
  const { revision, metadata } = found;
  const orderNo = orderNoOf(found.stream);
  const event = soundEvent(before, found);
  const { known, instants, stateDetail, unreadable } =
    event === null ? unmoved(before, found) : moved(before, found, event);
  const { processBillNo, amountMinor, currency, gateway } = known;
  const { anomaliesSince, createdAt, since, doubtSince, dueAt, lastRule } = instants;
  const actor = actorSchema.safeParse(metadata['actor']);
  return compact({
    ...{ orderNo, processBillNo, amountMinor, currency, gateway },
    ...{ state: topOf(stateDetail) ?? 'created', stateDetail, createdAt, since },
    ...{ doubtSince, dueAt, lastRule, anomalies: anomaliesOf(known, instants), unreadable },
    ...{ received: received(known), refunded: refunded(known), attempts: known.answers.length },
    ...{ transactionNos: numbersWith(before?.transactionNos, event, 'transactionNo') },
    ...{ refundNos: numbersWith(before?.refundNos, event, 'refundNo') },
    lastActor: actor.success ? actor.data : (before?.lastActor ?? null),
    ...{ revision, hash: textIn(metadata, 'hash') ?? '', anomaliesSince, known },
  });
}

/** The event; null where it cannot be read, or does not follow the one before. */
function soundEvent(before: OrderRow | null, found: FoundEvent): PaymentOrderEvent | null {
  const { revision, metadata, stream } = found;
  const event = readableEvent(found);
  const isFirst = event?.type === 'PaymentOrderCreated';
  if (event === null || isFirst !== (before === null)) return null;
  if (revision !== (before?.revision ?? -1) + 1) return null;
  if (isFirst && event.orderNo !== orderNoOf(stream)) return null;
  const isStated =
    Number.isFinite(millisecondsOf(textIn(metadata, 'recordedAt') ?? '')) &&
    topOf(textIn(metadata, 'to') ?? '') !== undefined;
  return isStated ? event : null;
}

function moved(before: OrderRow | null, found: FoundEvent, event: PaymentOrderEvent): Folded {
  const { revision, metadata } = found;
  const known = knownWith(before?.known ?? knownFrom(undefined), event, revision);
  const recordedAt = instantOf(millisecondsOf(textIn(metadata, 'recordedAt') ?? ''));
  const to = textIn(metadata, 'to') ?? '';
  const told = { recordedAt, from: before?.stateDetail ?? null, to, event, known };
  const instants = instantsAfter(before, told);
  return { known, instants, stateDetail: to, unreadable: before?.unreadable ?? null };
}

/** Where an event says nothing that can be trusted, the order stays where it was. */
function unmoved(before: OrderRow | null, { revision, metadata, stream }: FoundEvent): Folded {
  const recordedAt = instantOf(millisecondsOf(textIn(metadata, 'recordedAt') ?? ''));
  const known = {
    ...(before?.known ?? knownFrom({ orderNo: orderNoOf(stream), processBillNo: '' })),
    revision,
  };
  const stateDetail = before?.stateDetail ?? 'created';
  const told = { recordedAt, from: stateDetail, to: stateDetail, event: null, known };
  const instants = before ?? instantsAfter(null, told);
  return {
    known,
    instants,
    stateDetail,
    unreadable: before?.unreadable ?? { revision, since: recordedAt },
  };
}

function topOf(stateDetail: string): OrderState | undefined {
  const [top] = stateDetail.split('.');
  return orderStates.find((state) => state === top);
}

function numbersWith(
  before: readonly string[] = [],
  event: PaymentOrderEvent | null,
  field: 'transactionNo' | 'refundNo',
): readonly string[] {
  // Only some types have the field.
  const number: unknown = event === null ? undefined : Reflect.get(event, field);
  return typeof number !== 'string' || before.includes(number) ? before : [...before, number];
}

/** The row without what only the next event needs. */
export function summaryOf(row: OrderRow): OrderSummary {
  const shown = Object.entries(row).filter(
    ([name]) => name !== 'known' && name !== 'anomaliesSince',
  );
  // The same fields, but for these two.
  return Object.fromEntries(shown) as OrderSummary;
}

/** What an order is found by, in small letters: its numbers, and those of its payments and refunds. */
export function termsOf(row: OrderRow): ReadonlySet<string> {
  const { orderNo, processBillNo, transactionNos, refundNos } = row;
  return new Set(
    [orderNo, processBillNo, ...transactionNos, ...refundNos].map((term) => term.toLowerCase()),
  );
}
