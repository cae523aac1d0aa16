import { openSqliteStore } from '../../../src/event-store/sqlite/store.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { storeContract } from '../contract.ts';
import { scratchPath } from '../scratch.ts';

storeContract('sqlite', async () => {
  const { path, remove } = scratchPath();
  const open = () => openSqliteStore({ path, runtime: simulatedRuntime() });
  const store = await open();
  return {
    store,
    reopen: open,
    cleanup: async () => {
      await store.close();
      remove();
    },
  };
});
