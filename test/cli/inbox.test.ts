import { readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { openPaymentOrders } from '../../src/open.ts';
import { sha256 } from '../../src/text.ts';
import { platformNotices } from '../../src/platform-notices/index.ts';
import type { Desk } from './support.ts';
import { desk } from './support.ts';

const orderNo = 'O20201109150635695000001';
const paid = JSON.stringify({
  api_callback_code: 'create_order',
  status: 'succeeded',
  etc_biz_no: orderNo,
  biz_amt: '128.00',
  time: '20210303155105238',
});
const noticeId = sha256(paid);

let here: Desk;

beforeEach(({ onTestFinished }) => {
  here = desk();
  onTestFinished(here.remove);
  writeFileSync(here.path('paid.json'), paid);
});

const create = () => here.run('create', orderNo, '--process-bill-no', 'F1');

/** As a service keeps what nobody vouches for. */
async function keep(body: string | Uint8Array): Promise<string> {
  const orders = await openPaymentOrders({ store: `sqlite:${here.path('payment-orders.db')}` });
  const receipt = await orders.inbox({ translate: platformNotices() }).receive({ body });
  await orders.close();
  return receipt.noticeId;
}

describe('payment-order inbox', () => {
  test('receives a notice of the platform, for which the operator vouches', async () => {
    await create();

    const received = await here.run('inbox', 'receive', 'paid.json', '--actor', 'li.wei');
    const log = await here.run('log', orderNo, '--json');
    const again = await here.json('inbox', 'receive', 'paid.json');

    expect(received).toMatchObject({ code: 0 });
    expect(received.stdout).toContain(`accepted: notice ${noticeId.slice(0, 12)} is applied`);
    expect(received.stdout).toContain(`PaymentSucceeded in ${orderNo}, revision 1`);
    expect(JSON.parse(log.stdout)).toMatchObject({
      events: [
        {},
        {
          type: 'PaymentSucceeded',
          metadata: { noticeId, vouchedBy: 'li.wei', actor: { kind: 'operator', id: 'li.wei' } },
        },
      ],
    });
    expect(again).toMatchObject({ code: 0, body: { kind: 'duplicate', status: 'applied' } });
  });

  test('makes the store for a notice that comes first, and its order finds it', async () => {
    const received = await here.run('inbox', 'receive', 'paid.json', '--vouched-by', 'the bill');
    const created = await here.json(
      ...['create', orderNo, '--process-bill-no', 'F1', '--amount', '12800', '--currency', 'CNY'],
    );

    expect(received.stdout).toContain('is waiting');
    expect(created.body).toMatchObject({ kind: 'accepted', order: { state: 'paid' } });
  });

  test('lists, shows, vouches for and discards by the first digits of an id', async () => {
    await create();
    await keep(paid);
    const noiseId = await keep('status=paid');

    const list = await here.run('inbox', 'list', '--attention');
    const shown = await here.json('inbox', 'show', noticeId.slice(0, 8));
    const tried = await here.run('inbox', 'retry', noticeId.slice(0, 8), '--vouched-by', 'bill');
    const discarded = await here.run('inbox', 'discard', noiseId, '--reason', 'noise');
    const rejected = await here.run('inbox', 'discard', noticeId, '--reason', 'late');
    const left = await here.json('inbox', 'list', '--attention');

    expect(list.stdout).toContain('unvouched: nothing vouches for its sender');
    expect(list.stderr).toContain('2 notices held');
    expect(shown.body).toMatchObject({ noticeId, status: 'held', body: { text: paid } });
    expect(tried.stdout).toContain('is applied');
    expect(discarded).toMatchObject({ code: 0 });
    expect(rejected).toMatchObject({ code: 7 });
    expect(left.body).toEqual({ notices: [] });
  });

  test.each([
    ['an amount in yuan', { biz_amt: '128.00' }, 'applied'],
    ['an amount of zero', { biz_amt: '0' }, 'applied'],
    ['a failure in words', { status: 'failed', msg: '余额不足' }, 'applied'],
    ['a time without a zone in another form', { time: '2021-02-22 15:16:00' }, 'held'],
    ['an amount with three decimals', { biz_amt: '128.001' }, 'held'],
    ['the code of another service', { api_callback_code: 'open_account' }, 'held'],
    ['a number with a slash', { etc_biz_no: '2026/11/29+=' }, 'held'],
    ['a currency that the platform does not send', { currency: 'cny' }, 'held'],
  ])('keeps a notice with %s, whatever it means', async (_name, change, status) => {
    await create();
    writeFileSync(here.path('one.json'), JSON.stringify({ ...JSON.parse(paid), ...change }));

    const received = await here.json('inbox', 'receive', 'one.json', '--actor', 'li.wei');
    const listed = await here.json('inbox', 'list');

    expect(received).toMatchObject({ code: 0, body: { kind: 'accepted', status } });
    expect(listed.body).toMatchObject({ notices: [{ status }] });
  });

  test('counts held notices beside the orders that need attention', async () => {
    await create();
    await keep(paid);

    const orders = await here.run('list', '--attention');
    const json = await here.json('list', '--attention');
    const all = await here.json('list');

    expect(orders.stderr).toContain('notices: 1 held for an operator, 0 waiting');
    expect(json.body).toMatchObject({ orders: [], notices: { held: 1, waiting: 0 } });
    expect(all.body).toMatchObject({ notices: { held: 1 } });
  });

  test('keeps the translation of another translator, which it could not make', async () => {
    await create();
    const orders = await openPaymentOrders({ store: `sqlite:${here.path('payment-orders.db')}` });
    const { noticeId: ofOther } = await orders
      .inbox({ translate: () => ({ kind: 'fact', orderNo, type: 'PaymentFailed', fact: {} }) })
      .receive({ body: 'failed!' });
    await orders.close();

    const { body } = await here.json('inbox', 'retry', ofOther, '--vouched-by', 'a call');

    expect(body).toMatchObject({ status: 'applied', type: 'PaymentFailed' });
  });

  test('shows a body that a terminal would obey without obeying it', async () => {
    const id = await keep('a\u001b]52;c;AAAA\u0007\r\nb\u202e\0');
    const bytes = await keep(Buffer.from('c4e3bac3', 'hex'));

    const shown = await here.run('inbox', 'show', id);
    const list = await here.run('inbox', 'list');
    const notText = await here.run('inbox', 'show', bytes, '--lang', 'zh-CN');

    expect(shown.stdout).toMatch(/\n {2}a\\u001b\]52;c;AAAA\\u0007\n {2}b\\u202e\\u0000\n$/);
    // eslint-disable-next-line no-control-regex
    expect(shown.stdout + list.stdout).not.toMatch(/[\0\u0007\u001b\u202e]/);
    expect(notText.stdout).toContain('原文（不是 UTF-8，以 base64 显示）\n  xOO6ww==');
  });

  test.each([
    [5, ['inbox', 'show', 'ab']],
    [5, ['inbox', 'retry', '0'.repeat(64)]],
    [2, ['inbox', 'show', 'XYZ']],
    [2, ['inbox', 'list', '--status', 'lost']],
    [2, ['inbox', 'discard', 'ab']],
    [2, ['inbox', 'receive', 'absent.json']],
    [2, ['inbox', 'receive', 'paid.json', '--vouched-by', '']],
    [2, ['inbox']],
    [2, ['inbox', 'lost']],
  ])('answers %i to %o', async (code, args) => {
    await create();

    expect(await here.run(...args)).toMatchObject({ code, stdout: '' });
  });

  test('asks for a person where nobody is named', async () => {
    here.env['USER'] = 'root';

    const refused = await here.run('inbox', 'receive', 'paid.json');

    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('--actor');
    expect(here.has('payment-orders.db')).toBe(false);
  });

  test('leads an operator to the order of a refund before it speaks of discarding', async () => {
    await create();
    const refund = { api_callback_code: 'launch_revert', status: 'succeeded', biz_amt: '28.00' };
    const body = JSON.stringify({ ...refund, etc_biz_no: 'RFD1', time: '20210304155105238' });
    writeFileSync(here.path('refund.json'), `${body}\n`);
    here.env['USER'] = 'root';
    const asked = ['inbox', 'receive', 'refund.json', '--actor', 'li.wei'];
    const id = sha256(`${body}\n`).slice(0, 12);

    const held = await here.run(...asked);
    const shown = await here.run('inbox', 'show', id);
    const led = await here.run('inbox', 'retry', id, '--order', orderNo, '--actor', 'li.wei');

    expect(held.stdout).toContain('unreadable: it names a refund and no order');
    expect(held.stderr).toMatch(/inbox retry \w+ --actor li.wei --order ORDER [^]*inbox discard/);
    expect(shown.stdout).toContain(`inbox retry ${id} --actor ID --order ORDER`);
    expect(shown.stdout.endsWith(`Body\n  ${body}\n`)).toBe(true);
    expect(led.stdout).toContain(`PaymentRefunded in ${orderNo}, revision 1`);
  });

  test('says what an applied notice is, and that its fact can be retracted', async () => {
    await create();
    await here.run('inbox', 'receive', 'paid.json');
    const id = noticeId.slice(0, 12);

    const arrived = await here.run('inbox', 'receive', 'paid.json');
    const tried = await here.run('inbox', 'retry', id);
    const discarded = await here.run('inbox', 'discard', id, '--reason', 'late');

    expect(arrived.stdout).toContain(`duplicate: notice ${id} came before; it is applied`);
    expect(tried.stdout).toContain(`duplicate: notice ${id} is applied already`);
    expect(discarded.stdout).toContain(`notice ${id} is applied and cannot be discarded`);
    expect(discarded.stderr).toContain(`retract ${orderNo} 1 --evidence TEXT`);
  });

  test('says of a forged notice once that it is one', async () => {
    const orders = await openPaymentOrders({ store: `sqlite:${here.path('payment-orders.db')}` });
    const problem = 'its signature is of another key';
    await orders.inbox({ translate: () => ({ kind: 'forged', problem }) }).receive({ body: '{}' });
    await orders.close();

    const { stdout } = await here.run('inbox', 'list');

    expect(stdout).toContain(`forged, so it is never applied: ${problem}`);
  });

  test('says in Chinese which order a notice waits for', async () => {
    await here.run('inbox', 'receive', 'paid.json');

    const { stdout } = await here.run('inbox', 'list', '--lang', 'zh-CN');

    expect(stdout).toContain(`支付单 ${orderNo} 尚未创建`);
  });

  test('says in Chinese what stands how', async () => {
    await keep(paid);

    const { stdout, stderr } = await here.run('inbox', 'list', '--lang', 'zh-CN');

    expect(stdout).toContain('待人工处理');
    expect(stdout).toContain('来源没有可信依据');
    expect(stderr).toContain('1 条通知待人工处理');
  });
});

