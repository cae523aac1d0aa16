import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { EventStore } from '../../../src/event-store/event-store.ts';
import { openEventStoreDbStore } from '../../../src/event-store/eventstoredb/store.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { storeContract } from '../contract.ts';
import { cannotKeep, scoped, testLimits } from './support.ts';

/**
 * The contract on a server of your own. It writes to streams whose names begin with
 * `paymentOrderTest-` and a random id, and deletes nothing.
 */
const url = process.env['PAYMENT_ORDER_TEST_ESDB'] ?? '';
const required = process.env['PAYMENT_ORDER_TEST_ESDB_REQUIRED'] === '1';
const name = 'the server that PAYMENT_ORDER_TEST_ESDB names';

function openScoped(scope: string): Promise<EventStore> {
  return openEventStoreDbStore({ url, runtime: systemRuntime(), limits: testLimits }).then(
    (store) => scoped(store, scope),
  );
}

const keepContract = (): void => {
  storeContract(
    `eventstoredb, ${name}`,
    async () => {
      const scope = `paymentOrderTest-${randomUUID()}-`;
      const store = await openScoped(scope);
      return { store, reopen: () => openScoped(scope), cleanup: () => store.close() };
    },
    cannotKeep,
  );
};

if (url !== '') {
  keepContract();
} else if (required) {
  test(name, () => {
    expect.fail('PAYMENT_ORDER_TEST_ESDB must be a connection string: esdb://…');
  });
} else {
  // Every promise is reported as skipped, by its name.
  describe.skip('PAYMENT_ORDER_TEST_ESDB is not set', keepContract);
}
