import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { changedMachine, modelRun } from '../../src/testing/index.ts';

// A smoke test: the level `histories` of `npm run campaign` tries 20,000 lives.
describe('modelRun', () => {
  test('sees every state and every kind of trouble', async () => {
    const { states, seen } = await modelRun({ seed: 1, runs: 50, transitionsShare: 0.5 });
    expect(states.size).toBe(9);
    for (const [trouble, count] of Object.entries(seen)) expect(count, trouble).toBeGreaterThan(0);
  });

  test('fails if it did not see what it must', async () => {
    const run = modelRun({ runs: 50, commandsMax: 2, transitionsShare: 1 });
    await expect(run).rejects.toThrow(/^never seen .*cancelling\.\w+ CancelRetryRequested/);
  });

  test('finds a bug of the machine and shows what led to it', async () => {
    const machine = changedMachine(paymentOrderMachine, (at) => {
      at('states.paying.on.PaymentSucceeded').target = 'failed';
    });
    const found = modelRun({ machine, seed: 2, runs: 100, commandsMax: 30 });
    await expect(found).rejects.toThrow(/start[\s\S]*paid T[12][\s\S]*I2: money is in/);
  });
});
