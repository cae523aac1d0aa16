import { openMemoryStore } from '../../src/event-store/memory.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { storeContract } from './contract.ts';

storeContract('memory', () => {
  const store = openMemoryStore(simulatedRuntime());
  return Promise.resolve({ store, cleanup: () => store.close() });
});
