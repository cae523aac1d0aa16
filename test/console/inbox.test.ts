import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/text.ts';
import { listsWorld, notAnOrder, visitor } from './lists-world.ts';

const id = sha256(notAnOrder);

describe('the inbox', () => {
  test('lists what is held and what waits, without a body', async () => {
    const { main } = await visitor(await listsWorld()).get('/inbox');
    expect(main).toContain(`/inbox/${id}"`);
    expect(main).toContain('unreadable: it names no &lt;order&gt;');
    expect(main).not.toContain('张三');
  });

  test('says so where nothing waits', async () => {
    const world = await listsWorld();
    await world.orders.inbox().discard(id, { by: 'li.wei', reason: 'a test' });
    const { main } = await visitor(world).get('/inbox');
    expect(main).toContain('No notice is held, and none is waiting.');
  });
});

describe('a notice', () => {
  test('shows its body only where it is asked for', async () => {
    const of = visitor(await listsWorld());
    const without = await of.get(`/inbox/${id}`);
    expect(without.main).not.toContain('张三');
    expect(without.main).toContain('a &lt;source&gt;');
    const shown = await of.get(`/inbox/${id}?body=1`);
    expect(shown.main).toContain('张三');
    expect(shown.main).not.toContain('<b>nobody');
  });

  test('shows what turns or hides text as what it is, line by line', async () => {
    const world = await listsWorld();
    const turned = 'pay \u202e00.01\u200b';
    const translate = () => ({ kind: 'unreadable', problem: 'no order' }) as const;
    const given = { contentType: `a/b ${turned}`, signature: `s ${turned}` };
    const inbox = world.orders.inbox({ translate });
    const { noticeId } = await inbox.receive({ body: `one\n${turned}`, ...given });
    const of = visitor(world);
    const page = await of.get(`/inbox/${noticeId}?body=1`);
    const search = await of.get(`/?text=${encodeURIComponent(turned)}`);
    for (const { main } of [page, search]) {
      expect(main.replaceAll(/value="[^"]*"/g, '')).not.toMatch(/[\u202e\u200b]/);
    }
    expect(page.main).toContain('a/b pay \\u202e00.01\\u200b');
    expect(page.main).toContain('>s pay \\u202e00.01');
    expect(page.main).toContain(' one pay \\u202e00.01\\u200b</pre>');
  });

  test('is not found where none has the id', async () => {
    const of = visitor(await listsWorld());
    for (const other of ['0'.repeat(64), 'x', '%3Cb%3E']) {
      expect(await of.get(`/inbox/${other}`)).toMatchObject({ status: 404 });
    }
  });

  test('is discarded with a reason and who did it, and the receipt is kept', async () => {
    const world = await listsWorld();
    const of = visitor(world);
    const seen = await of.get(`/inbox/${id}`);
    const [, ifRevision = ''] = /name="ifRevision" value="(\d+)"/.exec(seen.main) ?? [];
    const without = await of.post(`/inbox/${id}/discard`, { ifRevision, reason: ' ' });
    expect(without).toMatchObject({ status: 422 });
    expect(without.main).toContain('aria-invalid="true"');
    const answer = await of.post(`/inbox/${id}/discard`, { ifRevision, reason: 'not ours' });
    expect(answer).toMatchObject({ status: 201 });
    expect(answer.location).toMatch(/^\/w+\/receipts\/[\w-]+$/);
    const notice = await world.orders.inbox().get(id);
    expect(notice).toMatchObject({ status: 'discarded', problem: 'not ours' });
    expect(notice?.events.at(-1)).toMatchObject({ type: 'NoticeDiscarded', by: 'li.wei' });
  });

  test('is tried again for an order, vouched for by an operator', async () => {
    const world = await listsWorld();
    const of = visitor(world);
    await of.get(`/inbox/${id}`);
    const wrong = await of.post(`/inbox/${id}/retry`, { ifRevision: '1', vouchedBy: 'a\u0000b' });
    expect(wrong).toMatchObject({ status: 422 });
    const fields = { ifRevision: '1', vouchedBy: 'bill of today', orderNo: 'CALM-1' };
    expect(await of.post(`/inbox/${id}/retry`, fields)).toMatchObject({ status: 201 });
    const retried = (await world.orders.inbox().get(id))?.events.at(2);
    expect(retried).toMatchObject({ type: 'NoticeRetried', by: 'li.wei' });
  });

  test('is left as it is where somebody else was faster, and says what was seen', async () => {
    const world = await listsWorld();
    const [one, other] = [visitor(world), visitor(world)];
    await one.get(`/inbox/${id}`);
    await other.get(`/inbox/${id}`);
    await one.post(`/inbox/${id}/discard`, { ifRevision: '1', reason: 'first' });
    const second = await other.post(`/inbox/${id}/discard`, { ifRevision: '1', reason: 'second' });
    expect(second).toMatchObject({ status: 409 });
    expect(second.main).toContain('you saw revision 1, now it is 2');
    expect(await world.orders.inbox().get(id)).toMatchObject({ problem: 'first' });
  });

  test('makes trying again the first thing to do only where it may help', async () => {
    const of = visitor(await listsWorld());
    const { main } = await of.get(`/inbox/${id}`);
    expect(main).not.toContain('desk-primary');
    expect(main.indexOf('Show the body')).toBeLessThan(main.indexOf('<form'));
    expect(main.match(/What will be recorded/g)).toHaveLength(2);
    expect(main).toContain('Records NoticeDiscarded by li.wei');
  });

  test('puts away the form of one that is discarded', async () => {
    const world = await listsWorld();
    await world.orders.inbox().discard(id, { by: 'li.wei', reason: 'not ours' });
    const { main } = await visitor(world).get(`/inbox/${id}`);
    expect(main).toMatch(/<details ?> <summary>Act on it all the same<\/summary>.*<form/);
    expect(main).not.toContain('desk-primary');
  });

  test('says on its receipt what was recorded, and how it stands now', async () => {
    const world = await listsWorld();
    for (const [language, texts] of [
      ['en', ['An operator set it aside', 'How it stands now', 'discarded · revision 2']],
      ['zh-CN', ['作废通知', '操作员作废', '目前状况', '已作废 · 版次 2']],
    ] as const) {
      const of = visitor(language === 'en' ? world : await listsWorld(), { language });
      await of.get(`/inbox/${id}`);
      const fields = { ifRevision: '1', reason: 'not ours' };
      const { location } = await of.post(`/inbox/${id}/discard`, fields);
      const { main } = await of.get((location ?? '').replace(/^\/\w+/, ''));
      for (const text of texts) expect(main).toContain(text);
      expect(main).not.toContain('operator li.wei');
      expect(main).not.toContain('弃置');
    }
  });

  test('offers nothing where the console only reads', async () => {
    const of = visitor(await listsWorld(), { isActing: false });
    const { main } = await of.get(`/inbox/${id}`);
    expect(main).toContain('The console only reads.');
    expect(main).not.toContain('<form');
    expect(await of.post(`/inbox/${id}/discard`, { reason: 'x' })).toMatchObject({ status: 404 });
  });
});

test('says that nobody works where no process says so', async () => {
  const { main } = await visitor(await listsWorld()).get('/recovery');
  expect(main).toContain('The index of orders is kept in memory');
});
