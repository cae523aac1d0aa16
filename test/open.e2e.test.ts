import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Prints what a process without `onError` says of a gateway port that throws. */
const program = `
  import { openPaymentOrders } from ${JSON.stringify(join(import.meta.dirname, '../src/index.ts'))};
  const cause = new TypeError('the answer has no body, password=canary');
  const gateway = {
    identity: 'APP-A',
    attemptMs: 1_000,
    cancel: () => Promise.reject(new Error('reading the answer failed', { cause })),
    close: () => Promise.resolve(),
  };
  const orders = await openPaymentOrders({ store: 'memory:', gateway });
  await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
  await orders.startPayment('O1');
  await orders.cancel('O1');
  await orders.close();
`;

test('warns of the causes too in a process without onError, and never of secrets', () => {
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });

  expect(stderr).toMatch(/PaymentOrderError: stream paymentOrder-O1: the gateway port threw/);
  expect(stderr).toMatch(/^cause: Error: reading the answer failed$/m);
  expect(stderr).toMatch(/^cause: TypeError: the answer has no body, password=\[masked\]$/m);
  expect(stderr).not.toContain('canary');
});
