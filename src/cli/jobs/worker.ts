/** What runs in each thread that is started: it answers, one after the other, what it is asked. */

import { on } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { Question, ThreadTask } from './thread.ts';
import { openWork } from './open-work.ts';

if (parentPort === null) throw new Error('this module is for a thread of the command');
// Both are what `startThread` sends.
const { ask, checkStore } = await openWork(workerData as ThreadTask);
for await (const [asked] of on(parentPort, 'message') as AsyncIterable<[Question]>) {
  parentPort.postMessage(await (asked === 'store' ? checkStore() : ask(asked)));
}
