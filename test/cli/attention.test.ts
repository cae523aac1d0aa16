import { statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { callRules } from '../../src/gateway/call-classification.ts';
import { cancelRules } from '../../src/gateway/classification.ts';
import { queryRules } from '../../src/gateway/query-classification.ts';
import { systemRuntime } from '../../src/runtime.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { en } from '../../src/words/attention/en.ts';
import { zhCN } from '../../src/words/attention/zh-CN.ts';
import { fillWithWaiting } from '../payment-orders/waiting-orders.ts';
import type { Desk } from './support.ts';
import { desk, oneDocument, withSandbox } from './support.ts';

let here: Desk;
let sandbox: Sandbox | null;

beforeEach(() => {
  here = desk();
  sandbox = null;
});

afterEach(async () => {
  await sandbox?.close();
  await here.remove();
});

/** Orders W0 … in doubt whose questions were due an hour ago. */
async function overdue(count: number): Promise<void> {
  const runtime = { ...systemRuntime(), now: () => Date.now() - 9 * 3_600_000 };
  const store = await openSqliteStore({ path: here.path('payment-orders.db'), runtime });
  await fillWithWaiting(runtime, [store], count);
  await store.close();
}

async function create(...orders: string[]): Promise<void> {
  for (const order of orders) {
    const amount = ['--amount', '128.00', '--currency', 'CNY'];
    await here.run('create', order, '--process-bill-no', `F-${order}`, ...amount);
  }
}

const whysOf = (body: unknown) =>
  (body as { orders: { orderNo: string; why: { why: string }[] }[] }).orders.map(
    ({ orderNo, why }) => [orderNo, ...why.map((reason) => reason.why)].join(' '),
  );

describe('payment-order list', () => {
  test('says why orders need a person, and since when', async () => {
    await overdue(2);
    await create('O1');
    await here.run('paid', 'O1', '--transaction-no', 'T1', '--amount', '1', '--currency', 'CNY');

    const { stdout } = await here.run('list', '--attention');
    const json = await here.json('list', '--attention');

    expect(stdout).toContain('in doubt for 9 h; overdue by 1 h: no recovery is running');
    expect(stdout).toMatch(/^W0 .*answer-timeout .*overdue by 1 h/m);
    expect(stdout).toMatch(/^O1 .*128.00 CNY {2}0.01 CNY .*anomaly 1: /m);
    expect(json).toMatchObject({
      code: 0,
      body: { orders: [{ orderNo: 'W0' }, { orderNo: 'W1' }, { why: [{ number: 1 }] }] },
    });
    expect(whysOf(json.body)).toEqual(['W0 doubt overdue', 'W1 doubt overdue', 'O1 anomaly']);
  });

  test('says in words by which rule the last answer was classified', async () => {
    sandbox = await withSandbox(here, { O1: ['code:401001'] });
    await create('O1');
    const cancelled = await here.run('cancel', 'O1');
    const { stdout } = await here.run('list', '--why', 'needs-review');
    const chinese = await here.run('list', '--why', 'needs-review', '--lang', 'zh-CN');
    const show = await here.run('show', 'O1');
    const sentence = 'needs review: automation stopped; the platform refused our signature';
    for (const text of [cancelled.stderr, stdout, show.stdout]) expect(text).toContain(sentence);
    expect(chinese.stdout).toContain('平台拒绝了我方签名');
  });

  test('filters by reason, state, time, and pages by a cursor', async () => {
    await overdue(3);
    await create('O1', 'O2');
    const of = async (...args: string[]) => whysOf((await here.json('list', ...args)).body);
    expect(await of('--why', 'overdue,anomaly')).toHaveLength(3);
    expect(await of('--why', 'anomaly')).toEqual([]);
    expect(await of('--state', 'cancelling.inDoubt')).toHaveLength(3);
    expect(await of('--state', 'created')).toEqual(['O1', 'O2']);
    expect(await of('--since', new Date(Date.now() - 3_600_000).toISOString())).toHaveLength(2);
    expect(await of('--state', 'created', '--stalled-after-ms', '1')).toEqual([
      ...['O1 stalled', 'O2 stalled'],
    ]);
    const first = await here.json('list', '--sort', '-created', '--limit', '2');
    expect(whysOf(first.body)).toEqual(['O2', 'O1']);
    const cursor = String(first.body['cursor']);
    const page = ['--sort', '-created', '--limit', '2', '--cursor', cursor];
    expect((await of(...page)).map((line) => line.slice(0, 2))).toEqual(['W2', 'W1']);
    const shown = await here.run('list', '--limit', '1');
    expect(shown.stderr).toContain('the next page: --cursor ');
  });

  test.each([
    ['--cursor can only be used with --limit', ['--cursor', 'x']],
    ['--why must be one of: needs-review, anomaly', ['--why', 'sleepy']],
    ['--sort must be one of: created', ['--sort', 'name']],
    ['since: ', ['--since', 'yesterday']],
    ['limit: ', ['--limit', '1001']],
    ['cursor: ', ['--limit', '1', '--cursor', 'x']],
  ])('refuses what it does not know: %s', async (says, args) => {
    await create('O1');
    const { code, stdout, stderr } = await here.run('list', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
  });

  test('keeps its index beside the store, for its owner alone, or where it is told', async () => {
    await create('O1');
    await here.run('list');
    expect(statSync(here.path('payment-orders.db.index')).mode & 0o777).toBe(0o600);
    expect((await here.json('list', '--index', 'other.index')).body).toMatchObject({
      index: 'file',
    });
    expect(here.has('other.index')).toBe(true);
    const refused = await here.run('list', '--index', 'payment-orders.db');
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('index: is not an index of payment orders');
    expect(await here.run('verify', '--all')).toMatchObject({ code: 0 });
  });

  test('shows what changed while it is watched, until a signal comes', async () => {
    await create('O1');
    const running = here.start('list', '--watch', '--ndjson');
    await running.said('"O1"');
    await create('O2');
    await running.said('"O2"');
    running.stop('SIGINT');
    expect((await running.ended).code).toBe(130);
  });
});

describe('payment-order find', () => {
  test('finds an order by what a payer quotes, in any case, from its beginning', async () => {
    await create('O1', 'O2');
    await here.run('paid', 'O2', '--transaction-no', 'WX4200002345');
    for (const quoted of ['WX4200002345', 'wx42', 'O2', 'f-o2']) {
      const { code, body } = await here.json('find', quoted);
      expect(code).toBe(0);
      expect(body).toMatchObject({ orders: [{ orderNo: 'O2', state: 'paid' }] });
    }
  });

  test('ends with 5 where nothing has such a number', async () => {
    await create('O1');
    const { code, stderr } = await here.run('find', '4200');
    expect(code).toBe(5);
    expect(stderr).toBe('no order has a number that begins with 4200\n');
  });
});

describe('an operator’s command for many orders', () => {
  test('shows what it would do, and does it where it is told so, with a receipt each', async () => {
    sandbox = await withSandbox(here);
    await overdue(3);
    const preview = await here.run('retry', '--why', 'overdue', '--limit', '2', '--actor', 'li');
    expect(preview).toMatchObject({ code: 0 });
    expect(preview.stdout).toMatch(/^W0 .*\n.*W1 /m);
    expect(preview.stderr).toContain('2 orders would get "retry"; nothing was done. Add --yes');
    expect((await here.json('show', 'W0')).body).toMatchObject({ revision: 2 });

    const args = ['retry', '--why', 'overdue', '--limit', '2', '--actor', 'li', '--yes'];
    const done = await here.run(...args, '--json');

    expect(done).toMatchObject({ code: 0, stderr: '2 accepted\n' });
    const receipts = done.stdout.trimEnd().split('\n').map(oneDocument);
    expect(receipts).toMatchObject([
      { kind: 'accepted', order: { orderNo: 'W0', state: 'cancelled' } },
      { kind: 'accepted', order: { orderNo: 'W1', state: 'cancelled' } },
    ]);
    expect((await here.json('show', 'W2')).body).toMatchObject({ revision: 2 });
  });

  test('acknowledges the anomalies of one kind, and leaves the others open', async () => {
    await create('O1', 'O2');
    for (const order of ['O1', 'O2']) {
      await here.run('paid', order, '--transaction-no', 'T1', '--amount', '1', '--currency', 'CNY');
    }
    await here.run('paid', 'O2', '--transaction-no', 'T2', '--amount', '128', '--currency', 'CNY');
    const given = ['acknowledge', '--why', 'anomaly', '--code', 'amount-mismatch', '--actor', 'li'];
    expect((await here.json(...given, '--note', 'seen')).body).toMatchObject({
      preview: [{ orderNo: 'O1' }, { orderNo: 'O2' }],
    });
    await here.run(...given, '--note', 'seen', '--yes');
    const left = await here.json('list', '--attention');
    expect(left.body).toMatchObject({
      orders: [{ orderNo: 'O2', why: [{ code: 'double-payment' }] }],
    });
    const none = await here.run(...given, '--yes');
    expect(none).toMatchObject({ code: 0, stderr: 'no order needs it\n' });
  });

  test.each([
    ['give an order, or --why', ['retry']],
    ['give an order or --why, not both', ['retry', 'O1', '--why', 'doubt']],
    ['--limit and --yes can only be used with --why', ['retry', 'O1', '--yes']],
    ['--limit must be at most 50', ['retry', '--why', 'doubt', '--limit', '51']],
    ['give the number of the anomaly', ['acknowledge', 'O1']],
    ['--code can only be used with --why', ['acknowledge', 'O1', '1', '--code', 'x']],
  ])('is refused where it is not clear: %s', async (says, args) => {
    sandbox = await withSandbox(here);
    await create('O1');
    const { code, stderr } = await here.run(...args, '--actor', 'li');
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});

describe('what is overdue', () => {
  test('makes doctor end with 1 and say that no recovery is running', async () => {
    await overdue(2);
    const { code, stdout } = await here.run('doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/2 orders overdue, the first since \S+: no recovery is running/);
    expect(await here.json('doctor')).toMatchObject({ code: 1 });
  });

  test('is marked by show', async () => {
    await overdue(1);
    const { stdout } = await here.run('show', 'W0');
    expect(stdout).toContain('overdue by 1 h: no recovery is running');
    expect(stdout).toMatch(/the platform is asked at .* – overdue by 1 h/);
  });
});

describe('the words for rules', () => {
  const names = [
    ...Object.keys(callRules),
    ...[...cancelRules, ...queryRules].map(({ rule }) => rule),
    ...['attempt-abandoned', 'call-failed', 'call-unanswered', 'query-failed', 'query-unanswered'],
  ];

  test('say in both languages what every rule of an answer means', () => {
    for (const { rules } of [en, zhCN]) {
      expect(names.filter((name) => rules[name] === undefined)).toEqual([]);
    }
    expect(Object.keys(zhCN.rules)).toEqual(Object.keys(en.rules));
  });
});
