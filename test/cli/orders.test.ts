import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Desk } from './support.ts';
import { desk, withSandbox } from './support.ts';

let here: Desk;

beforeEach(() => {
  here = desk();
});

afterEach(() => here.remove());

const create = [
  'create',
  'O1',
  '--process-bill-no',
  'F1',
  '--amount',
  '12800',
  '--currency',
  'CNY',
];

describe('the commands of an order', () => {
  test('answer with a receipt, and a repeat with duplicate', async () => {
    const { json } = here;
    const first = await json(...create);
    const again = await json(...create);
    expect(first.code).toBe(0);
    expect(first.body).toMatchObject({
      kind: 'accepted',
      revision: 0,
      // Vitest's own matcher is typed any.
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      order: { orderNo: 'O1', processBillNo: 'F1', amountMinor: 12800, state: 'created' },
    });
    expect(again).toMatchObject({ code: 0, body: { kind: 'duplicate', revision: 1 } });
  });

  test('take an order to paid, and reject with 7 a command that is no longer possible', async () => {
    const { json, run } = here;
    await run(...create);
    expect(await json('start', 'O1')).toMatchObject({ code: 0, body: { kind: 'accepted' } });
    const paid = ['paid', 'O1', '--transaction-no', 'T1', '--amount', '12800', '--currency', 'CNY'];
    const when = ['--occurred-at', '2026-11-23T10:02:03+08:00', '--fact-id', 'bill:1'];
    expect(await json(...paid, ...when)).toMatchObject({
      code: 0,
      body: { kind: 'accepted', order: { state: 'paid' } },
    });
    expect(await json(...paid, ...when)).toMatchObject({ code: 0, body: { kind: 'duplicate' } });
    expect(await json('cancel', 'O1', '--actor', 'customer:c-7')).toMatchObject({
      code: 7,
      body: { kind: 'rejected', code: 'already-paid', allowed: ['RetractFact'] },
    });
    expect((await json('log', 'O1')).body).toMatchObject({
      events: [
        { type: 'PaymentOrderCreated' },
        { type: 'PaymentStarted' },
        {
          type: 'PaymentSucceeded',
          data: { factId: 'bill:1' },
          metadata: { occurredAt: '2026-11-23T02:02:03.000Z' },
        },
        { type: 'CommandRejected', metadata: { actor: { kind: 'customer', id: 'c-7' } } },
      ],
    });
  });

  test('record that a payment failed, and that the gateway closed an order', async () => {
    const { json, run } = here;
    await Promise.all([
      run('create', 'O1', '--process-bill-no', 'F1'),
      run('create', 'O2', '--process-bill-no', 'F2'),
    ]);
    const [failed, closed] = await Promise.all([
      json('failed', 'O1', '--code', 'E1', '--fact-id', 'n:1'),
      json('closed', 'O2', '--cause', 'expired', '--occurred-at', '2026-11-23T00:00:00Z'),
    ]);
    expect(failed).toMatchObject({ code: 0, body: { order: { state: 'failed' } } });
    expect(closed).toMatchObject({ code: 0, body: { order: { state: 'cancelled' } } });
  });

  test('print the result in one line on stdout, and next steps on stderr', async () => {
    const { code, stdout, stderr } = await here.run(...create);
    expect(code).toBe(0);
    expect(stdout).toBe('accepted: O1 is created now (revision 0)\n');
    expect(stderr).toContain('start O1');
    const chinese = await here.run('--lang', 'zh-CN', 'start', 'O1');
    expect(chinese.stdout).toBe('已接受：O1 现为「支付中」（版次 1）\n');
  });

  test('take options before and after the command, and from variables', async () => {
    const { run, env, has } = here;
    await run('--store', 'sqlite:a.db', ...create);
    await run(...create, '--store=sqlite:b.db');
    env['PAYMENT_ORDER_STORE'] = 'sqlite:c.db';
    await run(...create);
    expect(['a.db', 'b.db', 'c.db', 'payment-orders.db'].map(has)).toEqual([
      ...[true, true, true, false],
    ]);
  });

  test('answer a command id the same for ever, with the same exit code', async () => {
    const { run, json } = here;
    await run(...create);
    await run('start', 'O1');
    const again = ['start', 'O1', '--command-id', 's-1'];
    const first = await json(...again);
    await run('closed', 'O1');
    const later = await json(...again);
    const another = await json('start', 'O1', '--command-id', 's-2');
    const code = 'already-started';
    expect(first).toMatchObject({ code: 7, body: { kind: 'rejected', code, revision: 2 } });
    expect(later).toMatchObject({ code: 7, body: { kind: 'rejected', code, revision: 3 } });
    expect(another).toMatchObject({ code: 7, body: { code: 'already-cancelled' } });
  });

  test('end with 2 where a command id is used again with another payload', async () => {
    const { run, json } = here;
    await run(...create);
    await run('start', 'O1', '--command-id', 'c1', '--correlation-id', 'k1');
    const again = await json('start', 'O1', '--command-id', 'c1');
    const other = await run('failed', 'O1', '--command-id', 'c1');
    const reused = await run('acknowledge', 'O1', '1', '--command-id', 'c1', '--json');
    expect(again).toMatchObject({ code: 0, body: { kind: 'duplicate' } });
    expect(other.code).toBe(0);
    expect(reused.code).toBe(2);
    expect(JSON.parse(reused.stderr)).toMatchObject({ error: { code: 'command-id-reused' } });
  });

  test('lead a doubt through every operator command', async () => {
    const { json, run, env } = here;
    const sandbox = await withSandbox(here, { O1: ['http-500', 'http-500'] });
    await run(...create);
    const doubt = await json('cancel', 'O1', '--reason', '临时决定关单取消支付');
    expect(doubt).toMatchObject({
      code: 0,
      body: { kind: 'accepted', order: { stateDetail: 'cancelling.inDoubt' } },
    });
    const abandoned = await json('abandon', 'O1');
    expect(abandoned).toMatchObject({ code: 7, body: { code: 'cancel-in-doubt' } });
    const retried = await json('retry', 'O1', '--note', 'by hand');
    expect(retried).toMatchObject({ code: 0, body: { order: { cancel: { inDoubt: true } } } });
    await sandbox.close();
    const evidence = ['--evidence', 'the bill of 23 November lists it as paid'];
    const resolved = await json('resolve', 'O1', 'paid', ...evidence, '--actor', 'ops-1');
    expect(resolved).toMatchObject({ code: 0, body: { order: { state: 'paid' } } });
    const late = await json(
      'paid',
      'O1',
      '--transaction-no',
      'T1',
      '--amount',
      '1',
      '--currency',
      'CNY',
    );
    expect(late).toMatchObject({ body: { order: { needsAttention: [{ why: 'anomaly' }] } } });
    env['LANG'] = 'zh_CN.UTF-8';
    const shown = await run('show', 'O1');
    expect(shown.stdout).toContain('支付金额与支付单金额不符');
    const seen = await json('acknowledge', 'O1', '1', '--note', 'refunded', '--actor', 'ops-1');
    expect(seen).toMatchObject({ code: 0, body: { order: { needsAttention: null } } });
    expect(await json('acknowledge', 'O1', '1', '--actor', 'ops-1')).toMatchObject({ code: 7 });
  });

  test('back off where the call did not run, and abandon it when asked', async () => {
    const { json, run } = here;
    await (await withSandbox(here)).close();
    await run(...create);
    expect(await json('cancel', 'O1')).toMatchObject({
      code: 0,
      body: { order: { stateDetail: 'cancelling.backingOff', pending: [{ kind: 'timer' }] } },
    });
    expect(await json('abandon', 'O1', '--note', 'paid by card')).toMatchObject({
      code: 0,
      body: { order: { state: 'created' } },
    });
  });
});

