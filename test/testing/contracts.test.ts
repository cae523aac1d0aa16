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
import type { OpenedGateway, OtherSide } from '../../src/testing/index.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { methodsOf } from '../../src/testing/recorder.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const faultOf: Record<OtherSide, string> = {
  confirms: 'ok',
  'confirms-oddly': 'odd-words',
  refuses: 'code:none',
  hangs: 'silent-after',
  'hangs-up': 'reset-after',
  'talks-nonsense': 'html',
  'is-away': 'ok',
};

const ordersCalled = ['O20201109150635695000001', 'O1', 'O2', 'O3'];

const openSandboxed = async (): Promise<OpenedGateway> => {
  const runtime = systemRuntime();
  const sandbox = await startSandbox({ runtime, callerPublicKey: publicKey });
  const { url, appId } = sandbox;
  const limits = { connectMs: 1_500, attemptMs: 1_500 };
  const gateway = openHttpGateway({ url, appId, privateKey, runtime, limits });
  return {
    gateway,
    otherSide: async (behaviour) => {
      if (behaviour === 'is-away') await sandbox.close();
      // The sandbox refuses to cancel a paid order.
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
  test.each(cases)('holds for the HTTP gateway: $name', ({ run }) => run());

  test('finds each promise that a gateway breaks', async () => {
    const runtime = systemRuntime();
    const gateway = scriptedGateway(openMemoryStore(runtime), () =>
      // Reports everything as a refusal, with evidence that no event can hold.
      Promise.resolve({ kind: 'refused', rule: 'Not A Rule' }),
    );
    const broken: string[] = [];
    const open = (): Promise<OpenedGateway> =>
      Promise.resolve({
        gateway,
        otherSide: () => undefined,
        requests: () => 0,
        cleanup: () => Promise.resolve(),
      });
    for (const { name, run } of gatewayContract('a broken one', open)) {
      await run().catch(() => broken.push(name));
    }
    expect(broken).toContain('reports an unknown outcome if no answer comes, after its attemptMs');
    expect(broken).toContain('reports a refusal');
    expect(broken).toContain('asks once whether it may send, and then sends');
    expect(broken).not.toContain('sends nothing if it may not');
  });
});

describe('the store contract', () => {
  test('finds each promise that a store breaks', async () => {
    const runtime = simulatedRuntime();
    const broken: string[] = [];
    const cases = storeContract('a careless store', () => {
      const memory = openMemoryStore(runtime);
      const store = methodsOf(memory);
      // Appends at the end of the stream and ignores the expected revision.
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

  test('skips excused cases and refuses an excuse that names no case', () => {
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

test('recorder() shows the order of appends and calls', async () => {
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
    'append PaymentOrderCreated',
    'append CancelRequested',
    'call O1',
    'answer confirmed',
    'append CancelConfirmed',
  ]);
});
