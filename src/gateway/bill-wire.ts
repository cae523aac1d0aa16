/** What a question for a bill looks like on the wire: its parameters, and the answer to it. */

import { z } from 'zod';
import { invalidInput } from '../errors.ts';
import { instantOf, millisecondsOf, nextTurn } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import { billEntryOfJson, billTypeCodes } from './bill-rows.ts';
import type { BillEntry, BillRequest } from './cancel-gateway.ts';
import { RowCutter } from './json-rows.ts';
import type { ReportedBill } from './query-classification.ts';
import { readAnswer, utf8 } from './wire.ts';
import type { Answer } from './wire.ts';

export const billApiCode = 'payment.bill.query';

/** The business parameters of the call. */
export const billParamsSchema = z.object({
  bill_begin_date: z.string().length(19),
  bill_end_date: z.string().length(19),
  biz_type: z.enum(billTypeCodes),
});
export type BillParams = z.infer<typeof billParamsSchema>;

/**
 * Names the parameters of one question as the platform does: one day in China, whole.
 *
 * @throws {PaymentOrderError} `invalid-input` with the field, before anything is sent.
 */
export function billParams({ day, type }: BillRequest): BillParams {
  if (!isDay(day)) throw invalidInput('day', 'must be a day such as 2021-02-02');
  // No compiler stops a caller in JavaScript.
  if (!Object.hasOwn(billTypeCodes, type)) {
    throw invalidInput('type', `must be one of ${Object.keys(billTypeCodes).join(', ')}`);
  }
  return {
    bill_begin_date: `${day} 00:00:00`,
    bill_end_date: `${day} 23:59:59`,
    biz_type: billTypeCodes[type],
  };
}

/** Whether the text is a day of the calendar. */
export function isDay(day: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(day)) return false;
  return instantOf(millisecondsOf(`${day}T00:00:00Z`)).startsWith(day);
}

export type BillData = {
  readonly reported: ReportedBill;
  readonly entries: readonly BillEntry[];
};

/** Between two looks at the clock: some milliseconds of work. */
const pieceCharacters = 65_536;

/**
 * Reads the body of an answer row by row, so that a bill of many thousands does not hold the
 * process. What stands around the rows is read as strictly as any other answer.
 */
export async function readBill(
  body: Buffer,
  runtime: Pick<Runtime, 'monotonicMs'>,
): Promise<Answer<BillData>> {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return 'unreadable';
  }
  const cutter = new RowCutter();
  const entries: BillEntry[] = [];
  for (let at = 0; at < text.length; at += pieceCharacters) {
    for (const row of cutter.push(text.slice(at, at + pieceCharacters))) {
      entries.push(billEntryOfJson(row, entries.length + 1));
      await nextTurn(runtime);
    }
    await nextTurn(runtime);
  }
  const frame = cutter.end();
  const envelope = frame === null ? 'unreadable' : readAnswer(Buffer.from(frame));
  if (typeof envelope === 'string') return envelope;
  const { data } = envelope;
  if (data === undefined || data === null) {
    return { envelope, data: { reported: 'bill-missing', entries: [] } };
  }
  // Rows that were not cut out would be lost.
  const isRead = Array.isArray(data) && data.length === 0;
  const reported = isRead ? 'bill-read' : 'bill-not-an-array';
  return { envelope, data: { reported, entries: isRead ? entries : [] } };
}
