import { describe, expect, onTestFinished, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelGateway, CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
// Recovery loads it when it starts, which takes no time of a simulated runtime.
import '../../src/recovery/recovery.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';

const second = 1_000;
const minute = 60 * second;
const sentAt = '2026-11-29T10:00:00.000Z';

const refused: CancelOutcome = { kind: 'not-executed', rule: 'connection-refused' };
const confirmed: CancelOutcome = { kind: 'confirmed', rule: 'confirmed', sentAt };

describe('while one of several gateways answers nothing, recovery', () => {
  test.each(['startRecovery', 'recoverOnce'] as const)(
    'calls the others as ever (%s)',
    async (way) => {
      const runtime = simulatedRuntime();
      const store = openMemoryStore(runtime);
      const platform = { isUp: false };
      const timedOut: CancelOutcome = { kind: 'outcome-unknown', rule: 'answer-timeout', sentAt };
      const port = (identity: string): CancelGateway => ({
        ...{ identity, attemptMs: 15_000 },
        cancel: async () => {
          if (!platform.isUp) return refused;
          const answersAfterMs = identity === 'B' ? 15_000 : 100;
          await new Promise<void>((answer) => runtime.setTimer(answersAfterMs, answer));
          return identity === 'B' ? timedOut : confirmed;
        },
        close: () => Promise.resolve(),
      });
      const orders = await openPaymentOrders({
        ...{ store, runtime },
        gateways: { a: port('A'), b: port('B') },
      });
      onTestFinished(async () => {
        const closed = orders.close();
        await runtime.advance(minute);
        await closed;
      });
      for (let index = 0; index < 300; index += 1) {
        const gateway = index < 280 ? 'b' : 'a';
        await orders.create({ orderNo: `O${index}`, processBillNo: 'F1', gateway });
        await orders.cancel(`O${index}`);
      }
      await runtime.advance(minute);
      platform.isUp = true;

      const working = orders[way]();
      await runtime.advance(22 * second);

      const cancelled = await Array.fromAsync(orders.list({ state: 'cancelled' }));
      expect(cancelled).toHaveLength(20);
      await runtime.advance(10 * minute);
      await working;
      const tried = (await Array.fromAsync(orders.list())).filter(({ revision }) => revision > 2);
      expect(tried).toHaveLength(300);
    },
  );
});
