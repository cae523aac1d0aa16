import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { invalidInput } from '../errors.ts';
import type { BillEntry } from '../gateway/cancel-gateway.ts';
import { readBill } from './read.ts';

/**
 * Reads a bill from a file, one row at a time: `.csv` with a header line, or `.json`, which is an
 * array of rows or the platform's own answer. The columns are those of the platform's bill.
 *
 * A row that cannot be read is given as `bad-row` with its line, and so is the end of a file that
 * breaks off.
 *
 * @throws {PaymentOrderError} `invalid-input`, field `bill`, while it is read: no such file, another
 * ending, not UTF-8, or a column is missing.
 */
export async function* billFromFile(path: string): AsyncGenerator<BillEntry> {
  const ending = extname(path).toLowerCase();
  if (ending !== '.csv' && ending !== '.json') {
    throw invalidInput('bill', 'must be a file that ends in .csv or .json');
  }
  const file = createReadStream(path);
  try {
    yield* readBill(file, ending === '.csv' ? 'csv' : 'json');
  } catch (error) {
    // An error of the file system has a code, and its message the path.
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw invalidInput('bill', `cannot be read (${error.message})`, { cause: error });
  } finally {
    file.destroy();
  }
}
