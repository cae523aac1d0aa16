import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Desk } from './support.ts';
import { desk } from './support.ts';

let here: Desk;

const money = ['--amount', '12800', '--currency', 'CNY'];

/** A payment of another order was recorded here, and retracted; then too much went back. */
beforeAll(async () => {
  here = desk();
  await here.run('create', 'O1', '--process-bill-no', 'F1', ...money);
  await here.run('declined', 'O1', '--code', '余额不足', '--message', '请换一张卡');
  await here.run('paid', 'O1', '--transaction-no', 'T1', ...money);
  await here.run('paid', 'O1', '--transaction-no', 'T9', ...money);
  await here.run('retract', 'O1', '3', '--evidence', 'T9 paid O2', '--actor', 'li-si');
  await here.run('refunded', 'O1', '--refund-no', 'R1', ...money);
  await here.run('refunded', 'O1', '--refund-no', 'R2', '--amount', '1.00', '--currency', 'CNY');
});

afterAll(() => here.remove());

describe('an order with a retracted record', () => {
  test('is shown with what an operator should do about each open anomaly', async () => {
    const [english, chinese] = await Promise.all([
      here.run('show', 'O1'),
      here.run('show', 'O1', '--lang', 'zh-CN'),
    ]);
    expect(english.stdout).toMatch(/^Anomalies +1 double-payment: .* \(retracted\)\n +2 refund/m);
    expect(english.stdout).toMatch(/^ +2 refund-mismatch: .*\n +Compare payments and refunds/m);
    expect(chinese.stdout).toMatch(/^ +2 refund-mismatch：退款总额超过收款总额\n +请将收款和退款/m);
  });

  test('keeps the record in its log, which says first that it was retracted', async () => {
    const [log, chinese, detailed] = await Promise.all([
      here.run('log', 'O1'),
      here.run('log', 'O1', '--lang', 'zh-CN'),
      here.run('log', 'O1', '--detailed'),
    ]);
    const line = (text: string, revision: number) =>
      text.split('\n').find((each) => each.startsWith(`${revision} `)) ?? '';
    expect(line(log.stdout, 1)).toContain('code 余额不足 · its source wrote: 请换一张卡');
    expect(line(log.stdout, 3)).toMatch(/RETRACTED at revision 4 by li-si: T9 paid O2 · .*T9/);
    expect(line(log.stdout, 4)).toContain('retracts revision 3 (Money arrived)');
    expect(line(log.stdout, 4)).toContain('closes anomaly 1 as retracted');
    expect(line(log.stdout, 5)).toContain('refund R1');
    expect(line(chinese.stdout, 3)).toContain('此记录已撤销（版次 4，li-si）：T9 paid O2');
    expect(detailed.stdout).toMatch(/Money arrived .*T9.*\n {2}RETRACTED at revision 4/);
  });

  test('shows what a retraction changed, without the events that the order keeps', async () => {
    const { body } = await here.json('diff', 'O1', '3..4');
    const fields = (body['changes'] as { field: string }[]).map(({ field }) => field);
    expect(fields).toContain('anomalies.0.retracted');
    expect(fields.filter((field) => /^(?:history|revision)/.test(field))).toEqual([]);
  });
});
