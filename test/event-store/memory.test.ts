import { openMemoryStore } from '../../src/event-store/memory.ts';
import { virtualHost } from '../host.ts';
import { storeContract } from './contract.ts';

storeContract('memory', () => {
  const store = openMemoryStore(virtualHost());
  return Promise.resolve({ store, cleanup: () => store.close() });
});
