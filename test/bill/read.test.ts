import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { billFromFile } from '../../src/bill/file.ts';
import { readBill } from '../../src/bill/read.ts';
import type { BillFormat } from '../../src/bill/read.ts';

const directory = mkdtempSync(join(tmpdir(), 'payment-order-bill-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const sample = {
  etc_order_no: 'PY20201231112338656491666',
  etc_refund_no: '',
  biz_type: '01',
  biz_time: '2021-02-02 00:00:00',
  pay_channel: '支付宝正扫',
  amount: '1000.00',
  fee_amount: '6.00',
  currency: 'cny',
  status: 'succeeded',
};
const names = Object.keys(sample);
const csvOf = (rows: readonly object[]) =>
  [names, ...rows.map((row) => Object.values(row) as unknown[])]
    .map((cells) => cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(','))
    .join('\r\n');

/** The text in pieces of so many bytes, so that rows and characters are cut in two. */
async function* pieces(text: string | Buffer, bytes: number) {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += bytes) {
    yield await Promise.resolve(all.subarray(at, at + bytes));
  }
}
const entriesOf = (text: string | Buffer, format: BillFormat, bytes = 7) =>
  Array.fromAsync(readBill(pieces(text, bytes), format));

describe('a bill', () => {
  const amounts = fc.integer({ min: 0, max: 99_999_999 });
  const channels = fc.constantFrom('支付宝正扫', 'a "b", c', 'x\ny', '=1+1', '');
  const rows = fc.array(
    fc.tuple(amounts, channels, fc.nat(999)).map(([minor, pay_channel, no]) => ({
      ...sample,
      etc_order_no: `O${no}`,
      pay_channel,
      amount: (minor / 100).toFixed(2),
    })),
    { maxLength: 12 },
  );

  test('gives the same rows as CSV, as a JSON array and as an answer, in pieces of any size', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 400 }), async (written, bytes) => {
        const rowsIn = async (text: string, format: BillFormat) =>
          (await entriesOf(text, format, bytes)).map((entry) =>
            entry.kind === 'row' ? entry.row : entry,
          );
        const json = await rowsIn(JSON.stringify(written), 'json');
        expect(json.map((row) => ('amount' in row ? row.amount : row))).toEqual(
          written.map(({ amount }) => amount),
        );
        expect(await rowsIn(csvOf(written), 'csv')).toEqual(json);
        const answer = { requestId: '1', responseCode: '000', data: written };
        expect(await rowsIn(JSON.stringify(answer), 'json')).toEqual(json);
      }),
      { numRuns: 60 },
    );
  });

  test('names each bad row of a CSV file by its line, and reads the others', async () => {
    const line = Object.values(sample).join(',');
    const text = [
      names.join(','),
      line,
      line.replace('1000.00', '1000.001'),
      '',
      `${line},more`,
      line.replace('支付宝正扫', '支"付'),
      line.replace('2021-02-02 00', '2021-02-30 00'),
      line,
    ].join('\n');
    const entries = await entriesOf(text, 'csv', 1_000);
    expect(entries.map((entry) => [entry.line, entry.kind])).toEqual([
      [2, 'row'],
      [3, 'bad-row'],
      [5, 'bad-row'],
      [6, 'bad-row'],
      [7, 'bad-row'],
      [8, 'row'],
    ]);
    const problems = entries.map((entry) => (entry.kind === 'bad-row' ? entry.problem : ''));
    expect(problems[1]).toBe('amount: must have at most 2 decimals in CNY');
    expect(problems[2]).toBe('has 10 columns, and the header 9');
    expect(problems[3]).toMatch(/quotes/);
    expect(problems[4]).toMatch(/^biz_time: /);
  });

  test('names each bad row of a JSON file by its number, and reads the others', async () => {
    const row = JSON.stringify(sample);
    const twice = row.replace('{', '{"amount":"1.00",');
    const entries = await entriesOf(`[${row},{"a":},${twice},null,${row}]`, 'json');
    expect(entries).toMatchObject([
      { kind: 'row', line: 1 },
      { kind: 'bad-row', line: 2, problem: 'is not JSON' },
      { kind: 'bad-row', line: 3, problem: 'has a column twice' },
      { kind: 'bad-row', line: 4, problem: 'is not an object' },
      { kind: 'row', line: 5 },
    ]);
  });

  test.each([
    ['json', JSON.stringify([sample, sample]).slice(0, -1)],
    ['json', JSON.stringify([sample, sample]).slice(0, -10)],
    ['json', JSON.stringify({ responseCode: '500', data: [sample] })],
    ['json', JSON.stringify({ responseCode: '000', data: null })],
    ['json', `${JSON.stringify([sample])}${JSON.stringify([sample])}`],
    ['json', ''],
    ['csv', csvOf([sample, sample]).slice(0, -3)],
  ] as const)('says so where its %s is cut off or no bill: %s', async (format, text) => {
    const last = (await entriesOf(text, format)).at(-1);
    expect(last).toMatchObject({ kind: 'bad-row' });
    expect(last?.line).toBeGreaterThan(0);
  });

  test.each([
    ['csv', csvOf([sample]).replace('"amount"', '"sum"'), 'must have a column amount'],
    [
      'csv',
      csvOf([sample]).replace('"pay_channel"', '"amount"'),
      'must have only one column amount',
    ],
    ['csv', `${csvOf([sample])}\n"${'x'.repeat(20_000)}"\n`, 'must have rows of at most'],
    ['csv', `${csvOf([sample])}\n${'x'.repeat(20_000)}\n`, 'the one at line 3'],
    [
      'csv',
      `${csvOf([sample])}\n"${csvOf(Array(300).fill(sample)).replaceAll('"', '')}`,
      'a quote',
    ],
    ['csv', '', 'must begin with a line of column names'],
    ['csv', Buffer.from('etc_order_no,\xff\xfe', 'latin1'), 'must be UTF-8'],
    ['json', Buffer.from('[{"pay_channel":"\xff\xfe"}]', 'latin1'), 'must be UTF-8'],
  ] as const)('is refused whole as %s: %#', async (format, text, problem) => {
    await expect(entriesOf(text, format)).rejects.toMatchObject({
      code: 'invalid-input',
      field: 'bill',
      problem: expect.stringContaining(problem) as string,
    });
  });

  test('is read from a file by its ending, also after a byte order mark', async () => {
    const files = {
      'a.csv': `\ufeff${csvOf([sample])}`,
      'a.JSON': `\ufeff${JSON.stringify([sample])}`,
    };
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(directory, name), text);
      const entries = await Array.fromAsync(billFromFile(join(directory, name)));
      expect(entries).toMatchObject([{ kind: 'row', row: { amount: '1000.00' } }]);
    }
  });

  test.each(['absent.csv', '.', 'bill.xlsx'])('is refused by name as the file %s', async (name) => {
    await expect(Array.fromAsync(billFromFile(join(directory, name)))).rejects.toMatchObject({
      code: 'invalid-input',
      field: 'bill',
    });
  });
});