describe('an absent store', () => {
  test('is created by create alone', async () => {
    const { run, json, has } = here;
    const given = ['--evidence', 'x', '--actor', 'a'];
    expect(await json('list')).toMatchObject({ code: 0, body: { orders: [] } });
    const ends = await Promise.all([
      ...[run('show', 'O1'), run('log', 'O1'), run('verify', 'O1'), run('diagram', 'O1')],
      ...[run('start', 'O1'), run('cancel', 'O1'), run('retry', 'O1'), run('abandon', 'O1')],
      ...[run('resolve', 'O1', 'open', ...given), run('acknowledge', 'O1', '1')],
      ...[run('paid', 'O1', '--transaction-no', 'T1'), run('failed', 'O1'), run('closed', 'O1')],
    ]);
    expect(ends.map(({ code }) => code)).toEqual(ends.map(() => 5));
    expect(ends.map(({ stdout }) => stdout).join('')).toBe('');
    expect(has('payment-orders.db')).toBe(false);
  });

  test('counts as lost where a witness saw an event', async () => {
    const { code, body } = await here.json('verify', 'O1', '--witness', `3:${'0'.repeat(64)}`);
    expect(code).toBe(3);
    expect(body).toMatchObject({ ok: false, faults: [{ code: 'tail-lost' }] });
  });
});

