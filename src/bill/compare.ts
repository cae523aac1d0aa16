/**
 * Compares a bill with what we know of the same orders.
 *
 * The bill comes first and in any order, so one small tally is kept for each order that it names,
 * and no row. Then our side passes by, and whatever agrees is forgotten.
 */

import { z } from 'zod';
import { minorUnits } from '../currency.ts';
import { invalidInput } from '../errors.ts';
import { badRow, billInstant } from '../gateway/bill-rows.ts';
import type { BadRow } from '../gateway/bill-rows.ts';
import type { BillRow } from '../gateway/cancel-gateway.ts';
import { parseInput } from '../parse.ts';
import { instantOf, millisecondsOf } from '../runtime.ts';
import type {
  BillDifference,
  BillMoney,
  CompareOptions,
  OrderOnOurSide,
  StandsThere,
} from './differences.ts';
import { daysOf, daysSchema } from './gateway.ts';
import { eitherSchema, itemSchema, orderSchema, problemOf } from './input.ts';
import type { Either } from './input.ts';
import type { BillDays, BillItem, UnreadBill } from './gateway.ts';

/** What a bill says of one payment or refund. */
type Tally = {
  money: readonly BillMoney[];
  line: number;
  occurredAt: string;
  unsettled: Exclude<StandsThere, 'absent'> | undefined;
};

type OrderTally = { payment: Tally | undefined; refunds: Map<string, Tally> | undefined };

/** Beyond this, fewer days are compared at a time. */
const ordersMax = 1_000_000;

/**
 * Compares a bill with our side and gives each difference. Splits are not compared.
 *
 * Payments are compared by order and currency: their sums must agree. Refunds are compared by their
 * numbers. It calls nobody and changes nothing.
 *
 * @param rows - Of `billFromGateway` or `billFromFile`; up to a million orders.
 * @param ours - Each order once, also those that are not paid.
 * @throws {PaymentOrderError} `invalid-input`, with the field.
 * @example
 * for await (const difference of compareBill(billFromFile('2021-02-02.csv'), ours)) {
 *   console.log(difference.kind);
 * }
 */
export async function* compareBill(
  rows: Either<BillItem>,
  ours: Either<OrderOnOurSide>,
  options: CompareOptions = {},
): AsyncGenerator<BillDifference> {
  const { days } = parseInput(optionsSchema, options);
  const tallies = new Map<string, OrderTally>();
  const expects = new Expectation(days);
  for await (const given of parseInput(eitherSchema, rows, 'rows')) {
    const item = parseInput(itemSchema, given, 'rows');
    if (item.kind === 'row') {
      const problem = counted(tallies, item.row, item.line);
      if (problem !== null) yield problem;
    } else {
      if (item.kind === 'unread') expects.nothingOf(item);
      yield item;
    }
  }
  for await (const given of parseInput(eitherSchema, ours, 'ours')) {
    const order = parseInput(orderSchema, given, 'ours');
    const tally = tallies.get(order.orderNo);
    tallies.delete(order.orderNo);
    yield* differencesOf(order, tally, expects);
  }
  for (const [orderNo, tally] of tallies) yield* unknownHere(orderNo, tally);
}

const optionsSchema = z.strictObject({ days: daysSchema.optional() });

/** Counts a row; a problem where its money or time is none. */
function counted(
  tallies: Map<string, OrderTally>,
  row: BillRow,
  line: number,
): BillDifference | null {
  const told = toldBy(row, line);
  return 'problem' in told ? told : count(tallies, row, told);
}

function toldBy(row: BillRow, line: number): Tally | BadRow {
  try {
    const currency = row.currency.toUpperCase();
    const money = { amountMinor: minorUnits(row.amount, currency), currency };
    return {
      money: row.status === 'succeeded' ? [money] : [],
      line,
      occurredAt: billInstant(row.bizTime),
      unsettled: row.status === 'succeeded' ? undefined : row.status,
    };
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) throw error;
    return badRow(line, problem);
  }
}

/** Counts what a row tells; a problem where it contradicts a row before it. */
function count(tallies: Map<string, OrderTally>, row: BillRow, told: Tally): BillDifference | null {
  if (row.type === 'split') return null;
  const order = tallies.get(row.orderNo) ?? { payment: undefined, refunds: undefined };
  if (tallies.size >= ordersMax && !tallies.has(row.orderNo)) {
    throw invalidInput(
      'rows',
      `must name at most ${ordersMax} orders; compare fewer days at a time`,
    );
  }
  tallies.set(row.orderNo, order);
  const isSettled = row.status === 'succeeded';
  if (row.type === 'payment') {
    const before = order.payment;
    if (before === undefined || (isSettled && before.money.length === 0)) order.payment = told;
    else for (const money of told.money) before.money = added(before.money, money);
    return null;
  }
  const refundNo = row.refundNo ?? '';
  const before = order.refunds?.get(refundNo);
  const isSame =
    before === undefined || before.money.length === 0 || agree(before.money, told.money);
  if (isSettled && !isSame) {
    return badRow(told.line, 'etc_refund_no: was given before with another amount');
  }
  if (before === undefined || (isSettled && before.money.length === 0)) {
    order.refunds = (order.refunds ?? new Map<string, Tally>()).set(refundNo, told);
  }
  return null;
}

