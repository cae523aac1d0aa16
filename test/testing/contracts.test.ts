import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openHttpGateway } from '../../src/gateway/http-gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import {
  gatewayContract,
  openMemoryStore,
  recorder,
  scriptedGateway,
  storeContract,
  simulatedRuntime,
} from '../../src/testing/index.ts';
import type { OpenGateway, OtherSide } from '../../src/testing/index.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { methodsOf } from '../../src/testing/recorder.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const faultOf: Record<OtherSide, string> = {
  confirms: 'ok',
  refuses: 'code:none',
  hangs: 'silent-after',
  'hangs-up': 'reset-after',
  'talks-nonsense': 'html',
  'is-away': 'ok',
};

const ordersCalled = ['O20201109150635695000001', 'O1', 'O2', 'O3'];

const openSandboxed: OpenGateway = async () => {
  const runtime = systemRuntime();
  const sandbox = await startSandbox({ runtime, callerPublicKey: publicKey });
  const { url, appId } = sandbox;
  const gateway = openHttpGateway({
    ...{ url, appId, privateKey, runtime, limits: { connectMs: 500, attemptMs: 700 } },
  });
  return {
    gateway,
    otherSide: async (behaviour) => {
      if (behaviour === 'is-away') await sandbox.close();
      // An order that is paid is refused.
      else if (behaviour === 'refuses') for (const no of ordersCalled) sandbox.pay(no);
      else sandbox.set('O20201109150635695000001', { faults: [faultOf[behaviour]] });
    },
    requests: () => sandbox.requests.length,
    cleanup: async () => {
      await gateway.close();
      await sandbox.close();
    },
  };
};

describe('the gateway contract', () => {
  const cases = gatewayContract('the HTTP gateway', openSandboxed);
  test.each(cases)('is kept by the HTTP gateway: $name', ({ run }) => run());

  test('finds what a gateway does wrong', async () => {
    const runtime = systemRuntime();
    const gateway = scriptedGateway(openMemoryStore(runtime), () =>
      // It takes whatever comes for a refusal, and gives evidence that no event can hold.
      Promise.resolve({ kind: 'refused', rule: 'Not A Rule' }),
    );
    const broken: string[] = [];
    const open: OpenGateway = () =>
      Promise.resolve({
        ...{ gateway, otherSide: () => undefined, requests: () => 0 },
        cleanup: () => Promise.resolve(),
      });
    for (const { name, run } of gatewayContract('a broken one', open)) {
      await run().catch(() => broken.push(name));
    }
    expect(broken).toContain('takes silence for an unknown outcome, within its attemptMs');
    expect(broken).toContain('takes a refusal for one');
    expect(broken).toContain('asks once whether it may send, and then sends');
    expect(broken).not.toContain('sends nothing where it may not');
  });
});

describe('the store contract', () => {
  test('finds what a store does wrong, each by the promise that it breaks', async () => {
    const runtime = simulatedRuntime();
    const broken: string[] = [];
    const cases = storeContract('a careless store', () => {
      const memory = openMemoryStore(runtime);
      const store = methodsOf(memory);
      // It appends wherever the stream ends, whatever was expected.
      store.append = async (stream, events) => {
        const last = await memory.readLast(stream);
        return memory.append(stream, events, last?.revision ?? 'no-stream');
      };
      return Promise.resolve({ store, cleanup: () => memory.close() });
    });
    const wanted = new Set([
      'refuses to start twice',
      'refuses behind and ahead',
      'starts at revision 0',
    ]);
    for (const { name, run } of cases) {
      if (wanted.has(name)) await run().catch(() => broken.push(name));
    }
    expect(broken).toEqual(['refuses to start twice', 'refuses behind and ahead']);
  });

  test('skips what a store is excused from by name, and takes no excuse for nothing', () => {
    const open = () => Promise.reject(new Error('never opened'));
    const [first, ...rest] = storeContract('mine', open, {
      cannotKeep: { 'starts at revision 0': 'it counts from 1' },
    });
    expect(first?.skip).toBe('it counts from 1');
    expect(rest.filter(({ skip }) => skip !== undefined)).toEqual([]);
    const cannotKeep = { 'starts at revision 1': 'misspelt' };
    expect(() => storeContract('mine', open, { cannotKeep })).toThrow('does not have');
  });
});

test('a recorder tells in which order the store and the gateway were used', async () => {
  const runtime = simulatedRuntime();
  const recorded = recorder();
  const store = recorded.store(openMemoryStore(runtime));
  const gateway = recorded.gateway(
    scriptedGateway(store, () => Promise.resolve({ kind: 'confirmed', rule: 'scripted' })),
  );
  const orders = await openPaymentOrders({ store, gateway, runtime });
  await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
  await orders.cancel('O1');
  await orders.close();
  expect(recorded.lines()).toEqual([
    ...['append PaymentOrderCreated', 'append CancelRequested'],
    ...['call O1', 'answer confirmed', 'append CancelConfirmed'],
  ]);
});
