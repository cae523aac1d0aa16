/** Finding orders in the index: which of them fit, in which order, a page at a time. */

import { z } from 'zod';
import { currencyCode, gatewayName } from '../../machines/payment-order.events.ts';
import { invalidInput } from '../errors.ts';
import { attentionWhys, reasonsAt, stalledSince, thresholdsSchema } from '../order/attention.ts';
import { aFunction, parseInput } from '../parse.ts';
import { instantOf, millisecondsOf } from '../runtime.ts';
import { summaryOf } from './row.ts';
import { columnsOf, IndexDamaged } from './schema.ts';
import type { IndexTable } from './table.ts';
import { orderSorts, searchedStates } from './types.ts';
import type { FoundOrder, FoundOrders, IndexProgress, OrderRow, OrderSearch } from './types.ts';

const limitDefault = 100;
const name = gatewayName.nullable();
/** Which gateways: one, or several; null stands for orders that record none. */
export const gatewaysSchema = z.union([name, z.array(name).min(1)]).optional();
/** How somebody waits for the index. */
export const waitingSchema = {
  onProgress: aFunction<(progress: IndexProgress) => void>().optional(),
  signal: z.instanceof(AbortSignal).optional(),
};
const minorUnits = z.int().min(0).optional();

const searchSchema = z.strictObject({
  text: z.string().trim().min(1).max(128).optional(),
  state: z.enum(searchedStates).optional(),
  attention: z
    .union([z.literal(true), z.enum(attentionWhys), z.array(z.enum(attentionWhys)).min(1)], {
      error: `must be true, or one or several of ${attentionWhys.join(', ')}`,
    })
    .optional(),
  gateway: gatewaysSchema,
  since: z.iso.datetime({ offset: true }).optional(),
  amount: z
    .strictObject({ min: minorUnits, max: minorUnits, currency: currencyCode.optional() })
    .optional(),
  sort: z.enum(orderSorts).optional(),
  limit: z.int().min(1).max(1_000).optional(),
  cursor: z.string().max(1_000).optional(),
  thresholds: thresholdsSchema.optional(),
  ...waitingSchema,
} satisfies Record<keyof OrderSearch, z.ZodType>);

/** @throws {PaymentOrderError} `invalid-input` */
export function parseSearch(search: unknown): OrderSearch {
  const parsed = parseInput(searchSchema, search);
  placeIn(parsed);
  return parsed;
}

/** The columns to sort by; `none` stands for an order that has no value there. */
const keys = {
  created: { column: 'number', none: null },
  since: { column: 'since', none: null },
  amount: { column: 'amountMinor', none: -1 },
  due: { column: 'dueAt', none: "''" },
} as const;

type Key = string | number;

const cursorSchema = z.tuple([z.enum(orderSorts), z.union([z.string(), z.number()]), z.int()]);

/** Where the page before ended. */
type Place = { readonly key: Key; readonly number: number };

function cursorOf(sort: string, { key, number }: Place): string {
  return Buffer.from(JSON.stringify([sort, key, number])).toString('base64url');
}

function placeIn({ cursor, sort = 'created' }: OrderSearch): Place | null {
  if (cursor === undefined) return null;
  const parsed = cursorSchema.safeParse(jsonOf(cursor));
  const [cursorSort, key, number] = parsed.success ? parsed.data : [];
  if (key !== undefined && number !== undefined && cursorSort === sort) return { key, number };
  throw invalidInput('cursor', 'must be one that a search with the same sort gave');
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null;
  }
}

type Conditions = {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string | number>>;
};

/** One page of the orders that fit, in one view of the index. */
export function found(
  table: IndexTable,
  search: OrderSearch,
  nowMs: number,
): Omit<FoundOrders, 'index' | 'position'> {
  const { sort = 'created', limit = limitDefault } = search;
  const { sql, parameters } = statementOf(search, nowMs);
  const orders: FoundOrder[] = [];
  let last: Place | null = null;
  for (const { number, key, ...columns } of table.select(sql, parameters)) {
    if (typeof number !== 'number' || (typeof key !== 'string' && typeof key !== 'number')) {
      throw new IndexDamaged('a column is of another type', { isOfRows: true });
    }
    const row = table.row(number);
    assertSame(columns, row);
    const order = withWhy(row, search, nowMs);
    if (order === null) continue;
    if (orders.length === limit)
      return pageOf(table, orders, last === null ? null : cursorOf(sort, last));
    orders.push(order);
    last = { key, number };
  }
  return pageOf(table, orders, null);
}

function pageOf(table: IndexTable, orders: readonly FoundOrder[], cursor: string | null) {
  return { orders, cursor, notices: table.notices() };
}

