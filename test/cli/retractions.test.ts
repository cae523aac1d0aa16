import { beforeEach, describe, expect, test } from 'vitest';
import type { Desk } from './support.ts';
import { desk } from './support.ts';

let here: Desk;

const money = ['--currency', 'CNY', '--amount'];

beforeEach(async ({ onTestFinished }) => {
  here = desk();
  onTestFinished(here.remove);
  await here.run('create', 'O1', '--process-bill-no', 'F1', ...money, '128.00');
  await here.run('start', 'O1');
});

const retract = (revision: string, evidence = 'belongs to O2') =>
  here.json('retract', 'O1', revision, '--evidence', evidence);

/** The lines of `show`, by their labels. */
async function shown(...options: string[]): Promise<string> {
  const { code, stdout } = await here.run('show', 'O1', ...options);
  expect(code).toBe(0);
  return stdout.replaceAll(/ +/g, ' ');
}

describe('a retraction', () => {
  test('takes a payment on the wrong order back, with the name of who decided it', async () => {
    await here.run('paid', 'O1', '--transaction-no', 'T1', ...money, '128.00');
    const { code, body } = await retract('2', '误记，属于 O2');

    expect({ code, body }).toMatchObject({
      code: 0,
      body: {
        kind: 'accepted',
        order: { state: 'paying', payments: [], received: [], needsAttention: null },
      },
    });
    expect((await here.json('log', 'O1')).body['events']).toMatchObject([
      ...[{}, {}, { type: 'PaymentSucceeded' }],
      {
        type: 'FactRetracted',
        data: { revision: 2, evidence: '误记，属于 O2', by: 'tester' },
        metadata: { actor: { kind: 'operator', id: 'tester' } },
      },
    ]);
  });

  test('stands against the repeat of the fact, which says so', async () => {
    const paid = ['paid', 'O1', '--transaction-no', 'T1', ...money, '128.00'];
    await here.run(...paid);
    await retract('2');
    const [repeated, english, chinese] = [
      await here.json(...paid),
      await here.run(...paid),
      await here.run(...paid, '--lang', 'zh-CN'),
    ];

    expect(repeated).toMatchObject({
      code: 0,
      body: { kind: 'duplicate', retracted: true, order: { state: 'paying' } },
    });
    expect(english.stdout).toContain('duplicate: an operator retracted this fact');
    expect(chinese.stdout).toContain('重复：此项已被操作员撤销');
  });

  test('of a retraction lets the fact count again', async () => {
    await here.run('paid', 'O1', '--transaction-no', 'T1', ...money, '128.00');
    await retract('2');
    expect(await retract('3', 'it was of O1 after all')).toMatchObject({
      code: 0,
      body: { order: { state: 'paid', payments: [{ transactionNo: 'T1' }] } },
    });
  });

  test('is rejected with 7 where there is nothing to take back, or nothing any more', async () => {
    await here.run('paid', 'O1', '--transaction-no', 'T1', ...money, '128.00');
    const codes = [];
    for (const revision of ['1', '99', '2', '2']) {
      const { code, body } = await retract(revision);
      codes.push([code, body['code'] ?? body['kind']]);
    }
    expect(codes).toEqual([
      ...[
        [7, 'not-retractable'],
        [7, 'not-retractable'],
        [0, 'accepted'],
      ],
      [7, 'already-retracted'],
    ]);
  });

  test('is refused with 2 without a revision, evidence or a person', async () => {
    const { env, run } = here;
    const ends = [
      await run('retract', 'O1', '-1', '--evidence', 'x'),
      await run('retract', 'O1', 'x', '--evidence', 'x'),
      await run('retract', 'O1', '1'),
      await run('retract', 'O1', '1', '--evidence', 'x'.repeat(2_049)),
    ];
    env['USER'] = 'root';
    ends.push(await run('retract', 'O1', '1', '--evidence', 'x'));

    expect(ends.map(({ code, stdout }) => [code, stdout])).toEqual(ends.map(() => [2, '']));
    expect(ends[1]?.stderr).toContain('REV: must be a whole number from 0');
    expect(ends[4]?.stderr).toContain('give --actor ID');
    expect((await here.json('show', 'O1')).body).toMatchObject({ revision: 1 });
  });
});

describe('explain', () => {
  test('lists a retraction among what is allowed, also where nothing seems wrong', async () => {
    await here.run('paid', 'O1', '--transaction-no', 'T1', ...money, '128.00');
    const { code, stdout } = await here.run('explain', 'O1', 'retract');
    expect(code).toBe(0);
    expect(stdout).toMatch(/allowed now:\n.*retract O1 REV --evidence TEXT\n$/);
  });
});

describe('show', () => {
  test('says what came, what went back and what was taken back, in both languages', async () => {
    await here.run('paid', 'O1', '--transaction-no', 'T1', ...money, '128.00');
    await here.run('refunded', 'O1', '--refund-no', 'RFD1', ...money, '28.00');
    await here.run('refunded', 'O1', '--refund-no', 'RFD2', ...money, '1.00');
    await here.run('failed', 'O1', '--code', 'E1');
    await retract('5', 'another order');

    const english = await shown();
    expect(english).toContain('Payments T1 128.00 CNY\n');
    expect(english).toContain('Received 128.00 CNY\n');
    expect(english).toContain('Refunds RFD1 28.00 CNY\n RFD2 1.00 CNY\n');
    expect(english).toContain('Refunded 29.00 CNY\n');
    expect(english).toMatch(/Retracted 5 The payment failed · .*revision 6 by tester: another/);
    expect(english).toMatch(/1 contradicted: .* \(retracted\)\n/);

    const chinese = await shown('--lang', 'zh-CN');
    expect(chinese).toContain('已收 128.00 CNY\n');
    expect(chinese).toContain('退款 RFD1 28.00 CNY\n');
    expect(chinese).toContain('已退 29.00 CNY\n');
    expect(chinese).toMatch(/已撤销 5 .*版次 6，tester）：another order/);
    expect(chinese).toMatch(/1 contradicted：.*（已随撤销消除）\n/);
  });

  test('says that more went back than came, and suggests a retraction only then', async () => {
    await here.run('paid', 'O1', '--transaction-no', 'T1', ...money, '128.00');
    expect(await shown()).not.toContain('retract O1');
    await here.run('refunded', 'O1', '--refund-no', 'RFD1', ...money, '128.01');

    const lines = await shown();
    expect(lines).toMatch(/1 refund-mismatch: /);
    expect(lines).toContain('retract O1 REV --evidence TEXT');
  });

  test('says that nobody gave the amount, and shows no line where nothing came', async () => {
    expect(await shown()).not.toMatch(/Received|Refund|Retracted/);
    await here.run('paid', 'O1');
    const lines = await shown();
    expect(lines).toContain('Payments – –\n');
    expect(lines).toContain('Received paid; no source gave the amount\n');
  });

  test('shows a fact as it counted at an earlier revision', async () => {
    await here.run('paid', 'O1', '--transaction-no', 'T1', ...money, '128.00');
    await retract('2');
    expect(await shown('--as-of', '2')).toContain('Payments T1 128.00 CNY\n');
    expect(await shown('--as-of', '2')).not.toContain('Retracted');
    expect(await shown('--as-of', '3')).toContain('Retracted 2 Money arrived');
  });
});
