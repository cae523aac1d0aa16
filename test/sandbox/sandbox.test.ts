import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { sign, signingString } from '../../src/gateway/signing.ts';
import { sandboxAppId } from '../../src/sandbox/options.ts';
import { sample, systemRuntime, yes } from '../gateway/support.ts';
import { callRaw, connect, keys, start } from './support.ts';
import { until } from '../until.ts';

/** A request by hand, so that each part can be made wrong. */
async function post(
  url: string,
  changes: Record<string, unknown> = {},
  signer = keys.privateKey,
): Promise<Record<string, unknown>> {
  const fields = {
    appId: sandboxAppId,
    nonce: systemRuntime.randomHex(3),
    timestamp: systemRuntime.now() - 1,
    apiCode: 'payment.order.cancel',
    params: { etc_process_bill_no: 'F1', etc_order_no: 'O1' },
    ...changes,
  };
  const { params, ...signed } = fields;
  const signature = await sign(signingString(signed, params), signer);
  const answer = await callRaw(`${url}/api/gateway`, 'POST', { sign: signature, ...fields });
  expect(answer.status).toBe(200);
  // The sandbox answers with an object.
  return answer.json as Record<string, unknown>;
}

describe('the sandbox', () => {
  test('closes an unknown order, once', async () => {
    const sandbox = await start();
    const gateway = connect(sandbox);
    expect(await gateway.cancel(sample, yes)).toMatchObject({ kind: 'confirmed' });
    expect(sandbox.order(sample.orderNo)).toMatchObject({ status: 'closed', executions: 1 });
    expect(await gateway.cancel(sample, yes)).toMatchObject({ kind: 'refused' });
    expect(sandbox.order(sample.orderNo)).toMatchObject({ status: 'closed', executions: 2 });
  });

  test('refuses to close a paid order', async () => {
    const onPaid = vi.fn();
    const sandbox = await start({ onPaid });
    sandbox.pay(sample.orderNo);
    sandbox.pay(sample.orderNo);
    expect(onPaid.mock.calls).toEqual([[sample.orderNo]]);
    expect(await connect(sandbox).cancel(sample, yes)).toMatchObject({ kind: 'refused' });
    expect(sandbox.order(sample.orderNo)?.status).toBe('paid');
  });

  test('accepts a payment after the close, as channels do', async () => {
    const sandbox = await start();
    await connect(sandbox).cancel(sample, yes);
    sandbox.pay(sample.orderNo);
    expect(sandbox.order(sample.orderNo)?.status).toBe('paid');
  });

  test('refuses, and does not create, orders that are not registered', async () => {
    const sandbox = await start({ orders: 'registered' });
    sandbox.set('O2', { status: 'open' });
    const gateway = connect(sandbox);
    expect(await gateway.cancel({ ...sample, orderNo: 'O1' }, yes)).toMatchObject({
      kind: 'refused',
    });
    expect(sandbox.order('O1')).toBeUndefined();
    expect(await gateway.cancel({ ...sample, orderNo: 'O2' }, yes)).toMatchObject({
      kind: 'confirmed',
    });
  });

  test('keeps a log of its requests without signatures', async () => {
    const onRequest = vi.fn();
    const sandbox = await start({ onRequest });
    const outcome = await connect(sandbox).cancel(sample, yes);
    expect(sandbox.requests).toEqual([
      {
        receivedAt: expect.any(Number) as number,
        nonce: outcome.nonce,
        timestamp: outcome.timestamp,
        orderNo: sample.orderNo,
        processBillNo: sample.processBillNo,
        apiCode: 'payment.order.cancel',
        reason: sample.reason,
        checked: 'accepted',
        fault: 'ok',
      },
    ]);
    expect(onRequest).toHaveBeenCalledTimes(1);
  });

  test('accepts everything that the client signs, also hostile reasons', async () => {
    const sandbox = await start();
    const gateway = connect(sandbox);
    const hostile = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }),
      fc.string({
        unit: fc.constantFrom('&', '=', '取', '🧾', '\n', '"', '\\', '%', '\0', '\u2028', '+'),
        minLength: 1,
      }),
      fc.constantFrom('&timestamp=1', 'a=b&c=d', '__proto__', '\u202e', 'é', 'é'),
    );
    let number = 0;
    await fc.assert(
      fc.asyncProperty(hostile, async (reason) => {
        fc.pre(reason.length <= 512);
        number += 1;
        const orderNo = `O${String(number)}`;
        const call = { attempt: 1, correlationId: 'C1' };
        const request = { ...call, orderNo, processBillNo: 'F1', reason };
        expect(await gateway.cancel(request, yes)).toMatchObject({ kind: 'confirmed' });
        expect(sandbox.requests.at(-1)?.reason).toBe(reason);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the sandbox's checks", () => {
  test('fail in the order appId, apiCode, timestamp, nonce, signature, params', async () => {
    const { url, requests } = await start();
    const used = systemRuntime.randomHex(3);
    await post(url, { nonce: used });
    const params = { etc_process_bill_no: '', etc_order_no: 'O1' };
    const wrong = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    // Each step corrects what the previous check found wrong.
    const steps = [
      { params, nonce: used, timestamp: 1, apiCode: 'x', appId: 'y' },
      { params, nonce: used, timestamp: 1, apiCode: 'x' },
      { params, nonce: used, timestamp: 1 },
      { params, nonce: used },
      { params },
    ];
    const codes: unknown[] = [];
    for (const step of steps) codes.push((await post(url, step, wrong))['responseCode']);
    codes.push((await post(url, { params }))['responseCode']);
    expect(codes).toEqual(['400001', '404001', '403001', '403002', '401001', '400']);
    expect(requests.map(({ checked }) => checked)).toEqual(['accepted', ...codes]);
  });

  test('refuse a timestamp that is ahead or over 30 s old', async () => {
    const nowMs = 1_700_000_000_000;
    const { url } = await start({ runtime: { ...systemRuntime, now: () => nowMs } });
    const codeAt = async (timestamp: number): Promise<unknown> =>
      (await post(url, { timestamp }))['responseCode'];
    expect(await codeAt(nowMs)).toBe('000');
    expect(await codeAt(nowMs + 1)).toBe('403001');
    expect(await codeAt(nowMs - 30_000)).toBe('000');
    expect(await codeAt(nowMs - 30_001)).toBe('403001');
  });

  test('remember a nonce for 60 s', async () => {
    let nowMs = 1_700_000_000_000;
    const { url } = await start({ runtime: { ...systemRuntime, now: () => nowMs } });
    const again = async (): Promise<unknown> =>
      (await post(url, { nonce: '123AO9', timestamp: nowMs }))['responseCode'];
    expect(await again()).toBe('000');
    nowMs += 59_999;
    expect(await again()).toBe('403002');
    nowMs += 1;
    expect(await again()).toBe('000');
  });

  test.each([
    ['a missing order number', { etc_process_bill_no: 'F1' }],
    [
      'an order number that is too long',
      { etc_process_bill_no: 'F1', etc_order_no: 'O'.repeat(33) },
    ],
    ['an empty reason', { etc_process_bill_no: 'F1', etc_order_no: 'O1', reason: '' }],
    [
      'a reason that is too long',
      { etc_process_bill_no: 'F1', etc_order_no: 'O1', reason: 'x'.repeat(513) },
    ],
  ])('refuse %s with 400', async (_name, params) => {
    const { url } = await start();
    expect(await post(url, { params })).toMatchObject({ responseCode: '400', data: null });
  });

  test('refuse what is not an envelope with 400, and other pages with their status', async () => {
    const { url } = await start();
    for (const body of [{}, [], 'x', { appId: 1 }]) {
      const { json } = await callRaw(`${url}/api/gateway`, 'POST', body);
      expect(json).toMatchObject({ responseCode: '400' });
    }
    expect((await callRaw(`${url}/api/gateway`, 'GET')).status).toBe(405);
    expect((await callRaw(`${url}/elsewhere`, 'POST', {})).status).toBe(404);
    expect((await callRaw(`${url}/api/gateway`, 'POST', 'x'.repeat(70_000))).status).toBe(413);
  });
});

describe('a sandbox', () => {
  test('accepts the public key as PEM, and refuses anything else by name', async () => {
    const pem = createPublicKey(keys.privateKey).export({ type: 'spki', format: 'pem' }).toString();
    await start({ callerPublicKey: pem });
    await expect(start({ callerPublicKey: 'none' })).rejects.toMatchObject({
      code: 'invalid-input',
      field: 'callerPublicKey',
    });
  });

  test('rejects with EADDRINUSE where the port is taken', async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('destroys waiting connections when it closes, and may be closed again', async () => {
    const sandbox = await start({ faults: { '*': ['silent-after'] } });
    const call = connect(sandbox).cancel(sample, yes);
    await until(() => sandbox.order(sample.orderNo)?.status === 'closed');
    await sandbox.close();
    await sandbox.close();
    expect(await call).toMatchObject({ kind: 'outcome-unknown', rule: 'connection-lost' });
  });
});
