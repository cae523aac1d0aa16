import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { fillWithWaiting } from '../payment-orders/waiting-orders.ts';
import type { Desk } from './support.ts';
import { desk, withSandbox } from './support.ts';

/** For the call that is never answered; all others have the usual time. */
const unanswered = ['--attempt-limit-ms', '1500'];

let here: Desk;
let sandbox: Sandbox;
let questions: number;

beforeEach(async () => {
  here = desk();
  questions = 0;
  const faults = {
    ...{ O2: ['silent-after'], O3: ['silent-before'] },
    ...{ 'query:O4': ['odd-status', 'odd-status'], 'query:O5': ['code:400002'] },
  };
  sandbox = await withSandbox(here, faults, ({ apiCode }) => {
    if (apiCode === 'payment.order.query') questions += 1;
  });
});

afterEach(async () => {
  await sandbox.close();
  await here.remove();
});

async function started(order: string): Promise<void> {
  const amount = ['--amount', '12800', '--currency', 'CNY'];
  await here.run('create', order, '--process-bill-no', 'F1', ...amount);
  await here.run('start', order);
}

async function path(order: string): Promise<string> {
  const { body } = await here.json('log', order);
  const { events } = body as { readonly events: readonly { readonly type: string }[] };
  return events.map(({ type }) => type).join(' ');
}

describe('payment-order ask', () => {
  test('ends a doubt where the platform says how the order ended', async () => {
    await started('O2');
    const doubted = await here.run('cancel', 'O2', ...unanswered);
    expect(doubted.stderr).toContain('"ask" asks it now');
    expect(doubted.stderr).toMatch(/next:\n {2}payment-order show O2\n {2}payment-order ask O2\n/);

    const { code, stdout, stderr } = await here.run('ask', 'O2');

    expect(code).toBe(0);
    expect(stdout).toBe(
      'canceled (rule canceled): the order is closed at the platform; who closed it is not said\n' +
        'recorded: O2 is cancelled now (revision 4)\n',
    );
    expect(stderr).toBe('next:\n  payment-order show O2\n');
  });

  test('says that `pending` is no proof while an attempt may still take effect', async () => {
    await started('O3');
    await here.run('cancel', 'O3', ...unanswered);

    const { code, stdout, stderr } = await here.run('ask', 'O3');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^pending \(rule pending\): .*\nrecorded: O3 is in doubt now/);
    expect(stderr).toContain('no proof yet. Ask again in some minutes.');
    expect(stderr).toContain('payment-order ask O3\n');
  });

  test('takes `pending` for a proof after the time that is set', async () => {
    const runtime = { ...systemRuntime(), now: () => Date.now() - 9 * 3_600_000 };
    const store = await openSqliteStore({ path: here.path('payment-orders.db'), runtime });
    await fillWithWaiting(runtime, [store], 1);
    await store.close();

    const tooLittle = await here.run('ask', 'W0', '--conclusive-after-ms', '999');
    const early = await here.run('ask', 'W0', '--conclusive-after-ms', '86400000');
    const proven = await here.run('ask', 'W0');

    expect(tooLittle).toMatchObject({ code: 2, stdout: '' });
    expect(tooLittle.stderr).toContain('--conclusive-after-ms: ');
    expect(early.stdout).toMatch(/\nrecorded: W0 is in doubt now/);
    expect(proven.stdout).toMatch(/\nrecorded: W0 is waiting to call again now/);
    expect(proven.stderr).toContain('none of them ran');
  });

  test('finds a payment that nobody reported, once, and names who asked', async () => {
    await started('O1');
    sandbox.pay('O1');

    const found = await here.run('ask', 'O1', '--actor', 'li.wei', '--lang', 'zh-CN');
    const again = await here.json('ask', 'O1');

    expect(found.stdout).toBe(
      'succeeded（规则 succeeded）：支付单已支付\n已记录：O1 现为「已支付」（版次 2）\n',
    );
    expect(again).toMatchObject({
      code: 0,
      body: { kind: 'not-recorded', answer: { status: 'succeeded' }, order: { state: 'paid' } },
    });
    const { body } = await here.json('log', 'O1');
    const actor = { kind: 'operator', id: 'li.wei' };
    expect(body).toMatchObject({
      events: [{}, {}, { type: 'StatusReported', metadata: { actor } }],
    });
  });

  test('ends with 1 where nothing was learned, and says what to do', async () => {
    await Promise.all([started('O4'), started('O5')]);

    const unknown = await here.run('ask', 'O4');
    const repeated = await here.json('ask', 'O4');
    const unavailable = await here.run('ask', 'O5');

    expect(unknown).toMatchObject({ code: 1 });
    expect(unknown.stdout).toMatch(/^unknown \(rule status-unknown\): nothing was learned/);
    expect(repeated).toMatchObject({ code: 1, body: { kind: 'not-recorded' } });
    expect(unavailable).toMatchObject({ code: 1 });
    expect(unavailable.stdout).toMatch(/^unavailable \(rule call-disabled\): .*enable/);
    expect(await path('O4')).toMatch(/PaymentStarted StatusReported$/);
  });

  test('asks nobody where the order does not exist or the gateway is not set', async () => {
    await started('O1');
    const missing = await here.run('ask', 'O404');
    for (const name of ['URL', 'APP_ID', 'PRIVATE_KEY_FILE']) {
      here.env[`PAYMENT_ORDER_GATEWAY_${name}`] = '';
    }
    const unset = await here.run('ask', 'O1');

    expect(missing).toMatchObject({ code: 5, stdout: '' });
    expect(unset).toMatchObject({ code: 2, stdout: '' });
    expect(unset.stderr).toContain('--gateway-url');
    expect(questions).toBe(0);
    expect(await path('O1')).toBe('PaymentOrderCreated PaymentStarted');
  });
});
