import { startEventStoreDb } from '../eventstoredb-server/index.ts';

// A process of its own, as a server is: in ours it would take its time from the figures.
const { connectionString } = await startEventStoreDb();
process.stdout.write(`${connectionString}\n`);
