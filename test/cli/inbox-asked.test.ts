import { expect, test, vi } from 'vitest';
import { openPaymentOrders } from '../../src/open.ts';
import { platformNotices } from '../../src/platform-notices/index.ts';
import { desk } from './support.ts';

const notice = { api_callback_code: 'create_order', status: 'succeeded', etc_biz_no: 'O1' };
const paid = JSON.stringify({ ...notice, biz_amt: '128.00', time: '20210303155105238' });

test('says of a notice that nothing vouches for what the platform was asked', async ({
  onTestFinished,
}) => {
  const here = desk();
  onTestFinished(here.remove);
  const orders = await openPaymentOrders({
    store: `sqlite:${here.path('payment-orders.db')}`,
    gateway: {
      identity: 'scripted',
      attemptMs: 1_000,
      cancel: () => Promise.reject(new Error('no cancel')),
      query: () => Promise.resolve({ status: 'failed', rule: 'failed' }),
      close: () => Promise.resolve(),
    },
  });
  await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
  const inbox = orders.inbox({ translate: platformNotices() });
  const { noticeId } = await inbox.receive({ body: paid });
  const waiting = await here.run('inbox', 'list');
  await orders.recoverOnce();
  await vi.waitFor(async () => {
    expect(await inbox.get(noticeId)).toMatchObject({ status: 'held' });
  });
  await orders.close();
  const held = await here.run('inbox', 'list');
  const inChinese = await here.run('inbox', 'show', noticeId, '--lang', 'zh-CN');

  expect(waiting.stdout).toContain('nothing vouches for its sender, so recovery asks the platform');
  expect(held.stdout).toContain('nothing vouches for its sender: the platform reports failed');
  expect(inChinese.stdout).toContain('来源没有可信依据：平台答复的状态为 failed');
});
