import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { openEventStoreDbStore } from '../../../src/event-store/eventstoredb/store.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { startServerProcess } from '../../../trials/eventstoredb-server/child-process.ts';
import type { ServerProcess } from '../../../trials/eventstoredb-server/child-process.ts';
import { storeContract } from '../contract.ts';
import { cannotKeep, scoped, testLimits } from './support.ts';

let server: ServerProcess;

beforeAll(async () => {
  // As a real server: in a process of its own, with the events of others, which must not show. It
  // takes calls made at once in any order, and begins a subscription late.
  server = await startServerProcess({ disorderMs: 20, noise: 10_000 });
});

afterAll(async () => {
  await server.end('SIGKILL');
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
