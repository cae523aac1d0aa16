import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { changedMachine, modelRun } from '../../src/testing/index.ts';

describe('a model run', () => {
  test(
    'sees every state, every kind of trouble, and most transitions',
    { timeout: 300_000 },
    async () => {
      const { states, seen, transitionsShare } = await modelRun({
        runs: 100,
        transitionsShare: 0.65,
      });
      expect(states.size).toBe(9);
      expect(transitionsShare).toBeGreaterThanOrEqual(0.65);
      for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(10);
    },
  );

  test('fails where what is demanded was not seen', { timeout: 300_000 }, async () => {
    const run = modelRun({ runs: 50, commandsMax: 2, transitionsShare: 1 });
    await expect(run).rejects.toThrow(/^never seen .*cancelling\.\w+ CancelRetryRequested/);
  });

  test('finds a bug of the machine, and tells what was done', { timeout: 300_000 }, async () => {
    const machine = changedMachine(paymentOrderMachine, (at) => {
      at('states.paying.on.PaymentSucceeded').target = 'failed';
    });
    const found = modelRun({ machine, runs: 300 });
    await expect(found).rejects.toThrow(/start[\s\S]*paid T[12][\s\S]*I2: money is in/);
  });
});