function* differencesOf(
  { orderNo, payments, refunds }: OrderOnOurSide,
  tally: OrderTally | undefined,
  expects: Expectation,
): Generator<BillDifference> {
  const there = tally?.payment;
  const billed = there?.money ?? [];
  const expected = payments.filter(({ at }) => expects.has('payment', at));
  if (billed.length > 0 && there !== undefined) {
    if (payments.length === 0) {
      yield { kind: 'payment-missing-here', orderNo, ...toldOf(there, true) };
    } else if (![payments, expected].some((some) => agree(sumOf(some), billed))) {
      yield { kind: 'payment-differs', orderNo, here: sumOf(payments) ?? [], there: billed };
    }
  } else if (expected.length > 0) {
    const stands = there?.unsettled ?? 'absent';
    yield { kind: 'payment-missing-there', orderNo, here: sumOf(expected), there: stands };
  }
  const left = new Map(tally?.refunds);
  for (const { refundNo, money, at } of refunds) {
    const refund = left.get(refundNo);
    left.delete(refundNo);
    const known = { orderNo, refundNo, here: [money] };
    if (refund !== undefined && refund.money.length > 0) {
      if (agree(refund.money, [money])) continue;
      yield { kind: 'refund-differs', ...known, there: refund.money };
    } else if (expects.has('refund', at)) {
      yield { kind: 'refund-missing-there', ...known, there: refund?.unsettled ?? 'absent' };
    }
  }
  yield* refundsMissing(orderNo, left, true);
}

function* unknownHere(
  orderNo: string,
  { payment, refunds }: OrderTally,
): Generator<BillDifference> {
  if (payment !== undefined && payment.money.length > 0) {
    yield { kind: 'payment-missing-here', orderNo, ...toldOf(payment, false) };
  }
  yield* refundsMissing(orderNo, refunds ?? new Map<string, Tally>(), false);
}

function* refundsMissing(
  orderNo: string,
  refunds: ReadonlyMap<string, Tally>,
  isOrderKnown: boolean,
): Generator<BillDifference> {
  for (const [refundNo, refund] of refunds) {
    if (refund.money.length === 0) continue;
    yield { kind: 'refund-missing-here', orderNo, refundNo, ...toldOf(refund, isOrderKnown) };
  }
}

function toldOf({ money, line, occurredAt }: Tally, isOrderKnown: boolean) {
  return { money, line, occurredAt, isOrderKnown };
}

/** One sum for each currency; null where an amount is not known. */
function sumOf(payments: OrderOnOurSide['payments']): readonly BillMoney[] | null {
  let sums: readonly BillMoney[] = [];
  for (const { money } of payments) {
    if (money === null) return null;
    sums = added(sums, money);
  }
  return sums;
}

function added(sums: readonly BillMoney[], money: BillMoney): readonly BillMoney[] {
  const before = sums.find(({ currency }) => currency === money.currency);
  if (before === undefined) return [...sums, money];
  const amountMinor = before.amountMinor + money.amountMinor;
  return sums.map((sum) => (sum === before ? { ...sum, amountMinor } : sum));
}

/** What is not known contradicts nothing. */
function agree(here: readonly BillMoney[] | null, there: readonly BillMoney[]): boolean {
  if (here === null) return true;
  const isIn = (list: readonly BillMoney[]) => (money: BillMoney) =>
    list.some(
      ({ amountMinor, currency }) =>
        amountMinor === money.amountMinor && currency === money.currency,
    );
  return here.length === there.length && here.every(isIn(there));
}

/** What of our side a bill must name, by the days that it covers and that could be read. */
class Expectation {
  readonly #covered: readonly [from: string, before: string] | null;
  readonly #unread = new Map<string, (readonly [from: string, before: string])[]>();

  constructor(days: BillDays | undefined) {
    this.#covered = days === undefined ? null : periodOf(days);
  }

  nothingOf({ day, type }: UnreadBill): void {
    const period = periodOf({ from: day, to: day });
    this.#unread.set(type, [...(this.#unread.get(type) ?? []), period]);
  }

  has(type: 'payment' | 'refund', at: string): boolean {
    const isIn = ([from, before]: readonly [string, string]) => at >= from && at < before;
    if (this.#covered !== null && !isIn(this.#covered)) return false;
    return !(this.#unread.get(type) ?? []).some(isIn);
  }
}

/** From the beginning of the first day to the end of the last, as instants. */
function periodOf(days: BillDays): readonly [from: string, before: string] {
  daysOf(days);
  const endsMs = millisecondsOf(billInstant(`${days.to} 00:00:00`)) + 86_400_000;
  return [billInstant(`${days.from} 00:00:00`), instantOf(endsMs)];
}
