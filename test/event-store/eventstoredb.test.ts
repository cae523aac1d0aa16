import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { openEventStoreDbStore } from '../../src/event-store/eventstoredb.ts';
import { realHost } from '../../src/real-host.ts';
import { startEventStoreDb } from '../eventstoredb-server/index.ts';
import type { EventStoreDbServer } from '../eventstoredb-server/index.ts';
import { storeContract } from './contract.ts';
import { cannotKeep, scoped } from './eventstoredb-support.ts';

let server: EventStoreDbServer;

beforeAll(async () => {
  server = await startEventStoreDb();
  // Whatever else a shared server holds must not show.
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
        await openEventStoreDbStore({ url: server.connectionString, host: realHost() }),
        scope,
      );
    const store = await open();
    return { store, reopen: open, cleanup: () => store.close() };
  },
  cannotKeep,
);
