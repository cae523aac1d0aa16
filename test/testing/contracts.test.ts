import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openHttpGateway } from '../../src/gateway/http-gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import type { SandboxOrderStatus } from '../../src/sandbox/index.ts';
import {
  gatewayContract,
  openMemoryStore,
  recorder,
  scriptedGateway,
  storeContract,
  simulatedRuntime,
} from '../../src/testing/index.ts';
import type { OpenedGateway, OtherSide, OtherSideAsked } from '../../src/testing/index.ts';
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

/** Of questions, which have faults of their own. */
const queryFaultOf: Partial<Record<OtherSide, string>> = {
  hangs: 'silent',
  'hangs-up': 'reset',
  'talks-nonsense': 'html',
};
const askedFaultOf: Partial<Record<OtherSideAsked, readonly [query: string, bill: string]>> = {
  'other-order': ['other-order', 'ok'],
  'odd-status': ['odd-status', 'ok'],
  'no-data': ['no-data', 'no-data'],
  forbidden: ['code:401002', 'code:401002'],
};
const statusOf: Partial<Record<OtherSideAsked, SandboxOrderStatus>> = {
  ...{ pending: 'open', succeeded: 'paid', failed: 'failed', canceled: 'closed' },
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
      else {
        const faults = [faultOf[behaviour]];
        const queryFaults = [queryFaultOf[behaviour] ?? 'ok'];
        sandbox.set('O20201109150635695000001', { faults, queryFaults });
      }
    },
    otherSideAsked: (behaviour) => {
      const [query = 'ok', bill = 'ok'] = askedFaultOf[behaviour] ?? [];
      const status = statusOf[behaviour] ?? 'open';
      sandbox.set('O20201109150635695000001', { status, queryFaults: [query] });
      sandbox.planBills([bill]);
    },
    requests: () => sandbox.requests.length,
    cleanup: async () => {
      await gateway.close();
      await sandbox.close();
    },
  };
};

describe('the gateway contract', () => {
  const asks = ['query', 'queryBill'] as const;
  const cases = gatewayContract('the HTTP gateway', openSandboxed, { asks });
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
    expect(broken).not.toContain('can be asked what the contract was told');
  });

  test('finds each promise about questions that a gateway breaks', async () => {
    // It takes every answer for a payment, whoever it is about.
    const open = async (): Promise<OpenedGateway> => {
      const opened = await openSandboxed();
      const query = () => Promise.resolve({ status: 'succeeded', rule: 'Always' } as const);
      const queryBill = () =>
        Promise.resolve({ status: 'read', rule: 'always', entries: [] } as const);
      return { ...opened, gateway: { ...opened.gateway, query, queryBill } };
    };
    const broken: string[] = [];
    for (const { name, run } of gatewayContract('a careless one', open, { asks })) {
      await run().catch(() => broken.push(name));
    }
    expect(broken).toEqual([
      ...['reports that an order is pending', 'reports that an order is paid'],
      ...['reports that a payment failed', 'reports that an order is closed'],
      "learns nothing from another order's status",
      'learns nothing from a status that is not documented',
      'learns nothing from an answer without data',
      'reports that it may not ask',
      'learns nothing from a question if the other side never answers',
      'learns nothing from a question if the other side closes the connection',
      'learns nothing from a question if the other side answers nonsense',
      'learns nothing from a question if the other side cannot be reached',
      'may ask the same question again',
      'asks about an order without a process bill',
      'does not take an answer without data for an empty bill',
      'reports that it may not ask for bills',
      'reads no bill if the other side cannot be reached',
    ]);
  });

  test('finds a gateway that can be asked and was not tried with questions', async () => {
    const [untried] = gatewayContract('an untried one', openSandboxed).filter(({ name }) =>
      name.startsWith('can be asked'),
    );
    await expect(untried?.run()).rejects.toThrow('asks');
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
    'append GatewayClaimed',
    'append PaymentOrderCreated',
    'append CancelRequested',
    'call O1',
    'answer confirmed',
    'append CancelConfirmed',
  ]);
});
