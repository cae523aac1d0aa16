/**
 * Reads a bill as text arrives, one row at a time, so that its length costs no memory.
 *
 * A bill that is read wrongly makes payments that nobody made, so nothing is guessed: a row that
 * cannot be read is named by its line, and a text that breaks off says so.
 */

import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { CsvError, Info } from 'csv-parse';
import { z } from 'zod';
import { invalidInput } from '../errors.ts';
import { badRow, billColumns, billEntry, billEntryOfJson } from '../gateway/bill-rows.ts';
import type { BillEntry } from '../gateway/cancel-gateway.ts';
import { RowCutter } from '../gateway/json-rows.ts';
import { billRowCharactersMax } from '../gateway/limits.ts';
import { hasDuplicateKeys } from '../gateway/wire.ts';

export type BillFormat = 'csv' | 'json';

/**
 * Reads the bytes of a bill: CSV with a header line, a JSON array of rows, or the platform's own
 * answer with the rows in `data`. The columns are the platform's (`etc_order_no`, `amount`, …),
 * others are ignored. `line` is the line of a CSV file, or the number of a row in JSON, from 1.
 *
 * @throws {PaymentOrderError} `invalid-input`, field `bill`: not UTF-8, a column is missing, or a row
 * of CSV is so long that the rows after it are lost.
 */
export function readBill(
  bytes: AsyncIterable<Uint8Array>,
  format: BillFormat,
): AsyncGenerator<BillEntry> {
  return format === 'csv' ? readCsv(bytes) : readJson(bytes);
}

async function* readJson(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<BillEntry> {
  const cutter = new RowCutter();
  let line = 0;
  for await (const text of decoded(bytes)) {
    for (const row of cutter.push(text)) yield billEntryOfJson(row, (line += 1));
  }
  if (!isWhole(cutter.end())) {
    yield badRow(line + 1, 'what follows the last row is not JSON; the bill may be cut off');
  }
}

const frameSchema = z.union([
  z.array(z.never()),
  z.object({ data: z.array(z.never()), responseCode: z.literal('000').optional() }),
]);

/** Whether what stands around the rows is a bill, all rows of which were cut out. */
function isWhole(frame: string | null): boolean {
  try {
    const json: unknown = JSON.parse(frame ?? '');
    return frameSchema.safeParse(json).success && !hasDuplicateKeys(frame ?? '');
  } catch {
    return false;
  }
}

type CsvRecord = { readonly record: readonly string[]; readonly info: Info };

async function* readCsv(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<BillEntry> {
  const skipped: BillEntry[] = [];
  let lostAt: number | undefined;
  const parser = parse({
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: billRowCharactersMax,
    skip_records_with_error: true,
    on_skip: (error) => {
      // The parser goes on within that row, and may take the rows after it for a part of it.
      if (error?.code === 'CSV_MAX_RECORD_SIZE') lostAt ??= lineOf(error);
      skipped.push(badRow(lineOf(error), csvProblemOf(error)));
      return undefined;
    },
  });
  const text = Readable.from(decoded(bytes));
  // The error of a stream reaches whoever reads the parser.
  pipeline(text, parser, () => undefined);
  let header: readonly string[] | undefined;
  // With `info` the parser gives records in this shape.
  for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
    if (lostAt !== undefined && info.lines >= lostAt) break;
    // The parser is ahead of what it gives.
    while ((skipped[0]?.line ?? info.lines) < info.lines) yield* skipped.splice(0, 1);
    if (header === undefined) header = checkedHeader(record);
    else yield csvEntry(header, record, info.lines);
  }
  if (lostAt !== undefined) {
    throw invalidInput(
      'bill',
      `must have rows of at most ${billRowCharactersMax} characters; the one at line ${lostAt} ` +
        'has more, or opens a quote that nothing closes',
    );
  }
  yield* skipped.splice(0);
  if (header === undefined) throw invalidInput('bill', 'must begin with a line of column names');
}

function csvEntry(header: readonly string[], record: readonly string[], line: number): BillEntry {
  if (record.length !== header.length) {
    return badRow(line, `has ${record.length} columns, and the header ${header.length}`);
  }
  return billEntry(Object.fromEntries(header.map((name, at) => [name, record[at]])), line);
}

function checkedHeader(record: readonly string[]): readonly string[] {
  const header = record.map((name) => name.trim());
  const missing = billColumns.required.find((column) => !header.includes(column));
  if (missing !== undefined) throw invalidInput('bill', `must have a column ${missing}`);
  const known = [...billColumns.required, ...billColumns.optional];
  const twice = known.find((column) => header.indexOf(column) !== header.lastIndexOf(column));
  if (twice !== undefined) throw invalidInput('bill', `must have only one column ${twice}`);
  return header;
}

function lineOf(error: CsvError | undefined): number {
  const line: unknown = error?.['lines'];
  return typeof line === 'number' ? line : 0;
}

/** The parser's own messages may repeat what a row holds. */
function csvProblemOf(error: CsvError | undefined): string {
  if (error?.code === 'CSV_QUOTE_NOT_CLOSED') {
    return 'opens a quote that nothing closes; the bill may be cut off';
  }
  return 'is not CSV: its quotes are wrong';
}

/** UTF-8, without a byte order mark. */
async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw invalidInput('bill', 'must be UTF-8; save it so, or convert it', { cause: error });
  }
}
