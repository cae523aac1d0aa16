/** What runs in each thread: it opens the store for itself, to read, and answers chunk after chunk. */

import { on } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { openStore } from '../../open-store.ts';
import { systemRuntime } from '../../runtime.ts';
import { machineIn } from '../input/machine-file.ts';
import type { Answer } from './answer.ts';
import { failureOf } from './answer.ts';
import type { Chunk } from './chunk.ts';
import { chunkWorker } from './chunk.ts';
import type { ThreadTask } from './thread.ts';

// `startThread` gave it.
const { work, storeUrl, attemptDeadlineMs, machineFile } = workerData as ThreadTask;

async function opened(): Promise<(chunk: Chunk) => Promise<Answer<unknown>>> {
  const machine = machineFile === undefined ? undefined : (await machineIn(machineFile)).machine;
  const store = await openStore(storeUrl, systemRuntime(), { readOnly: true });
  return chunkWorker(store, { work, machine, attemptDeadlineMs });
}

if (parentPort === null) throw new Error('this module is for a thread of the command');
const ask = await opened().catch((error: unknown) => {
  const answer = { results: [], failure: failureOf(error) };
  return () => Promise.resolve(answer);
});
for await (const [chunk] of on(parentPort, 'message') as AsyncIterable<[Chunk]>) {
  parentPort.postMessage(await ask(chunk));
}