describe('checking a store', () => {
  test('names what is wrong with a notice, and ends with 3', async () => {
    await create();
    await here.run('inbox', 'receive', 'paid.json');
    const sound = await here.run('verify', '--all');
    const healthy = await here.run('doctor');
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(here.path('payment-orders.db'));
    database.exec(
      `UPDATE events SET data = replace(data, '128.00', '999.00') WHERE type = 'NoticeReceived'`,
    );
    database.close();

    const altered = await here.run('verify', '--all');
    const json = await here.run('verify', '--all', '--json');
    const doctor = await here.run('doctor');

    expect(sound).toMatchObject({ code: 0 });
    expect(sound.stdout).toContain(`paymentNotice-${noticeId}: ok, 2 events`);
    expect(sound.stderr).toContain('1 order and 1 notice checked');
    expect(healthy).toMatchObject({ code: 0 });
    expect(altered).toMatchObject({ code: 3 });
    expect(altered.stdout).toContain('body-altered');
    expect(JSON.parse(json.stdout)).toMatchObject({
      notices: [{ ok: false, stream: `paymentNotice-${noticeId}` }],
    });
    expect(doctor).toMatchObject({ code: 3 });
  });
});

test('a backup holds the notices, and checks them', async () => {
  await create();
  await here.run('inbox', 'receive', 'paid.json');

  const { code, body } = await here.json('backup', 'copy.db');
  const shown = await here.json('inbox', 'show', noticeId, '--store', 'sqlite:copy.db');

  expect(code).toBe(0);
  expect(body).toMatchObject({ ok: true, orders: 1, notices: 1 });
  expect(shown.body).toMatchObject({ status: 'applied', body: { text: paid } });
  expect(readFileSync(here.path('paid.json'), 'utf8')).toBe(paid);
});
