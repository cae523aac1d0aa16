import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { openEventStoreDbStore } from '../../../src/event-store/eventstoredb/store.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { startEventStoreDb } from '../../../trials/eventstoredb-server/index.ts';
import type { EventStoreDbServer } from '../../../trials/eventstoredb-server/index.ts';
import { storeContract } from '../contract.ts';
import { cannotKeep, scoped, testLimits } from './support.ts';

let server: EventStoreDbServer;

beforeAll(async () => {
  server = await startEventStoreDb();
  // The events of others on a shared server must not show.
  server.noise(40);
});

afterAll(async () => {
  await server.stop({ hard: true });
});

storeContract(
  'eventstoredb',
  async () => {
    const scope = `run-${randomUUID()}-`;
    const open = async () =>
      scoped(
        await openEventStoreDbStore({
          url: server.connectionString,
          runtime: systemRuntime(),
          limits: testLimits,
        }),
        scope,
      );
    const store = await open();
    return { store, reopen: open, cleanup: () => store.close() };
  },
  cannotKeep,
);
