import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Answer, Failure } from './answer.ts';
import { failureOf } from './answer.ts';
import type { Chunk } from './chunk.ts';
import type { Results, Work } from './work.ts';

/** What a thread works on. It crosses threads, so it holds texts and numbers alone. */
export type ThreadTask = {
  readonly work: Work;
  readonly storeUrl: string;
  readonly attemptDeadlineMs: number | undefined;
  /** For `gate`. The machine itself cannot cross. */
  readonly machineFile: string | undefined;
};

export type Thread<Result> = {
  /** How many chunks it has not answered yet. */
  readonly waiting: number;
  /** Never rejects: a thread that died answers with its failure, now and from then on. */
  readonly ask: (chunk: Chunk) => Promise<Answer<Result>>;
  readonly end: () => Promise<unknown>;
};

// `.ts` in a checkout, `.js` in the package.
const entry = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

export function startThread<W extends Work>(
  task: ThreadTask & { readonly work: W },
): Thread<Results[W]> {
  const worker = new Worker(entry, { workerData: task });
  const waiting: ((answer: Answer<Results[W]>) => void)[] = [];
  let death: Failure | null = null;
  const die = (error: unknown) => {
    death ??= failureOf(error);
    for (const answer of waiting.splice(0)) answer({ results: [], failure: death });
  };
  // It answers in the order it was asked.
  worker.on('message', (answer: Answer<Results[W]>) => waiting.shift()?.(answer));
  worker.on('messageerror', die);
  worker.on('error', die);
  worker.on('exit', (code) => {
    die(new Error(`a thread ended with code ${code} before it had done its work`));
  });
  return {
    get waiting() {
      return waiting.length;
    },
    ask: (chunk) => {
      if (death !== null) return Promise.resolve({ results: [], failure: death });
      const { promise, resolve } = Promise.withResolvers<Answer<Results[W]>>();
      waiting.push(resolve);
      worker.postMessage(chunk);
      return promise;
    },
    end: () => worker.terminate(),
  };
}
