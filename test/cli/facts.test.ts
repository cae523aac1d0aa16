import { beforeEach, describe, expect, test } from 'vitest';
import type { Desk } from './support.ts';
import { desk } from './support.ts';

let here: Desk;

beforeEach(async ({ onTestFinished }) => {
  here = desk();
  onTestFinished(here.remove);
  await here.run('create', 'O1', '--process-bill-no', 'F1', '--amount', '128.00', ...cny);
});

const cny = ['--currency', 'CNY'];

/** The newest event, as `log` gives it. */
async function newest(): Promise<unknown> {
  const { body } = await here.json('log', 'O1');
  return (body['events'] as readonly unknown[]).at(-1);
}

describe('a fact on the command line', () => {
  test('is kept with the values that channels send', async () => {
    const { code, body } = await here.json(
      ...['declined', 'O1', '--code', '余额不足', '--message', '51 : Insufficient funds'],
      ...['--transaction-no', '2026/11/29+=', '--fact-id', 'n 1', '--actor', 'customer:张三'],
      ...['--occurred-at', '20210303155105238', '--time-zone', 'Asia/Shanghai'],
    );

    expect({ code, body }).toMatchObject({
      code: 0,
      body: { kind: 'accepted', order: { state: 'created', anomalies: [] } },
    });
    expect(await newest()).toMatchObject({
      type: 'PaymentDeclined',
      data: {
        ...{ code: '余额不足', message: '51 : Insufficient funds', factId: 'n 1' },
        ...{ transactionNo: '2026/11/29+=', occurredAt: '2021-03-03T07:51:05.238Z' },
      },
      metadata: {
        occurredAt: '2021-03-03T07:51:05.238Z',
        actor: { kind: 'customer', id: '张三' },
      },
    });
  });

  test('is repeated without harm, and two declines at two times are two', async () => {
    const declined = (at: string) =>
      here.json(
        ...['declined', 'O1', '--code', '51', '--time-zone', 'Asia/Shanghai', '--occurred-at', at],
      );
    const kinds = [];
    for (const at of ['2021-02-22 10:00:00', '2021-02-22 10:01:00', '20210222100000']) {
      kinds.push((await declined(at)).body['kind']);
    }
    expect(kinds).toEqual(['accepted', 'accepted', 'duplicate']);
  });

  test('is a payment without a transaction number, too', async () => {
    const { code, body } = await here.json('paid', 'O1', '--amount', '12800', ...cny);
    expect({ code, body }).toMatchObject({
      code: 0,
      body: { order: { state: 'paid', payments: [{ amountMinor: 12_800 }], anomalies: [] } },
    });
  });

  test('is a refund with its number and amount, which changes no state', async () => {
    await here.run('paid', 'O1', '--amount', '128.00', ...cny);
    const refunded = ['refunded', 'O1', '--refund-no', 'RFD1', '--amount', '28.00'];
    const { code, body } = await here.json(...refunded, '--currency', 'cny', '--message', '退款');

    expect({ code, body }).toMatchObject({ code: 0, body: { order: { state: 'paid' } } });
    expect(await newest()).toMatchObject({
      type: 'PaymentRefunded',
      data: { refundNo: 'RFD1', amountMinor: 2_800, currency: 'CNY', message: '退款' },
    });
    expect(await here.json(...refunded, ...cny)).toMatchObject({ body: { kind: 'duplicate' } });
  });

  test.each(['abc', '-5', '1e3', '１２８'])(
    'says how an amount is written, of %s',
    async (amount) => {
      const { code, stderr } = await here.run('paid', 'O1', '--amount', amount, ...cny);
      expect(code).toBe(2);
      expect(stderr).toContain(
        '--amount: must be in minor units, such as 12800, or have a decimal',
      );
    },
  );

  test.each(['128.00', '12800', 'abc'])(
    'asks for the currency of %s by its option',
    async (amount) => {
      const { code, stderr } = await here.run('paid', 'O1', '--amount', amount);
      expect(code).toBe(2);
      expect(stderr).toContain('--amount: must be given together with --currency');
    },
  );

  test('has its amount in minor units, or with a point in whole ones', async () => {
    const paid = async (no: string, amount: string, currency: string) => {
      const { code } = await here.run(
        ...['paid', 'O1', '--transaction-no', no, '--amount', amount, '--currency', currency],
      );
      const { data } = (await newest()) as { data: { amountMinor?: number; currency?: string } };
      return [code, data.amountMinor, data.currency];
    };

    expect(await paid('T1', '128.00', 'CNY')).toEqual([0, 12_800, 'CNY']);
    expect(await paid('T2', '12800', 'cny')).toEqual([0, 12_800, 'CNY']);
    expect(await paid('T3', '1.234', 'IQD')).toEqual([0, 1_234, 'IQD']);
    expect(await paid('T4', '0', 'CNY')).toEqual([0, 0, 'CNY']);
    expect(await paid('T5', '0.00', 'CNY')).toEqual([0, 0, 'CNY']);
  });

  test('is refused with 2 where its amount or time cannot be read without guessing', async () => {
    const paid = ['paid', 'O1'];
    const local = ['failed', 'O1', '--time-zone', 'America/New_York', '--occurred-at'];
    const cases: readonly (readonly [says: string, args: readonly string[]])[] = [
      ['--amount: must have at most 2 decimals', [...paid, '--amount', '128.001', ...cny]],
      ['--amount: must have at most 0', [...paid, '--amount', '128.0', '--currency', 'JPY']],
      ['--amount: must be given together', [...paid, '--amount', '128.00']],
      ['--amount: must be given together', [...paid, '--amount', '128']],
      ['--amount: must be text of digits', [...paid, '--amount', '1,280.00', ...cny]],
      ['--currency: must be an ISO 4217', [...paid, '--amount', '1.00', '--currency', 'XQZ']],
      ['--occurred-at: was skipped', [...local, '2024-03-10 02:30:00']],
      ['--occurred-at: was shown twice', [...local, '2024-11-03 01:30:00']],
      ['--occurred-at: must be a day and a time that exist', [...local, '20240230000000']],
      ['--occurred-at: must be a date and a time without', [...local, '2024-03-10T02:30:00Z']],
      ['or local with --time-zone', ['failed', 'O1', '--occurred-at', '2021-02-22 15:16:00']],
      [
        '--time-zone: must be an IANA time zone',
        ['failed', 'O1', '--occurred-at', '2021-02-22 15:16:00', '--time-zone', 'CST'],
      ],
      [
        '--time-zone can only be used with --occurred-at',
        ['failed', 'O1', '--time-zone', 'Asia/Shanghai'],
      ],
      ['--refund-no', ['refunded', 'O1', '--amount', '1', ...cny]],
      ['--amount', ['refunded', 'O1', '--refund-no', 'R1', ...cny]],
      ['--message: must have at most 512', ['failed', 'O1', '--message', 'x'.repeat(513)]],
    ];
    for (const [says, args] of cases) {
      const { code, stdout, stderr } = await here.run(...args);
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
      expect(stderr).toContain(says);
    }
    expect((await here.json('show', 'O1')).body).toMatchObject({ revision: 0 });
  });

  test('is shown with its words escaped, in both languages', async () => {
    await here.run('declined', 'O1', '--message', 'no \u202efunds\u001b[2J', '--code', '=1+1');
    const [english, chinese] = await Promise.all([
      here.run('log', 'O1'),
      here.run('log', 'O1', '--lang', 'zh-CN'),
    ]);
    for (const { code, stdout } of [english, chinese]) {
      expect(code).toBe(0);
      expect(stdout).toContain('PaymentDeclined');
      expect(stdout).toContain('=1+1');
      for (const active of ['\u202e', '\u001b']) expect(stdout).not.toContain(active);
    }
  });

  test('is found in the log by its actor, whatever that is called', async () => {
    const names = ['张三', 'a b', String.raw`DOMAIN\li`, '=1+1'];
    for (const name of names) {
      await here.run('failed', 'O1', '--code', name, '--actor', `operator:${name}`);
      const { body } = await here.json('log', 'O1', '--actor', name);
      expect(body['events'], name).toMatchObject([{ data: { code: name } }]);
    }
  });
});