/** The columns decide what is found: a row that they do not fit was altered. */
function assertSame(columns: Readonly<Record<string, unknown>>, row: OrderRow): void {
  const isSame = Object.entries(columnsOf(row)).every(([name, value]) => columns[name] === value);
  if (!isSame) throw new IndexDamaged('a row does not fit its columns', { isOfRows: true });
}

/** Null where the search asks for another attention. */
function withWhy(
  row: OrderRow,
  { attention: wanted, thresholds }: OrderSearch,
  nowMs: number,
): FoundOrder | null {
  const why = reasonsAt(row, nowMs, thresholds);
  const isWanted =
    wanted === undefined ||
    (wanted === true ? why.length > 0 : why.some((reason) => [wanted].flat().includes(reason.why)));
  return isWanted ? { ...summaryOf(row), why } : null;
}

function statementOf(search: OrderSearch, nowMs: number): Conditions {
  const { sort = 'created' } = search;
  const isDown = sort.startsWith('-');
  // The sorts are those of `keys`, each in both directions.
  const { column, none } = keys[sort.slice(isDown ? 1 : 0) as keyof typeof keys];
  const direction = isDown ? 'DESC' : 'ASC';
  const conditions = conditionsOf(search, nowMs);
  const place = placeIn(search);
  const isNone = none === null ? null : `(${column} = ${none})`;
  if (place !== null) conditions.push(afterPlace(column, isNone, isDown, place));
  const where =
    conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
  const order = [
    ...(isNone === null ? [] : [isNone]),
    `${column} ${direction}`,
    `number ${direction}`,
  ];
  return {
    sql: `SELECT *, ${column} AS key FROM orders ${where} ORDER BY ${order.join(', ')}`,
    parameters: Object.assign(
      {},
      ...conditions.map(({ parameters }) => parameters),
    ) as Conditions['parameters'],
  };
}

function conditionsOf(search: OrderSearch, nowMs: number): Conditions[] {
  const { text, state, attention: wanted, gateway, since, amount, thresholds = {} } = search;
  const conditions: Conditions[] = [];
  if (text !== undefined) conditions.push(beginningWith(text.toLowerCase()));
  if (state !== undefined) {
    const sql = "(state = :state OR (state > :state || '.' AND state < :state || '/'))";
    conditions.push({ sql, parameters: { state } });
  }
  if (wanted !== undefined) conditions.push(needingAttention(stalledSince(nowMs, thresholds)));
  if (gateway !== undefined) conditions.push(ofGateways([gateway].flat()));
  if (since !== undefined) {
    const from = instantOf(millisecondsOf(since));
    conditions.push({ sql: 'since >= :from', parameters: { from } });
  }
  if (amount !== undefined) conditions.push(...amountsIn(amount));
  return conditions;
}

function beginningWith(prefix: string): Conditions {
  // No character sorts after the last one.
  const parameters = { prefix, end: `${prefix}\u{10ffff}` };
  const sql = 'number IN (SELECT number FROM terms WHERE term >= :prefix AND term < :end)';
  return { sql, parameters };
}

function ofGateways(names: readonly (string | null)[]): Conditions {
  const listed = JSON.stringify(names.map((name) => name ?? ''));
  return { sql: 'gateway IN (SELECT value FROM json_each(:listed))', parameters: { listed } };
}

/** Those that may need a person: `attention` looks at each. */
function needingAttention(stalledBefore: string | null): Conditions {
  if (stalledBefore === null) return { sql: 'watched = 1', parameters: {} };
  const isStalled = "state IN ('created', 'paying') AND since <= :stalledBefore";
  return { sql: `(watched = 1 OR (${isStalled}))`, parameters: { stalledBefore } };
}

function amountsIn({
  min = 0,
  max = Number.MAX_SAFE_INTEGER,
  currency,
}: NonNullable<OrderSearch['amount']>): Conditions[] {
  const fits = (amount: string, code: string): string =>
    `(${amount} BETWEEN :min AND :max${currency === undefined ? '' : ` AND ${code} = :currency`})`;
  const sql = `(${fits('amountMinor', 'currency')} OR ${fits('receivedMinor', 'receivedCurrency')})`;
  return [{ sql, parameters: { min, max, ...(currency === undefined ? {} : { currency }) } }];
}

/** Those after a place: of the same key, those of a later number. */
function afterPlace(
  column: string,
  isNone: string | null,
  isDown: boolean,
  { key, number }: Place,
): Conditions {
  const after = isDown ? '<' : '>';
  const parameters = { key, number };
  const sql = `(${column}, number) ${after} (:key, :number)`;
  if (isNone === null) return { sql, parameters };
  // Those without a value come last, whichever way the others go.
  const keyIsNone = isNone.replace(column, ':key');
  return {
    sql: `(${isNone} > ${keyIsNone} OR (${isNone} = ${keyIsNone} AND ${sql}))`,
    parameters,
  };
}
