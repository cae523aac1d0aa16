import { chmodSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { platformNotices } from '../../src/platform-notices/index.ts';
import {
  billFaultMeanings,
  faultMeanings,
  noticeMeanings,
  queryFaultMeanings,
} from '../../src/sandbox/index.ts';
import { receiver } from '../sandbox/receiver.ts';
import { callRaw } from '../sandbox/support.ts';
import type { Desk } from './support.ts';
import { desk, oneDocument, withSandbox } from './support.ts';

let here: Desk;

beforeEach(() => {
  here = desk();
});

afterEach(() => here.remove());

describe('payment-order sandbox', () => {
  test('prints the settings that lead to it, answers a cancel, and ends with the signal', async () => {
    const running = here.start('sandbox', '--port', '0', '--fault', 'O1=wrong-type', '--json');
    const { url, appId, privateKeyFile } = oneDocument(await running.said('}\n'));
    const settings = ['--gateway-url', String(url), '--app-id', String(appId)];
    const key = ['--private-key-file', String(privateKeyFile)];
    await here.run('create', 'O1', '--process-bill-no', 'F1');
    const cancelled = await here.json('cancel', 'O1', ...settings, ...key);
    expect(cancelled).toMatchObject({ body: { order: { stateDetail: 'cancelling.inDoubt' } } });
    running.stop('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('request: order O1, fault wrong-type: cancel_result "true", as text');
  });

  test('is the account that --app-id names, so that two of them are two merchants', async () => {
    const appId = 'BBBBBBBBBBBBBBBB';
    const running = here.start('sandbox', '--port', '0', '--app-id', appId, '--json');
    const { url, ...shown } = oneDocument(await running.said('}\n'));
    expect(shown).toMatchObject({ appId });
    const settings = ['--gateway-url', String(url), '--app-id', appId];
    const key = ['--private-key-file', String(shown['privateKeyFile'])];
    await here.run('create', 'O1', '--process-bill-no', 'F1');
    const cancelled = await here.json('cancel', 'O1', ...settings, ...key);
    expect(cancelled).toMatchObject({ body: { order: { state: 'cancelled' } } });
    running.stop('SIGINT');
    await running.ended;
  });

  test('refuses an --app-id that no gateway could have', async () => {
    const { code, stderr } = await here.run('sandbox', '--port', '0', '--app-id', 'B');
    expect({ code, stderr }).toMatchObject({ code: 2 });
    expect(stderr).toContain('--app-id: must be 16 letters and digits');
  });
});

describe('the sandbox, told of a notify URL', () => {
  test('posts notices there, logs each attempt, and gives the key that verifies them', async () => {
    const { url: notifyUrl, bodies } = await receiver();
    const running = here.start('sandbox', '--port', '0', '--json');
    const { url, noticePublicKeyFile } = oneDocument(await running.said('}\n'));
    const change = { status: 'paid', notifyUrl, notices: ['signed'] };

    await callRaw(`${String(url)}/sandbox/orders/O1`, 'POST', change);
    await running.said('notice: order');

    const publicKey = readFileSync(String(noticePublicKeyFile), 'utf8');
    const notice = { noticeId: '0'.repeat(64), body: bodies[0] ?? '', receivedAt: '' };
    const translated = await platformNotices({ publicKey })(notice);
    expect(translated).toMatchObject({ kind: 'fact', orderNo: 'O1', type: 'PaymentSucceeded' });
    running.stop('SIGINT');
    const { stderr } = await running.ended;
    expect(stderr).toContain('notice: order O1, attempt 1: acknowledged');
  });
});

describe('the request log of the sandbox', () => {
  test('names each answer, also after a delay', async () => {
    const plan = 'O1=delay:300+ok,ok;O2=code:403001;O3=http-500';
    const running = here.start('sandbox', '--port', '0', '--fault', plan, '--json');
    const { url, appId, privateKeyFile } = oneDocument(await running.said('}\n'));
    here.env['PAYMENT_ORDER_GATEWAY_URL'] = String(url);
    here.env['PAYMENT_ORDER_GATEWAY_APP_ID'] = String(appId);
    here.env['PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE'] = String(privateKeyFile);
    // Two stores know the order: the second asks for what is closed already.
    for (const [order, store] of [
      ['O1', 'a'],
      ['O1', 'b'],
      ['O2', 'a'],
      ['O3', 'a'],
    ] as const) {
      const given = ['--store', `sqlite:${store}.db`];
      await here.run('create', order, '--process-bill-no', 'F1', ...given);
      await here.run('cancel', order, ...given);
    }
    await running.said('O3');
    running.stop('SIGINT');
    const { stderr } = await running.ended;
    const lines = stderr.split('\n').filter((line) => line.startsWith('request'));
    expect(lines).toEqual([
      'request: order O1, fault ok: cancel_result true',
      'request: order O1, fault ok: cancel_result false',
      'request: order O1 (payment.order.query), fault ok: answered',
      'request: order O2, fault code:403001: responseCode 403001',
      'request: order O3, fault http-500: not executed; HTTP 500',
    ]);
  });

  test('has help that names every fault and shows a plan', async () => {
    const { stdout } = await here.run('sandbox', '--help');
    for (const [name, meaning] of Object.entries(faultMeanings)) {
      expect(stdout).toMatch(new RegExp(`^  ${name} +${meaning}$`, 'm'));
    }
    for (const [name, meaning] of Object.entries(noticeMeanings)) {
      expect(stdout).toMatch(new RegExp(`^  ${name} +${meaning}$`, 'm'));
    }
    for (const [name, meaning] of Object.entries({ ...billFaultMeanings, ...queryFaultMeanings })) {
      expect(stdout).toMatch(new RegExp(`^  ${name} +${meaning}$`, 'm'));
    }
    expect(stdout).toContain("--fault 'O1=silent-after,ok;*=delay:300+http-500'");
  });
});

describe('--help', () => {
  test('names every variable that the guides name', async () => {
    const { stdout } = await here.run('--help');
    const [, environment = ''] = stdout.split('Environment: PAYMENT_ORDER');
    const named = new Set(environment.match(/_[A-Z_]+/g));
    const guides = ['README.md', 'docs/operations.md'].map((file) => readFileSync(file, 'utf8'));
    const used = guides.flatMap((text) => text.match(/(?<=PAYMENT_ORDER)_[A-Z_]+/g) ?? []);
    const ofTests = new Set(['_TEST_ESDB']);
    expect(used.filter((name) => !named.has(name) && !ofTests.has(name))).toEqual([]);
  });
});

describe('payment-order doctor', () => {
  test('accepts settings that work, and asks one question, which changes nothing', async () => {
    const sandbox = await withSandbox(here);
    const { code, body } = await here.json('doctor');
    await sandbox.close();
    expect(body).toMatchObject({
      checks: [
        ...['node', 'sqlite', 'store', 'file-permissions', 'gateway-settings'],
        ...['private-key', 'gateway-url', 'gateway-reachable', 'gateway-query', 'clock'],
      ].map((name) => ({ name, ok: true })),
    });
    expect(code).toBe(0);
    expect(sandbox.requests.map(({ apiCode }) => apiCode)).toEqual(['payment.order.query']);
    expect(sandbox.order('PAYMENT-ORDER-DOCTOR')).toBeUndefined();
    expect(here.has('payment-orders.db')).toBe(false);
  });

  test.each([
    [
      'code:400002',
      0,
      /note question about an order .* may not be called \(code 400002\).*after 16 hours a person must look/s,
    ],
    ['code:401002', 0, /may not be called/],
    ['code:500', 0, /was answered with code 500/],
    ['ok', 0, /ok question about an order .* may be called: a doubt ends by asking/],
    ['code:401001', 1, /refused payment.order.query \(signature-refused\).*private key/],
    ['code:400001', 1, /refused payment.order.query \(app-id-wrong\).*app id/],
    ['code:403001', 1, /refused payment.order.query \(timestamp-refused\).*clock/],
    ['http-500', 1, /was not answered \(http-5xx\)/],
  ])('says what follows where the question is answered with %s', async (step, code, sentence) => {
    const sandbox = await withSandbox(here, { 'query:*': [step, step] });
    const inEnglish = await here.run('doctor');
    const inChinese = await here.run('doctor', '--lang', 'zh-CN');
    await sandbox.close();
    expect(inEnglish.stdout.replaceAll(/\s+/g, ' ')).toMatch(sentence);
    expect(inEnglish.code).toBe(code);
    expect(inEnglish.stderr.includes('everything is ok')).toBe(step === 'ok');
    expect(inChinese.stdout).toContain('支付单查询');
  });

  test('ends with 1 and says how to correct each setting', async () => {
    await (await withSandbox(here)).close();
    await here.run('create', 'O1', '--process-bill-no', 'F1');
    chmodSync(here.path('keys/sandbox-private-key.pem'), 0o644);
    chmodSync(here.path('payment-orders.db'), 0o666);
    const { code, stdout } = await here.run('doctor', '--app-id', 'short');
    expect(code).toBe(1);
    expect(stdout).toMatch(/chmod 6[04]0 on it/);
    expect(stdout).toContain('ECONNREFUSED');
    expect(stdout.match(/NOT ok/g)).toHaveLength(4);
  });
});

describe('stdout', () => {
  test('is coloured for a terminal, and for nothing else', async () => {
    await here.run('create', 'O1', '--process-bill-no', 'F1');
    expect((await here.run('show', 'O1')).stdout).not.toContain('\u001b');
    const shown = async (env: Record<string, string>) => {
      let stdout = '';
      const write = (text: string) => (stdout += text);
      const terminal = { write, isTTY: true };
      await run(['show', 'O1'], { stdout: terminal, stderr: terminal, env, cwd: here.directory });
      return stdout;
    };
    expect(await shown({})).toContain('\u001b[1mcreated');
    expect(await shown({ NO_COLOR: '1' })).not.toContain('\u001b');
  });
});
