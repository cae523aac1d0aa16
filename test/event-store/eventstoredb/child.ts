import { openEventStoreDbStore } from '../../../src/event-store/eventstoredb/store.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { all, put, someEvents, take } from '../../../src/testing/store-contract-support.ts';
import { until } from '../../until.ts';

/**
 * A process that uses every part of a store and closes it. Nothing here ends it: it must end by
 * itself. Run as `child.ts URL CARD`.
 */
const [url = '', card = ''] = process.argv.slice(2);

// Limits that a busy machine keeps.
const limits = { appendTryMs: 60_000, readIdleMs: 60_000, openMs: 60_000 };
const store = await openEventStoreDbStore({ url, runtime: systemRuntime(), limits });
const { signal } = new AbortController();
const events = someEvents(3).map((event) => ({ ...event, data: { card }, metadata: { card } }));
await put(store, 'paymentOrder-1', events);
await all(store.read('paymentOrder-1'));
await all(store.streams('paymentOrder-'));
await take(store.subscribe(null, 'paymentOrder-', signal), 2);
let newest = -1;
const following = (async () => {
  for await (const { revision } of store.subscribe(null, 'paymentOrder-', signal)) {
    newest = revision;
  }
})();
// Left open, as a caller may forget it.
const forgotten = store.subscribe(null, 'paymentOrder-', signal)[Symbol.asyncIterator]();
await forgotten.next();
await until(() => newest === 2);
await store.close();
await following;
process.stdout.write(`closed after revision ${newest}\n`);
