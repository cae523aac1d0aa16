import { openSqliteStore } from '../../src/event-store/sqlite.ts';
import { virtualHost } from '../host.ts';
import { storeContract } from './contract.ts';
import { scratchPath } from './scratch.ts';

storeContract('sqlite', async () => {
  const { path, remove } = scratchPath();
  const open = () => openSqliteStore({ path, host: virtualHost() });
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
