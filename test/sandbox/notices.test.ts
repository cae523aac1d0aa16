import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { noticeSigningString, verify } from '../../src/gateway/signing.ts';
import { instantOf } from '../../src/runtime.ts';
import { chinaTime } from '../../src/sandbox/notice-body.ts';
import { noticeMeanings, parseNoticeSteps } from '../../src/sandbox/notice-steps.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/options.ts';
import { keys, systemRuntime } from '../gateway/support.ts';
import { until } from '../until.ts';
import { acknowledge, receiver } from './receiver.ts';
import { callRaw, start as startPlain } from './support.ts';

/** Timers that only fire when they are told to, the shortest first. */
function handRuntime(nowMs = Date.parse('2021-03-03T15:51:05.238+08:00')) {
  const timers = new Set<{ readonly delayMs: number; readonly run: () => void }>();
  const delays = () => Array.from(timers, ({ delayMs }) => delayMs).toSorted((a, b) => a - b);
  return {
    ...systemRuntime,
    now: () => nowMs,
    setTimer(delayMs: number, run: () => void) {
      const timer = { delayMs, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    delays,
    fire(delayMs: number) {
      const timer = [...timers].find((waiting) => waiting.delayMs === delayMs);
      if (timer === undefined) throw new Error(`no timer of ${delayMs} ms, but ${delays().join()}`);
      timers.delete(timer);
      timer.run();
    },
  };
}

const start = (options: Partial<SandboxOptions> = {}) =>
  startPlain({ runtime: handRuntime(), noticePrivateKey: keys.privateKey, ...options });

const answersOf = ({ notices }: Sandbox) => notices.map(({ answer }) => answer);
const contentOf = (body: string | undefined) =>
  JSON.parse(body ?? '') as Readonly<Record<string, string>>;

describe('the sandbox tells the notify URL of an order', () => {
  test('that it is paid, once, in the words and the time of the platform', async () => {
    const { url, bodies } = await receiver();
    const onNotice = vi.fn();
    const sandbox = await start({ onNotice });
    sandbox.set('O1', { notifyUrl: url, amount: '106.09' });

    sandbox.pay('O1');
    sandbox.pay('O1');
    await until(() => sandbox.notices.length > 0);

    expect(bodies.map(contentOf)).toEqual([
      {
        ...{ api_callback_code: 'create_order', status: 'succeeded', etc_biz_no: 'O1' },
        ...{ biz_amt: '106.09', time: '20210303155105238' },
      },
    ]);
    const notice = { orderNo: 'O1', body: bodies[0], attempt: 1, answer: 'acknowledged' };
    expect(sandbox.notices).toEqual([notice]);
    expect(onNotice.mock.calls).toEqual([[notice]]);
  });

  test('that it failed, and of a refund by the number of the refund alone', async () => {
    const { url, bodies } = await receiver();
    const sandbox = await start();
    const page = `${sandbox.url}/sandbox/orders/O1`;

    await callRaw(page, 'POST', { notifyUrl: url, status: 'failed' });
    await until(() => bodies.length === 1);
    await callRaw(page, 'POST', { refund: { refundNo: 'RFD1', amount: '1.00' } });
    await until(() => bodies.length === 2);

    const time = '20210303155105238';
    expect(bodies.map(contentOf)).toEqual([
      { api_callback_code: 'create_order', status: 'failed', etc_biz_no: 'O1', time },
      {
        ...{ api_callback_code: 'launch_revert', status: 'succeeded', etc_biz_no: 'RFD1' },
        ...{ biz_amt: '1.00', time },
      },
    ]);
  });

  test('nothing, where the order has none', async () => {
    const sandbox = await start();
    sandbox.pay('O1');
    expect(sandbox.notices).toEqual([]);
  });
});

describe('a notice', () => {
  test('is repeated until it is acknowledged, with waits that double', async () => {
    const { url, bodies } = await receiver(
      (response) => response.writeHead(500).end('{"response_code":"000"}'),
      (response) => response.end('{"response_code":0}'),
      (response) => response.end('x'.repeat(5_000)),
      (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      (response) => response.destroy(),
      acknowledge,
    );
    const runtime = handRuntime();
    const sandbox = await start({ runtime });
    sandbox.set('O1', { notifyUrl: url, status: 'paid' });

    for (const waitMs of [1_000, 2_000, 4_000, 8_000, 16_000]) {
      await until(() => runtime.delays().includes(waitMs));
      expect(runtime.delays()).toEqual([waitMs]);
      runtime.fire(waitMs);
    }
    await until(() => sandbox.notices.length === 6);

    expect(answersOf(sandbox)).toEqual([
      ...['HTTP 500', 'another answer', 'another answer', 'HTTP 302', 'no answer'],
      'acknowledged',
    ]);
    expect(sandbox.notices.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(bodies).size).toBe(1);
    expect(runtime.delays()).toEqual([]);
  });

  test('is given up after 20 attempts, and an attempt after 10 s', async () => {
    const { url, bodies } = await receiver(...Array.from({ length: 20 }, () => () => undefined));
    const runtime = handRuntime();
    const sandbox = await start({ runtime });
    sandbox.set('O1', { notifyUrl: url, status: 'paid' });

    for (let attempt = 1; attempt <= 20; attempt += 1) {
      await until(() => bodies.length === attempt);
      runtime.fire(10_000);
      await until(() => sandbox.notices.length === attempt);
      if (attempt < 20) runtime.fire(Math.min(1_000 * 2 ** (attempt - 1), 3_600_000));
    }

    expect(new Set(answersOf(sandbox))).toEqual(new Set(['no answer']));
    expect(runtime.delays()).toEqual([]);
  });

  test('is not sent where a thousand wait already', async () => {
    const sandbox = await start();
    const notices = Array.from({ length: 1_000 }, () => 'after-next');
    sandbox.set('O1', { notifyUrl: 'http://127.0.0.1:9/', notices });
    const refund = { refundNo: 'RFD1' };
    for (let told = 0; told <= 1_000; told += 1) sandbox.set('O1', { refund });
    expect(answersOf(sandbox)).toEqual(['not sent']);
  });
});

describe('on demand, a notice', () => {
  const tell = async (notices: readonly string[]) => {
    const runtime = handRuntime();
    const told = await receiver();
    const sandbox = await start({ runtime });
    sandbox.set('O1', { notifyUrl: told.url, notices });
    return { ...told, runtime, sandbox };
  };

  test('is late', async () => {
    const { sandbox, runtime, bodies } = await tell(['delay:60000']);
    sandbox.pay('O1');
    expect(bodies).toEqual([]);
    runtime.fire(60_000);
    await until(() => sandbox.notices.length === 1);
  });

  test('comes twice', async () => {
    const { sandbox, bodies } = await tell(['twice']);
    sandbox.pay('O1');
    await until(() => sandbox.notices.length === 2);
    expect(bodies[1]).toBe(bodies[0]);
  });

  test('comes after the next one', async () => {
    const { sandbox, bodies } = await tell(['after-next']);
    sandbox.pay('O1');
    sandbox.set('O1', { refund: { refundNo: 'RFD1', amount: '1.00' } });
    await until(() => sandbox.notices.length === 2);
    expect(bodies.map((body) => contentOf(body)['etc_biz_no'])).toEqual(['RFD1', 'O1']);
  });

  test.each([
    ['signed', true],
    ['forged', false],
  ])('comes %s, anew each time', async (step, isValid) => {
    const { sandbox, bodies } = await tell([`${step}+twice`]);
    sandbox.pay('O1');
    await until(() => sandbox.notices.length === 2);

    const publicKey = createPublicKey(sandbox.noticePublicKey);
    for (const body of bodies) {
      const {
        sign: signature = '',
        request_content: requestContent = '',
        ...rest
      } = contentOf(body);
      const { nonce = '', timestamp = '', message_type: type } = rest;
      expect(type).toBe('create_order');
      expect(contentOf(requestContent)).toMatchObject({ etc_biz_no: 'O1', status: 'succeeded' });
      const text = noticeSigningString({ nonce, requestContent, timestamp });
      expect(await verify(text, signature, publicKey)).toBe(isValid);
    }
    expect(bodies[1]).not.toBe(bodies[0]);
  });

  test('has steps that all have a meaning, and no others', () => {
    const steps = parseNoticeSteps([...Object.keys(noticeMeanings), 'delay:5+signed+twice']);
    expect(steps.at(-1)).toEqual({
      ...{ format: 'signed', delayMs: 5, isTwice: true, isAfterNext: false },
    });
    for (const step of ['', 'delay:', 'delay:600001', 'ok+', 'toString', 'Signed']) {
      const refused = { code: 'invalid-input', field: 'notices' };
      expect(() => parseNoticeSteps([step])).toThrow(expect.objectContaining(refused) as Error);
    }
  });
});

describe('a notify URL', () => {
  test.each([
    'http://example.com/',
    'https://127.0.0.1/',
    'https://localhost/',
    'http://127.0.0.1:1/?a=1',
    'http://user@127.0.0.1/',
    'http://2130706433/',
    'file:///etc/passwd',
    '',
  ])('is refused, and nothing is changed: %j', async (notifyUrl) => {
    const sandbox = await start();
    const refused = { code: 'invalid-input', field: 'notifyUrl' };
    expect(() => {
      sandbox.set('O1', { notifyUrl, status: 'paid' });
    }).toThrow(expect.objectContaining(refused) as Error);
    expect(sandbox.order('O1')).toBeUndefined();
  });

  test('may be elsewhere where the owner of the sandbox says so', async () => {
    const sandbox = await start({ allowRemoteNotifyUrls: true });
    sandbox.set('O1', { notifyUrl: 'http://service.test:8080/notices' });
    expect(sandbox.order('O1')?.notifyUrl).toBe('http://service.test:8080/notices');
  });
});

test('a sandbox that closes sends nothing more, and breaks off what is out', async () => {
  const { url, bodies } = await receiver(
    () => undefined,
    () => undefined,
  );
  const runtime = handRuntime();
  const sandbox = await start({ runtime });
  sandbox.set('O1', { notifyUrl: url, status: 'paid' });
  sandbox.set('O2', { notifyUrl: url, status: 'paid', notices: ['delay:5'] });
  await until(() => bodies.length === 1);

  await sandbox.close();

  await until(() => runtime.delays().length === 0);
  sandbox.set('O3', { notifyUrl: url, status: 'paid' });
  expect(runtime.delays()).toEqual([]);
  expect([bodies.length, sandbox.notices]).toEqual([1, []]);
});

test('the time of a notice is that of China, eight hours ahead, whatever the instant', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
      const [, y, mo, d, h, mi, s, rest] =
        /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(chinaTime(ms)) ?? [];
      const instant = `${y}-${mo}-${d}T${h}:${mi}:${s}.${rest}+08:00`;
      expect(instantOf(Date.parse(instant))).toBe(instantOf(ms));
    }),
  );
});
