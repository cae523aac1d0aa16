import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CancelGateway, CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { GatewayHealth } from '../../src/recovery/gateway-health.ts';
import type { Pass } from '../../src/recovery/gateway-health.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';

const sentAt = '2026-11-29T10:00:00.000Z';
const refused: CancelOutcome = { kind: 'not-executed', rule: 'connection-refused' };
const blocked: CancelOutcome = { kind: 'blocked', rule: 'signature-refused', sentAt };
const confirmed: CancelOutcome = { kind: 'confirmed', rule: 'confirmed', sentAt };

function healthy() {
  const runtime = simulatedRuntime();
  const { signal } = new AbortController();
  const onGateway = () => undefined;
  const health = new GatewayHealth(
    { runtime, signal, makesTrials: true, passesMax: 32, onGateway },
    [],
  );
  return { runtime, health };
}

describe('the health of gateways', () => {
  const use = async (pass: Pass | null, outcome: CancelOutcome): Promise<void> => {
    const port: CancelGateway = {
      identity: 'scripted',
      attemptMs: 1_000,
      cancel: () => Promise.resolve(outcome),
      close: () => Promise.resolve(),
    };
    const { port: watched } = pass?.watched({ name: 'a', appId: 'scripted', port }) ?? { port };
    const request = { orderNo: 'O', processBillNo: 'F', attempt: 1, correlationId: 'C' };
    await watched.cancel(request, () => true);
    pass?.end();
  };
  const step = fc.record({
    gateway: fc.constantFrom('a', 'b'),
    outcome: fc.constantFrom(refused, blocked, confirmed),
    passesMs: fc.integer({ min: 0, max: 90_000 }),
  });

  test('lets one at a time pass while one is down, and leaves the other one alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { runtime, health } = healthy();
        const enter = (name: string, one: string) =>
          health.enter({ name, appId: 'scripted' }, `${name}${one}`);
        // The first call is made alone.
        for (const name of ['a', 'b']) await use(await enter(name, 'O0'), confirmed);
        const stateOf = (wanted: string) =>
          health.statuses().find(({ name }) => name === wanted)?.state ?? 'up';
        for (const { gateway, outcome, passesMs } of steps) {
          const other = gateway === 'a' ? 'b' : 'a';
          const before = { own: stateOf(gateway), other: stateOf(other) };
          const entered = await Promise.all(['O1', 'O2', 'O3'].map((one) => enter(gateway, one)));
          const passes = entered.filter((pass) => pass !== null);
          if (before.own === 'down') expect(passes.length).toBeLessThanOrEqual(1);
          else expect(passes).toHaveLength(3);
          for (const pass of passes) await use(pass, outcome);
          const isUp = outcome.kind === 'confirmed';
          if (passes.length > 0) expect(stateOf(gateway)).toBe(isUp ? 'up' : 'down');
          else expect(stateOf(gateway)).toBe(before.own);
          expect(stateOf(other)).toBe(before.other);
          await runtime.advance(passesMs);
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['cannot be reached', refused, 'up'],
    ['blocks every call', blocked, 'down'],
  ])(
    'takes a question that was sent for what it shows, where it %s',
    async (_what, outcome, then) => {
      const { runtime, health } = healthy();
      const of = { name: 'a', appId: 'scripted' };
      await use(await health.enter(of, 'O1'), outcome);
      await runtime.advance(5_000);

      const trial = await health.enter(of, 'O2');
      const port: CancelGateway = {
        ...{ identity: 'scripted', attemptMs: 1_000 },
        cancel: () => Promise.resolve(confirmed),
        query: () => Promise.resolve({ status: 'unknown', rule: 'signature-refused', sentAt }),
        close: () => Promise.resolve(),
      };
      await trial?.watched({ ...of, port }).port.query?.({ orderNo: 'O2' });
      trial?.end();

      expect(health.statuses()).toMatchObject([{ state: then }]);
    },
  );

  test('lets the others go on where the first call is not answered', async () => {
    const { runtime, health } = healthy();
    const of = { name: 'a', appId: 'scripted' };
    await health.enter(of, 'O1');
    const passed: string[] = [];

    void health.enter(of, 'O2').then(() => passed.push('O2'));
    await runtime.advance(4_999);
    const before = [...passed];
    await runtime.advance(1);

    expect([before, passed]).toEqual([[], ['O2']]);
  });

  test('makes the next one the first where it had nothing to call for', async () => {
    const { runtime, health } = healthy();
    const of = { name: 'a', appId: 'scripted' };
    const passed: string[] = [];
    const first = await health.enter(of, 'O1');
    for (const one of ['O2', 'O3']) void health.enter(of, one).then(() => passed.push(one));

    first?.end();
    await runtime.advance(0);

    expect(passed).toEqual(['O2']);
  });
});
