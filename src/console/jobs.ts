/**
 * One action on many orders, one after the other, while its operator watches. A job lives as long as
 * the console: what it did is in the store, and what it left is found by the same search again.
 */

import type { Choice } from './actions/action.ts';
import type { KeptReceipt } from './receipts.ts';

/** What is done to one order, as it was shown. */
export type JobItem = {
  readonly orderNo: string;
  readonly choice: Choice;
  readonly ifRevision: number;
  readonly commandId: string;
};

/** Null until its turn comes, and for ever where the job was stopped before. */
export type JobResult =
  | { readonly kind: 'receipt'; readonly receipt: KeptReceipt }
  | { readonly kind: 'failure'; readonly error: unknown }
  | null;

export type JobStep = { readonly item: JobItem; readonly result: JobResult };

export type Job = {
  readonly id: string;
  /** As its form's address names it. */
  readonly action: string;
  readonly steps: readonly JobStep[];
  /** `stopping`: one is still under way, and the others are left. */
  readonly phase: 'running' | 'stopping' | 'ended';
};

type Running = { job: Job; readonly ended: Promise<void> };

/** Old ones make room. */
const jobsMax = 20;

export class Jobs {
  readonly #jobs = new Map<string, Running>();
  #isClosed = false;

  /** Begins a job. The same id again is the same job, whatever else is given. */
  start(
    id: string,
    action: string,
    items: readonly JobItem[],
    act: (item: JobItem) => Promise<KeptReceipt>,
  ): Job {
    const known = this.#jobs.get(id);
    if (known !== undefined) return known.job;
    const steps = items.map((item) => ({ item, result: null }));
    const { promise: ended, resolve } = Promise.withResolvers<undefined>();
    const running: Running = { job: { id, action, steps, phase: 'running' }, ended };
    this.#jobs.set(id, running);
    this.#forgetOldest();
    void this.#run(running, act).finally(() => {
      resolve(undefined);
    });
    return running.job;
  }

  get(id: string): Job | undefined {
    return this.#jobs.get(id)?.job;
  }

  /** Begins none of those that are left. The one under way is awaited by nobody here. */
  stop(id: string): Job | undefined {
    const running = this.#jobs.get(id);
    if (running?.job.phase === 'running') running.job = { ...running.job, phase: 'stopping' };
    return running?.job;
  }

  /** Stops all jobs, and awaits what is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const id of this.#jobs.keys()) this.stop(id);
    await Promise.all(Array.from(this.#jobs.values(), ({ ended }) => ended));
  }

  async #run(running: Running, act: (item: JobItem) => Promise<KeptReceipt>): Promise<void> {
    for (const [place, { item }] of running.job.steps.entries()) {
      if (this.#isClosed || running.job.phase !== 'running') break;
      const result = await resultOf(act, item);
      const steps = running.job.steps.with(place, { item, result });
      running.job = { ...running.job, steps };
    }
    running.job = { ...running.job, phase: 'ended' };
  }

  #forgetOldest(): void {
    const ended = [...this.#jobs].find(([, { job }]) => job.phase === 'ended');
    if (this.#jobs.size > jobsMax && ended !== undefined) this.#jobs.delete(ended[0]);
  }
}

async function resultOf(
  act: (item: JobItem) => Promise<KeptReceipt>,
  item: JobItem,
): Promise<JobResult> {
  try {
    return { kind: 'receipt', receipt: await act(item) };
  } catch (error) {
    return { kind: 'failure', error };
  }
}
