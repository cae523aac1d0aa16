import { describe, expect, test, vi } from 'vitest';
import { faultMeanings, parseFaultPlan } from '../../src/sandbox/faults.ts';
import type { FaultName } from '../../src/sandbox/faults.ts';
import { manualRuntime, sample, yes } from '../gateway/support.ts';
import { connect, start } from './support.ts';
import { until } from '../until.ts';

type Row = readonly [
  rule: unknown,
  status: 'open' | 'closed' | 'paid',
  executions: number,
  /** Undefined where the cancel is not executed. */
  result?: boolean,
];

/** A head that arrives in time or not makes two rules of one fault. */
const incomplete: unknown = expect.stringMatching(/^(?:answer|body)-timeout$/);

const rows: Readonly<Record<FaultName, Row>> = {
  ok: ['confirmed', 'closed', 1, true],
  'silent-before': ['answer-timeout', 'open', 0],
  'silent-after': ['answer-timeout', 'closed', 1, true],
  'reset-before': ['connection-lost', 'open', 0],
  'reset-after': ['connection-lost', 'closed', 1, true],
  truncated: ['answer-truncated', 'closed', 1, true],
  'http-500': ['http-5xx', 'open', 0],
  html: ['answer-unreadable', 'open', 0],
  'slow-bytes': [incomplete, 'closed', 1, true],
  'odd-words': ['confirmed', 'closed', 1, true],
  'wrong-type': ['cancel-result-unreadable', 'closed', 1, true],
  'duplicate-delivery': ['refused', 'closed', 2, false],
  'paid-during': ['refused', 'paid', 1, false],
};

/** The faults that let the caller wait until its limit. */
const slow: readonly string[] = ['silent-before', 'silent-after', 'slow-bytes'];

describe('the fault', () => {
  test.each(Object.entries(rows))(
    '%s does what its meaning promises',
    async (name, [rule, status, executions, result]) => {
      const runtime = manualRuntime();
      const onAnswered = vi.fn();
      if (slow.includes(name)) onAnswered.mockImplementationOnce(() => setImmediate(runtime.fire));
      const sandbox = await start({ faults: { [sample.orderNo]: [name] }, onAnswered });
      const gateway = connect(sandbox, { runtime });
      expect(await gateway.cancel(sample, yes)).toMatchObject({ rule });
      expect(sandbox.order(sample.orderNo)).toEqual({
        orderNo: sample.orderNo,
        status,
        requests: 1,
        executions,
        faultsLeft: 0,
      });
      expect(sandbox.requests.map(({ fault }) => fault)).toEqual([name]);
      expect(onAnswered.mock.calls).toEqual([[sandbox.requests[0], result]]);
      // The plan is used up: the next cancel is executed.
      const again = await gateway.cancel(sample, yes);
      expect(again.kind).toBe(status === 'open' ? 'confirmed' : 'refused');
    },
  );

  test('paid-during reports the payment that arrives during the cancel', async () => {
    const onPaid = vi.fn();
    const sandbox = await start({ faults: { '*': ['paid-during'] }, onPaid });
    await connect(sandbox).cancel(sample, yes);
    expect(onPaid.mock.calls).toEqual([[sample.orderNo]]);
  });

  test('code:CODE answers any code of the platform and executes nothing', async () => {
    const sandbox = await start({ faults: { '*': ['code:403002', 'code:500', 'code:777'] } });
    const gateway = connect(sandbox);
    const seen: string[] = [];
    for (let call = 0; call < 3; call += 1) seen.push((await gateway.cancel(sample, yes)).rule);
    expect(seen).toEqual(['nonce-repeated', 'system-error', 'code-unknown']);
    expect(sandbox.order(sample.orderNo)?.executions).toBe(0);
  });

  test('delay:MS waits by a timer of the runtime', async () => {
    const runtime = manualRuntime();
    const onAnswered = vi.fn();
    const sandbox = await start({
      runtime,
      onAnswered,
      faults: { '*': ['delay:60000', 'delay:1+reset-after'] },
    });
    const gateway = connect(sandbox);
    const first = gateway.cancel(sample, yes);
    await until(() => sandbox.requests.length === 1);
    expect(sandbox.order(sample.orderNo)).toMatchObject({ status: 'open', executions: 0 });
    expect(onAnswered).not.toHaveBeenCalled();
    runtime.fire();
    expect(onAnswered.mock.calls).toEqual([[sandbox.requests[0], true]]);
    expect(await first).toMatchObject({ kind: 'confirmed' });
    const second = gateway.cancel(sample, yes);
    await until(() => sandbox.requests.length === 2);
    runtime.fire();
    expect(await second).toMatchObject({ rule: 'connection-lost' });
  });
});

describe('a fault plan', () => {
  test('is parsed from text', () => {
    expect(parseFaultPlan('O1=silent-after,ok; *=http-500 ;O2=delay:5+code:403001')).toEqual({
      O1: ['silent-after', 'ok'],
      '*': ['http-500'],
      O2: ['delay:5+code:403001'],
    });
    expect(parseFaultPlan('')).toEqual({});
  });

  test.each([
    'O1',
    '=ok',
    'O1=',
    'O1=unknown',
    'O1=ok=ok',
    'O1=ok;O1=ok',
    'O1=delay:x',
    'O1=delay:900000',
    'O1=delay:5+',
    'O1=code:',
    'O1=toString',
    `O1=${'ok,'.repeat(1000)}ok`,
  ])('is refused by name: %s', (text) => {
    expect(() => parseFaultPlan(text)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field: 'faults' }) as Error,
    );
  });

  test('gives the steps of * to every order without an entry of its own', async () => {
    const sandbox = await start({ faults: parseFaultPlan('O1=ok;*=http-500') });
    const gateway = connect(sandbox);
    const rules: string[] = [];
    for (const orderNo of ['O1', 'O2', 'O3', 'O2']) {
      rules.push((await gateway.cancel({ ...sample, orderNo }, yes)).rule);
    }
    expect(rules).toEqual(['confirmed', 'http-5xx', 'http-5xx', 'confirmed']);
  });

  test('has a meaning for every fault', () => {
    expect(Object.keys(faultMeanings).sort()).toEqual(Object.keys(rows).sort());
  });
});
