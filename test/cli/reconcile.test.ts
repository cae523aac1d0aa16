import { writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Desk } from './support.ts';
import { desk, withSandbox } from './support.ts';

let here: Desk;

const day = ['--from', '2021-02-02', '--to', '2021-02-02'];
const columns = 'etc_order_no,etc_refund_no,biz_type,biz_time,amount,currency,status';
const row = (orderNo: string, amount: string, more: { refund?: string; status?: string } = {}) =>
  [
    ...[orderNo, more.refund ?? '', more.refund === undefined ? '01' : '02'],
    ...['2021-02-02 12:00:00', amount, 'cny', more.status ?? 'succeeded'],
  ].join(',');

const paidHere = [
  '--amount',
  '100',
  '--currency',
  'CNY',
  '--occurred-at',
  '2021-02-02T12:00:00+08:00',
];

beforeEach(async ({ onTestFinished }) => {
  here = desk();
  onTestFinished(here.remove);
  for (const orderNo of ['O1', 'O2', 'O3', 'O4']) {
    await here.run('create', orderNo, '--process-bill-no', 'F1');
  }
  for (const orderNo of ['O2', 'O3', 'O4']) await here.run('paid', orderNo, ...paidHere);
});

function writeBill(...rows: readonly string[]): void {
  writeFileSync(here.path('bill.csv'), [columns, ...rows].join('\n'));
}

const bill = ['--bill', 'bill.csv'];

describe('reconcile', () => {
  test('shows each difference, records what is missing here, and ends with 4 while some remain', async () => {
    writeBill(
      row('O1', '1.00'),
      row('O2', '1.01'),
      row('O3', '1.00', { status: 'failed' }),
      row('O4', '1.00'),
      row('O4', '0.40', { refund: 'R1' }),
      row('O9', '7.00'),
      row('O1', '1,00'),
    );

    const first = await here.run('reconcile', ...day, ...bill, '--actor', 'li.wei');
    const second = await here.run('reconcile', ...day, ...bill);

    expect(first).toEqual({
      code: 4,
      stderr: '',
      stdout: [
        'ORDER  DIFFERENCE                   HERE      BILL      NOTE',
        '–      row not read                 –         –         row 8, has 8 columns, and the header 7',
        'O1     payment missing here         –         1.00 CNY  row 2, recorded now',
        'O2     another sum of payments      1.00 CNY  1.01 CNY  row 3, recorded now',
        'O3     payment missing in the bill  1.00 CNY  failed    row 4, recorded now',
        'O4     refund missing here          –         0.40 CNY  refund R1, row 6, recorded now',
        'O9     payment missing here         –         7.00 CNY  row 7, there is no such order here, kept in the inbox now',
        '6 differences: 4 recorded now, 1 kept in the inbox now, 4 remain',
        '',
      ].join('\n'),
    });
    expect(second.code).toBe(4);
    expect(second.stdout).toContain('O2     another sum of payments');
    expect(second.stdout).toContain(
      '4 differences: 0 recorded now, 0 kept in the inbox now, 4 remain',
    );
    expect((await here.run('log', 'O1', '--actor', 'li.wei')).stdout).toContain('PaymentSucceeded');
  });

  test('ends with 0 where what was missing here is all there was, and where nothing is', async () => {
    writeBill(...['O1', 'O2', 'O3', 'O4'].map((orderNo) => row(orderNo, '1.00')));

    const looked = await here.run('reconcile', ...day, ...bill, '--dry-run');
    const first = await here.run('reconcile', ...day, ...bill);
    const second = await here.run('reconcile', ...day, ...bill, '--lang', 'zh-CN');

    expect(looked.code).toBe(4);
    expect(looked.stdout).toContain('row 2, nothing recorded');
    expect(first.code).toBe(0);
    expect(first.stdout).toContain(
      '1 difference: 1 recorded now, 0 kept in the inbox now, 0 remain',
    );
    expect(second).toEqual({ code: 0, stdout: '没有差异\n', stderr: '' });
  });

  test('gives one JSON document, or one a line', async () => {
    writeBill(row('O1', '1.00'));

    const { code, body } = await here.json('reconcile', ...day, ...bill);
    const lines = await here.run('reconcile', ...day, ...bill, '--ndjson');

    expect(code).toBe(4);
    expect(body).toMatchObject({
      differences: [
        { kind: 'payment-missing-here', orderNo: 'O1', recorded: 'fact', remains: false },
        { kind: 'payment-missing-there', orderNo: 'O2', recorded: 'none', remains: true },
        { orderNo: 'O3' },
        { orderNo: 'O4' },
      ],
      counts: { differences: 4, facts: 1, notices: 0, remain: 3 },
    });
    expect(lines.code).toBe(4);
    const documents = lines.stdout.trimEnd().split('\n');
    expect(documents.map((line) => (JSON.parse(line) as { orderNo: string }).orderNo)).toEqual([
      ...['O2', 'O3', 'O4'],
    ]);
  });

  test('asks the gateway where no file is given, and says what it did not get', async () => {
    await using sandbox = await withSandbox(here);
    sandbox.set('O1', { status: 'paid', amount: '1.00' });
    sandbox.planBills(['ok', 'http-500']);
    const dayIn = (hours: number) =>
      new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 10);
    // In China, and also where midnight passes.
    const days = ['--from', dayIn(8), '--to', dayIn(32)];

    const first = await here.run('reconcile', ...days);
    const second = await here.run('reconcile', ...days);

    expect(first.code).toBe(4);
    expect(first.stdout).toMatch(/– +bill not read +– +– +the refunds of \d{4}-\d\d-\d\d \(\S+\)/);
    expect(first.stdout).toMatch(/O1 +payment missing here +– +1\.00 CNY +row 1, recorded now/);
    expect(second).toMatchObject({ code: 0, stdout: 'no differences\n' });
  });

  test('reports an order that cannot be read, and goes on with the others', async () => {
    writeBill(row('O1', '1.00'), row('O2', '1.00'));
    const database = new DatabaseSync(here.path('payment-orders.db'));
    database.exec("UPDATE events SET type = 'Nonsense' WHERE stream LIKE '%O1' AND revision = 0");
    database.close();

    const { code, stdout, stderr } = await here.run('reconcile', ...day, ...bill);

    expect(code).toBe(3);
    expect(stderr).toContain('O1');
    expect(stdout).toMatch(/O3 +payment missing in the bill/);
    expect(stdout).not.toContain('O1');
  });
});

