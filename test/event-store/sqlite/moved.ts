import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
// Loaded before, so that a store that wants a thread starts it at once.
import '../../../src/event-store/sqlite/thread.ts';
import type { EventStore } from '../../../src/event-store/event-store.ts';
import { anEvent } from '../../../src/testing/store-contract-support.ts';

/** So many commits are made before a thread is started. */
export const commitsBeforeThread = 16;

/** Commits that store nothing. */
export async function commit(store: EventStore, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) await store.append('nothing', [anEvent()], 7);
}

/** The threads that Node starts while `work` goes on. */
export async function threadsOf(work: () => Promise<void>): Promise<readonly Worker[]> {
  const started: Worker[] = [];
  const note = (message: unknown) => {
    // Node's channel for it, https://nodejs.org/api/diagnostics_channel.html.
    started.push((message as { worker: Worker }).worker);
  };
  subscribe('worker_threads', note);
  try {
    await work();
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    unsubscribe('worker_threads', note);
  }
  return started;
}

/** Lets an open store write from a thread, and stores nothing meanwhile. */
export async function moved(store: EventStore): Promise<Worker> {
  const starting = new Promise<Worker>((resolve) => {
    const note = (message: unknown) => {
      unsubscribe('worker_threads', note);
      resolve((message as { worker: Worker }).worker);
    };
    subscribe('worker_threads', note);
  });
  await commit(store, commitsBeforeThread);
  const worker = await starting;
  await once(worker, 'message');
  return worker;
}
