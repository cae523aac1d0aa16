import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Json } from './support.ts';
import { desk } from './support.ts';

describe.concurrent('payment-order demo', () => {
  test('ends each story as expected, and keeps the orders', async ({ onTestFinished }) => {
    const here = desk();
    onTestFinished(here.remove);
    const { code, stdout, stderr } = await here.run('demo', '--lang', 'zh-CN');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('临时决定关单取消支付');
    expect(stdout.match(/结局符合预期/g)).toHaveLength(5);
    const store = ['--store', 'sqlite:payment-order-demo.db'];
    const [open, all] = await Promise.all([
      here.json('list', '--attention', ...store),
      here.run('verify', '--all', ...store),
    ]);
    expect(open.body).toMatchObject({ orders: [{ anomalies: [{ code: 'paid-after-cancel' }] }] });
    expect(all.code).toBe(0);
    // Every event answers who it was.
    expect(stdout).toContain('customer:c-1024');
    expect(stdout).not.toMatch(/→ \S+ +–( |$)/m);
  });

  test.for(['en', 'zh-CN'])(
    'shows a command that writes a report where it says, in %s',
    async (language, { onTestFinished }) => {
      const here = desk();
      onTestFinished(here.remove);
      // A report of an earlier demo is left alone.
      writeFileSync(here.path('payment-order-demo.html'), 'mine');
      const { stdout } = await here.run('demo', '--lang', language);
      const [where = '', typed = ''] = stdout.trimEnd().split('\n').slice(-4, -2);
      const [name, ...args] = typed.trim().split(' ');
      expect(name).toBe('payment-order');
      expect(where).toContain(here.path('payment-order-demo-2.html'));

      const { code } = await here.run(...args);

      expect(code).toBe(0);
      const html = readFileSync(here.path('payment-order-demo-2.html'), 'utf8');
      expect(html).toMatch(/^<!doctype html>/);
      expect(html).toContain('O20201109150635695000005');
    },
  );

  test.for(['en', 'zh-CN'])(
    'ends with the command that opens the console on its orders, in %s',
    async (language, { onTestFinished }) => {
      const here = desk();
      onTestFinished(here.remove);
      const { stdout } = await here.run('demo', '--lang', language);
      const last = stdout.trimEnd().split('\n').at(-1) ?? '';
      const [name, ...args] = last.trim().split(' ');
      expect({ name, command: args.at(-1) }).toEqual({ name: 'payment-order', command: 'console' });

      // Another test may have the port of the command.
      const running = here.start(...args, '--port', '0');

      const url = (await running.said('/\n')).trim();
      const page = await fetch(url, { headers: { 'sec-fetch-site': 'none' } });
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('O20201109150635695000005');
      running.stop('SIGINT');
      expect((await running.ended).code).toBe(130);
    },
  );

  test('is refused where a store holds orders: it would call a sandbox for them', async ({
    onTestFinished,
  }) => {
    const here = desk();
    onTestFinished(here.remove);
    const store = ['--store', 'sqlite:mine.db'];
    await here.run('create', 'O1', '--process-bill-no', 'F1', ...store);
    const { code, stdout, stderr } = await here.run('demo', ...store);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('this store holds orders already');
    expect(await here.json('list', ...store)).toMatchObject({
      body: { orders: [{ orderNo: 'O1', revision: 0 }] },
    });
  });

  test('ends the doubt of its third story by a question that nobody had to ask', async ({
    onTestFinished,
  }) => {
    const here = desk();
    onTestFinished(here.remove);
    await here.run('demo');
    const orderNo = 'O20201109150635695000003';
    const store = ['--store', 'sqlite:payment-order-demo.db'];
    const { body } = await here.json('log', orderNo, ...store);
    const { events } = body as { readonly events: readonly Json[] };
    expect(events.slice(-2)).toMatchObject([
      { type: 'CancelOutcomeUnknown', metadata: { to: 'cancelling.inDoubt' } },
      {
        type: 'StatusReported',
        data: { status: 'canceled', rule: 'canceled' },
        metadata: { to: 'cancelled', actor: { kind: 'timer' }, source: 'query' },
      },
    ]);
    const { stdout } = await here.run('attempts', orderNo, ...store);
    expect(stdout).toContain('never answered, but the platform reported how the order ended');
  });

  test('writes a new file where one exists, and never to the store of the environment', async ({
    onTestFinished,
  }) => {
    const here = desk();
    onTestFinished(here.remove);
    await here.run(
      'create',
      'O1',
      '--process-bill-no',
      'F1',
      '--store',
      'sqlite:payment-order-demo.db',
    );
    here.env['PAYMENT_ORDER_STORE'] = 'sqlite:real.db';
    const { code, body } = await here.json('demo');
    expect(code).toBe(0);
    const states = ['cancelled', 'paid', 'cancelled', 'paid', 'paid'];
    expect(body).toMatchObject({
      store: 'sqlite:payment-order-demo-2.db',
      orders: states.map((state) => ({ state, cancel: {} })),
    });
    expect(here.has('real.db')).toBe(false);
  });
});