describe('a decision', () => {
  const decisions = [
    ['retry', 'O1'],
    ['abandon', 'O1'],
    ['resolve', 'O1', 'paid', '--evidence', 'bill'],
    ['acknowledge', 'O1', '1'],
    ['export', 'O1', '--bundle', 'evidence'],
  ];

  test.for(['root', 'Administrator', 'nobody', 'unknown', '1000', ''])(
    'asks who decides where the user of the system is %j, and stores nothing',
    async (user, { onTestFinished }) => {
      const here = desk();
      onTestFinished(here.remove);
      await here.run('create', 'O1', '--process-bill-no', 'F1');
      here.env['USER'] = user;

      const ends = await Promise.all(decisions.map((args) => here.run(...args)));

      for (const { code, stdout, stderr } of ends) {
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
        expect(stderr).toContain('give --actor ID or set PAYMENT_ORDER_ACTOR');
      }
      expect(await here.json('show', 'O1')).toMatchObject({ body: { revision: 0 } });
      expect(here.has('evidence')).toBe(false);
    },
  );

  test('names the person of the option, else of the variable, else of the system', async ({
    onTestFinished,
  }) => {
    const here = desk();
    onTestFinished(here.remove);
    await here.run('create', 'O1', '--process-bill-no', 'F1');
    const exporterOf = async (...args: string[]) => {
      const directory = `evidence-${args.length}-${Object.keys(here.env).length}`;
      await here.run('export', 'O1', '--bundle', directory, ...args);
      const text = readFileSync(here.path(`${directory}/manifest.json`), 'utf8');
      return (JSON.parse(text) as { export: { exporter: string } }).export.exporter;
    };

    const system = await exporterOf();
    here.env['PAYMENT_ORDER_ACTOR'] = 'li.wei';
    const variable = await exporterOf();
    const option = await exporterOf('--actor', 'auditor:wang');
    here.env['PAYMENT_ORDER_ACTOR'] = 'a\nb';
    const wrong = await here.run('retry', 'O1');

    expect([system, variable, option]).toEqual(['tester', 'li.wei', 'auditor:wang']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('PAYMENT_ORDER_ACTOR: must be 1 to 128 characters');
  });

  test('is suggested with the actor that it asks for', async ({ onTestFinished }) => {
    const here = desk();
    onTestFinished(here.remove);
    here.env['USER'] = 'root';

    const { stdout } = await here.run('demo', '--store', 'sqlite:demo.db');
    const show = await here.run('show', 'O20201109150635695000005', '--store', 'sqlite:demo.db');

    expect(stdout).toContain("1 --note 'refund ordered' --actor ID");
    expect(show.stdout).toContain('acknowledge O20201109150635695000005 1 --actor ID');
  });

  test('is suggested with the operator who was typed, and never with a customer', async ({
    onTestFinished,
  }) => {
    const here = desk();
    onTestFinished(here.remove);
    here.env['USER'] = 'root';
    await here.run('create', 'O1', '--process-bill-no', 'F1');
    await here.run('paid', 'O1', '--amount', '1', '--currency', 'CNY');
    await here.run('closed', 'O1');

    const typed = await here.run('show', 'O1', '--actor', 'li wei');
    const customer = await here.run('show', 'O1', '--actor', 'customer:c-7');
    here.env['PAYMENT_ORDER_ACTOR'] = 'li.wei';
    const known = await here.run('show', 'O1');

    expect(typed.stdout).toContain("acknowledge O1 1 --actor 'li wei'");
    expect(customer.stdout).toContain('acknowledge O1 1 --actor ID');
    expect(known.stdout).toMatch(/acknowledge O1 1$/m);
  });
});