describe('reconcile, given what is wrong', () => {
  test.each([
    ['--from: must be a day such as', ['--from', '2021-02-30', '--to', '2021-03-01', ...bill]],
    ['--to: must not be before', ['--from', '2021-02-03', '--to', '2021-02-02', ...bill]],
    ['--to: must leave at most 366', ['--from', '2021-02-02', '--to', '2022-02-03', ...bill]],
    ['--bill: cannot be read (ENOENT', [...day, '--bill', 'absent.csv']],
    ['--bill: must be a file that ends in', [...day, '--bill', 'bill.xlsx']],
    ['--bill: must have a column amount', [...day, '--bill', 'other.csv']],
    ['no gateway is configured', day],
    ["required option '--from <DAY>'", ['--to', '2021-02-02']],
  ])('is refused: %s', async (says, args) => {
    writeBill();
    writeFileSync(here.path('other.csv'), columns.replace('amount', 'sum'));

    const { code, stdout, stderr } = await here.run('reconcile', ...args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
  });

  test('is refused where the store is absent, and makes no file', async () => {
    const { code, stderr } = await here.run('reconcile', ...day, ...bill, '--store', 'sqlite:a.db');
    expect(code).toBe(2);
    expect(stderr).toContain('a.db');
    expect(here.has('a.db')).toBe(false);
  });

  test('shows what was found before the file broke off, and fails', async () => {
    writeBill('O1,x', row('O1', '1.00'), `"${'x'.repeat(20_000)}`);
    const { code, stdout, stderr } = await here.run('reconcile', ...day, ...bill);
    expect(code).toBe(2);
    expect(stdout).toContain('row 2, has 2 columns');
    expect(stderr).toContain('--bill: must have rows of at most 16384 characters');
  });
});
