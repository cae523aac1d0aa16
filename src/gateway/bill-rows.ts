/**
 * One row of a bill, from whatever it was read: an answer of the platform, a CSV or a JSON file.
 *
 * A bill decides about money, so a row is taken as it is written or not at all. What is wrong with a
 * row is named by its column, and costs that row alone.
 */

import { z } from 'zod';
import { minorUnits } from '../currency.ts';
import { PaymentOrderError } from '../errors.ts';
import { instantIn } from '../local-time.ts';
import { instantOf, millisecondsOf } from '../runtime.ts';
import type { BillEntry, BillType } from './cancel-gateway.ts';
import { keptText } from './evidence.ts';
import type { RowText } from './json-rows.ts';
import { billRowCharactersMax, identifierCharactersMax } from './limits.ts';
import { hasDuplicateKeys } from './wire.ts';

/** The platform's codes of what a bill lists. */
export const billTypeCodes = { payment: '01', refund: '02', split: '03' } as const satisfies Record<
  BillType,
  string
>;

const typeOfCode = new Map(
  // The keys of the table are the types.
  (Object.keys(billTypeCodes) as BillType[]).map((type) => [billTypeCodes[type] as string, type]),
);

const number = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const numberText = (what: string) =>
  z
    .string('must be text')
    .max(identifierCharactersMax, `must have at most ${identifierCharactersMax} characters`)
    .regex(number, `is not a number that ${what} can have`);

/** CSV has no other way to say that there is none. */
const absent = (value: unknown): unknown => (value === '' || value === null ? undefined : value);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(absent, schema.optional());

const rowSchema = z.object({
  etc_order_no: numberText('an order'),
  etc_refund_no: optional(numberText('a refund')),
  biz_type: z.string('must be text').refine((code) => typeOfCode.has(code), 'must be 01, 02 or 03'),
  biz_time: z
    .string('must be text')
    .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, 'must be a time such as 2021-02-02 00:00:00'),
  pay_channel: optional(z.unknown()),
  amount: z.string('must be text'),
  fee_amount: optional(
    z.string('must be text').regex(/^-?\d{1,13}(?:\.\d{1,4})?$/, 'is not an amount'),
  ),
  currency: z.string('must be text'),
  status: z.enum(['pending', 'succeeded', 'failed'], 'must be pending, succeeded or failed'),
});

/** The columns that a bill must have, and those that it may have. */
export const billColumns = {
  required: ['etc_order_no', 'biz_type', 'biz_time', 'amount', 'currency', 'status'],
  optional: ['etc_refund_no', 'pay_channel', 'fee_amount'],
} as const;

/** Reads a row by its columns; other columns are ignored. Nothing is coerced or guessed. */
export function billEntry(record: unknown, line: number): BillEntry {
  const { data, error } = rowSchema.safeParse(record);
  if (data === undefined) return badRow(line, problemOf(error.issues[0]));
  const wrong = problemIn(data);
  if (wrong !== null) return badRow(line, wrong);
  const type = typeOfCode.get(data.biz_type) ?? 'payment';
  if (type === 'refund' && data.etc_refund_no === undefined) {
    return badRow(line, 'etc_refund_no: is missing, and a refund has one');
  }
  const row = {
    orderNo: data.etc_order_no,
    refundNo: data.etc_refund_no,
    type,
    bizTime: data.biz_time,
    payChannel: keptText(data.pay_channel),
    amount: data.amount,
    feeAmount: data.fee_amount,
    currency: data.currency,
    status: data.status,
  };
  return { kind: 'row', line, row };
}

/** Reads a row that is written as JSON. */
export function billEntryOfJson(text: RowText, line: number): BillEntry {
  if (text === null) return badRow(line, `has more than ${billRowCharactersMax} characters`);
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return badRow(line, 'is not JSON');
  }
  if (hasDuplicateKeys(text)) return badRow(line, 'has a column twice');
  return billEntry(record, line);
}

export type BadRow = Extract<BillEntry, { readonly kind: 'bad-row' }>;

export function badRow(line: number, problem: string): BadRow {
  return { kind: 'bad-row', line, problem };
}

/** What the row's money and time amount to must be certain: it is compared with ours. */
function problemIn({ amount, currency, biz_time: time }: z.infer<typeof rowSchema>): string | null {
  try {
    minorUnits(amount, currency);
    billInstant(time);
    return null;
  } catch (error) {
    if (!(error instanceof PaymentOrderError)) throw error;
    const column = error.field === 'localTime' ? 'biz_time' : error.field;
    return `${column ?? ''}: ${error.problem ?? ''}`;
  }
}

/** Hours of China and when they began, for the rows of a bill share few of them. */
const hours = new Map<string, number>();
const hoursMax = 1_000;

/**
 * The instant of a bill's time, `2021-02-02 00:00:00` in China: UTC with milliseconds.
 *
 * @throws {PaymentOrderError} `invalid-input` where no such time exists.
 */
export function billInstant(bizTime: string): string {
  const [, hour = '', minute = '', second = ''] =
    /^(.{13}):([0-5]\d):([0-5]\d)$/.exec(bizTime) ?? [];
  // What is no time is refused by the one who knows how to say it.
  if (hour === '') return instantIn(bizTime, 'Asia/Shanghai');
  const beganMs = hours.get(hour) ?? millisecondsOf(instantIn(`${hour}:00:00`, 'Asia/Shanghai'));
  if (hours.size >= hoursMax) hours.clear();
  hours.set(hour, beganMs);
  return instantOf(beganMs + (Number(minute) * 60 + Number(second)) * 1_000);
}

/** Names the column, which is one of ours, and never what it holds. */
function problemOf(issue: z.core.$ZodIssue | undefined): string {
  const column = issue?.path[0];
  if (issue === undefined || column === undefined) return 'is not an object';
  return `${String(column)}: ${issue.message}`;
}
