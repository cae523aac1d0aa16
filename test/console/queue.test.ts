import { describe, expect, test } from 'vitest';
import { attentionWhys } from '../../src/order/attention.ts';
import { orderSorts, searchedStates } from '../../src/order-index/types.ts';
import { hrefOf, noGateway, viewFrom } from '../../src/console/pages/queue-view.ts';
import { actorText } from '../../src/console/pages/parts.ts';
import { wordsOf } from '../../src/console/words.ts';
import { listed, listsWorld, visitor } from './lists-world.ts';

describe('the queue', () => {
  test('shows first those that need a person, and who waits longest before the others', async () => {
    const world = await listsWorld();
    const { main, status } = await visitor(world).get('/');
    expect(status).toBe(200);
    expect(listed({ main, status, location: null })).toEqual(['BLOCKED-1', 'BLOCKED-2', 'TWICE-1']);
    expect(main).toContain('Need a person <b>3</b>');
    expect(main).toContain('All orders <b>5</b>');
  });

  test('says why, since when, what came, how often was called and what was answered last', async () => {
    const world = await listsWorld();
    await world.runtime.advance(7_200_000);
    const { main } = await visitor(world).get('/');
    expect(main).toContain('needs review: automation stopped; the platform refused our signature');
    expect(main).toContain('anomaly 1: more than one payment was received');
    expect(main).toContain('for 2 h');
    expect(main).toContain('19.80 CNY received');
    expect(main).toContain('128.00 CNY');
    expect(main).toContain('1 call<');
    expect(main).toContain('title="signature-refused"');
    expect(main).toContain('title="default/payment.order.cancel">platform (default)<');
    expect(main).toContain('in doubt for 2 h');
    expect(main).toMatch(/overdue by .*no recovery is running/);
  });

  test('lists one reason, all orders, or a state, as its address says', async () => {
    const of = visitor(await listsWorld());
    expect(listed(await of.get('/?why=anomaly'))).toEqual(['TWICE-1']);
    expect(listed(await of.get('/?why=all'))).toHaveLength(5);
    expect(listed(await of.get('/?why=all&sort=created')).at(0)).toBe('BLOCKED-1');
    expect(listed(await of.get('/?why=all&state=cancelling.inDoubt'))).toEqual(['DOUBT-1']);
    // What an address says in words that nobody knows counts as not said.
    expect(listed(await of.get('/?why=nothing&sort=up&state=lost'))).toHaveLength(3);
  });

  test('finds an order by its number, bill or transaction, whether it needs anybody or not', async () => {
    const of = visitor(await listsWorld());
    expect(listed(await of.get('/?text=calm'))).toEqual(['CALM-1']);
    expect(listed(await of.get('/?text=F-DOUBT'))).toEqual(['DOUBT-1']);
    expect(listed(await of.get('/?text=T-2'))).toEqual(['TWICE-1']);
    expect((await of.get('/?text=none')).main).toContain('No order has a number that begins so.');
  });

  test('says what is true where a list is empty', async () => {
    const of = visitor(await listsWorld());
    expect((await of.get('/?why=doubt')).main).toContain(
      'No order needs a person for this reason now.',
    );
    expect((await of.get('/?why=all&gateway=other')).main).toContain(
      'No order fits these filters.',
    );
  });

  test('shows texts from outside as texts', async () => {
    const of = visitor(await listsWorld());
    const { main } = await of.get('/');
    expect(main).toContain('&lt;b&gt;&amp;&quot;&#39;中文');
    expect(main).not.toContain('<b>&');
    const found = await of.get(`/?text=${encodeURIComponent('"><script>')}`);
    expect(found.main).toContain('&quot;&gt;&lt;script&gt;');
    expect(found.main).not.toContain('<script');
  });

  test('leads to many at once only for reasons that allow it, and only where somebody may act', async () => {
    const world = await listsWorld();
    expect((await visitor(world).get('/?why=needs-review')).main).toContain(
      '/bulk/retry?why=needs-review"',
    );
    expect((await visitor(world).get('/?why=anomaly')).main).toContain(
      '/bulk/acknowledge?why=anomaly"',
    );
    for (const path of ['/', '/?why=all', '/?why=unreadable', '/?text=T-2']) {
      expect((await visitor(world).get(path)).main).not.toContain('/bulk/');
    }
    const reader = visitor(world, { isActing: false });
    expect((await reader.get('/?why=needs-review')).main).not.toContain('/bulk/');
    expect((await reader.get('/')).main).not.toContain('method="post"');
  });

  test('reads in Chinese too', async () => {
    const { main } = await visitor(await listsWorld(), { language: 'zh-CN' }).get('/');
    expect(main).toContain('全部待办 <b>3</b>');
    expect(main).toContain('自动处理已停止：平台拒绝了我方签名');
  });

  test('names in its heading what it lists', async () => {
    const of = visitor(await listsWorld());
    const headings = {
      '/': 'Orders that need a person',
      '/?why=all': 'All orders',
      '/?why=doubt': 'In doubt',
      '/?text=T-2': 'Orders with a number that begins with “T-2”',
    };
    for (const [path, heading] of Object.entries(headings)) {
      expect((await of.get(path)).main).toContain(`<h1>${heading}</h1>`);
    }
  });

  test('says for how long in words, below a minute too', async () => {
    const world = await listsWorld();
    const [en, zh] = [visitor(world), visitor(world, { language: 'zh-CN' })];
    expect((await en.get('/')).main).toContain('for less than 1 min');
    const { main } = await zh.get('/');
    expect(main).toContain('不到 1 分钟');
    expect(main).not.toContain('已 不到');
  });

  test('names who acted: operators by the id alone, a gateway as the platform', () => {
    const said = (kind: string, id: string) =>
      [wordsOf('en'), wordsOf('zh-CN')].map((words) => actorText(words, { kind, id }));
    expect(said('operator', 'li.wei')).toEqual(['li.wei', 'li.wei']);
    expect(said('service', 'shop')).toEqual(['service shop', '服务 shop']);
    expect(said('robot', 'r2')).toEqual(['robot r2', 'robot r2']);
    expect(said('gateway', 'default/payment.order.cancel')).toEqual([
      'platform (default)',
      '平台（default）',
    ]);
  });

  test('goes on where a page ends, and back to the first', async () => {
    const world = await listsWorld();
    for (let number = 1; number <= 60; number += 1) {
      const orderNo = `MANY-${String(number).padStart(2, '0')}`;
      await world.orders.create({ orderNo, processBillNo: `F-${orderNo}` });
    }
    const of = visitor(world);
    const first = await of.get('/?why=all&sort=created');
    expect(listed(first)).toHaveLength(50);
    const [, next = ''] = /rel="next" href="\/w+([^"]+)"/.exec(first.main) ?? [];
    const second = await of.get(next.replaceAll('&amp;', '&'));
    expect(listed(second)).toHaveLength(15);
    expect(second.main).toContain('First page');
    expect(new Set([...listed(first), ...listed(second)]).size).toBe(65);
  });
});

test('keeps every view of the queue in its address', () => {
  const whys = ['needing', 'all', ...attentionWhys] as const;
  for (const why of whys) {
    for (const gateway of [undefined, null, 'merchant-b']) {
      for (const sort of orderSorts) {
        for (const state of [undefined, ...searchedStates]) {
          for (const text of ['', 'A&b=c #é中']) {
            const view = { why, gateway, sort, state, text, cursor: undefined };
            const { searchParams } = new URL(hrefOf('/w', view), 'http://127.0.0.1');
            expect(viewFrom(searchParams)).toEqual(view);
          }
        }
      }
    }
  }
  expect(viewFrom(new URLSearchParams({ gateway: noGateway })).gateway).toBeNull();
});
