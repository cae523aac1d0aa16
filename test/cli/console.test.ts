import { createServer } from 'node:net';
import { beforeEach, describe, expect, test } from 'vitest';
import { heldCall } from './held-gateway.ts';
import type { Desk, Json, Running } from './support.ts';
import { desk, oneDocument, withSandbox } from './support.ts';
import { visitor } from './visitor.ts';

const reading = ['console', '--port', '0'];
const acting = [...reading, '--act', '--actor', 'li.wei'];
const unanswered = ['--gateway-url', 'http://127.0.0.1:9'];

let here: Desk;

beforeEach(({ onTestFinished }) => {
  here = desk();
  onTestFinished(here.remove);
});

describe('console', () => {
  test('only reads: no page has a form that posts, and none can be sent', async () => {
    await here.run('create', 'O1', '--process-bill-no', 'F1');
    const running = here.start(...reading);
    const browser = visitor(await addressOf(running));

    const pages = [await browser.get('./'), await browser.get('orders/O1')];
    const form = await browser.get('orders/O1/act/retry');
    const sent = [
      await browser.post('orders/O1/act/retry', new URLSearchParams()),
      await browser.post('bulk/retry', new URLSearchParams()),
    ];
    running.stop('SIGTERM');
    await running.ended;

    expect(pages.map(({ status }) => status)).toEqual([200, 200]);
    expect(pages.map(({ html }) => html).join('')).not.toMatch(/method="post"|\/act\//);
    expect([form, ...sent].map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await historyOf(here, 'O1')).length).toBe(1);
  });

  test.for([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('is open until %s, then ends with %i and frees its port', async ([signal, code]) => {
    for (const args of [reading, acting]) {
      const running = here.start(...args);
      const url = await addressOf(running);
      expect((await visitor(url).get('./')).status).toBe(200);

      running.stop(signal);

      expect((await running.ended).code).toBe(code);
      await listenOn(Number(new URL(url).port));
    }
  });

  test('says on stderr what its address allows, and on stdout nothing but the address', async () => {
    const talk = await said(reading, 'sees what it shows');
    const ofActing = await said(acting, 'The console acts as li.wei until a signal');
    const inChinese = await said([...reading, '--lang', 'zh-CN'], '控制台');

    const address = /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/\n$/;
    for (const stdout of [talk, ofActing, inChinese]) expect(stdout).toMatch(address);
  });

  test('gives programs one document with its address', async () => {
    const running = here.start(...acting, '--json');
    const document = oneDocument(await running.said('}\n'));
    running.stop('SIGTERM');
    await running.ended;

    expect(Object.keys(document)).toEqual(['url']);
    expect(document['url']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
  });

  test('leaves a store absent that is absent', async () => {
    for (const args of [reading, acting]) {
      const running = here.start(...args);
      const browser = visitor(await addressOf(running));

      expect((await browser.get('./')).status).toBe(200);
      expect((await browser.get('orders/O1')).status).toBe(404);
      running.stop('SIGTERM');
      await running.ended;
      expect(here.has('payment-orders.db')).toBe(false);
    }
  });

  test('refuses what it cannot use, and names the option', async () => {
    const other = here.start(...reading);
    const { port } = new URL(await addressOf(other));
    // Nothing of a gateway or of a store is looked at before.
    here.env['PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE'] = 'absent.pem';

    const ends = [
      await here.run(...reading, '--act'),
      await here.run('console', '--port', port),
      await here.run(...reading.slice(0, -1), '70000'),
    ];
    other.stop('SIGTERM');
    await other.ended;

    expect(ends.map(({ stdout }) => stdout).join('')).toBe('');
    expect(ends.map(({ code, stderr }) => `${String(code)} ${stderr.trimEnd()}`)).toEqual([
      '2 error: --act records who acts: give --actor ID or set PAYMENT_ORDER_ACTOR',
      `2 error: port ${port} is taken; give another with --port`,
      expect.stringContaining('2 error: --port must be a number'),
    ]);
    expect(here.has('payment-orders.db')).toBe(false);
  });
});

describe('console --act', () => {
  test('says on stderr who did what to which order, and nothing that was written', async ({
    onTestFinished,
  }) => {
    const sandbox = await withSandbox(here);
    onTestFinished(() => sandbox.close());
    for (const orderNo of ['O1', 'O2']) {
      await here.run('create', orderNo, '--process-bill-no', 'F1');
      await cancelUnanswered(here, orderNo);
    }
    const running = here.start(...acting);
    const browser = visitor(await addressOf(running));
    const note = 'Wang Xiaoming, 13800138000';

    const sent = [
      await browser.send(await browser.get('orders/O1/act/retry'), { note }),
      await browser.send(await browser.get('orders/O2/act/abandon'), { note }),
    ];
    running.stop('SIGTERM');
    const { stderr } = await running.ended;

    expect(sent.map(({ status }) => status)).toEqual([201, 201]);
    const retried = (await historyOf(here, 'O1')).at(-1);
    const abandoned = (await historyOf(here, 'O2')).at(-1);
    expect(retried).toMatchObject({ type: 'CancelConfirmed' });
    expect(abandoned).toMatchObject({
      type: 'CancelAbandoned',
      data: { note },
      metadata: { actor: { kind: 'operator', id: 'li.wei' }, source: 'console' },
    });
    expect(stderr.split('\n').filter((line) => line.startsWith('li.wei'))).toEqual([
      `li.wei: retry O1: accepted (CancelConfirmed, ${String(retried?.['revision'])})`,
      `li.wei: abandon O2: accepted (CancelAbandoned, ${String(abandoned?.['revision'])})`,
    ]);
    expect(stderr).not.toMatch(/Wang|1380/);
  });

  test('awaits the call that is out when a signal comes, and records it', async (context) => {
    // given
    const held = await heldCall(context);
    await cancelUnanswered(held.here, 'O1');
    const running = held.here.start(...acting);
    const url = await addressOf(running);
    const browser = visitor(url);
    const form = await browser.get('orders/O1/act/retry');

    // when
    const answered = browser.send(form);
    await held.arrived;
    running.stop('SIGTERM');
    await running.said('its outcome will be recorded');
    expect(running.hasEnded()).toBe(false);
    held.release();

    // then
    const { code, stderr } = await running.ended;
    expect(code).toBe(143);
    expect((await answered).status).toBe(201);
    const last = (await historyOf(held.here, 'O1')).length - 1;
    expect(stderr).toContain(`li.wei: retry O1: accepted (CancelConfirmed, ${String(last)})\n`);
    expect(await held.here.json('show', 'O1')).toMatchObject({ body: { state: 'cancelled' } });
    await listenOn(Number(new URL(url).port));
  });
});

async function addressOf(running: Running): Promise<string> {
  return (await running.said('/\n')).trim();
}

/** All of stdout, of a console that says this. */
async function said(args: readonly string[], text: string): Promise<string> {
  const running = here.start(...args);
  await running.said(text);
  running.stop('SIGTERM');
  return (await running.ended).stdout;
}

/** A cancel that did not run: nobody listens there. */
async function cancelUnanswered(at: Desk, orderNo: string): Promise<void> {
  const { body } = await at.json('cancel', orderNo, ...unanswered);
  expect(body).toMatchObject({ order: { stateDetail: 'cancelling.backingOff' } });
}

async function historyOf(at: Desk, orderNo: string): Promise<readonly Json[]> {
  const { body } = await at.json('log', orderNo);
  return (body as { readonly events: readonly Json[] }).events;
}

/** Rejects where the port is not free. */
async function listenOn(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(port, '127.0.0.1', listening);
  });
  await new Promise((closed) => server.close(closed));
}
