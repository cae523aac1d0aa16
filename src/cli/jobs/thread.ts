import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Answer, Failure } from './answer.ts';
import { failureOf } from './answer.ts';
import type { Ask, Chunk } from './chunk.ts';
import type { Results, Work } from './work.ts';

/** What a thread works on. It crosses threads, so it holds texts and numbers alone. */
export type ThreadTask = {
  readonly work: Work;
  readonly storeUrl: string;
  readonly attemptDeadlineMs: number | undefined;
  /** For `gate`. The machine itself cannot cross. */
  readonly machineFile: string | undefined;
};

export type Question = Chunk | 'store';

export type Thread<Result> = {
  /** How many questions it has not answered yet. */
  readonly waiting: number;
  readonly ask: Ask<Result>;
};

type StartedThread<Result> = Thread<Result> & {
  readonly checkStore: () => Promise<Answer<string>>;
  readonly end: () => Promise<unknown>;
};

// `.ts` in a checkout, `.js` in the package.
const entry = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

/** A thread that died answers with its failure, then and from then on. */
export function startThread<W extends Work>(
  task: ThreadTask & { readonly work: W },
): StartedThread<Results[W]> {
  const worker = new Worker(entry, { workerData: task });
  const waiting: ((answer: Answer<unknown>) => void)[] = [];
  let death: Failure | null = null;
  const die = (error: unknown) => {
    death ??= failureOf(error);
    for (const answer of waiting.splice(0)) answer({ results: [], failure: death });
  };
  // It answers in the order it was asked.
  worker.on('message', (answer: Answer<unknown>) => waiting.shift()?.(answer));
  worker.on('messageerror', die);
  worker.on('error', die);
  worker.on('exit', (code) => {
    die(new Error(`a thread ended with code ${code} before it had done its work`));
  });
  const send = (question: Question): Promise<Answer<unknown>> => {
    if (death !== null) return Promise.resolve({ results: [], failure: death });
    const { promise, resolve } = Promise.withResolvers<Answer<unknown>>();
    waiting.push(resolve);
    worker.postMessage(question);
    return promise;
  };
  return {
    get waiting() {
      return waiting.length;
    },
    // What `worker.ts` answers to each question.
    ask: (chunk) => send(chunk) as Promise<Answer<Results[W]>>,
    checkStore: () => send('store') as Promise<Answer<string>>,
    end: () => worker.terminate(),
  };
}

/** A share of the work for this thread, which asks the others between two pieces of its own. */
export function ownThread<Result>(work: Ask<Result>): Thread<Result> {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    get waiting() {
      return waiting;
    },
    ask: (chunk) => {
      waiting += 1;
      const answer = last.then(() => work(chunk)).finally(() => (waiting -= 1));
      last = answer;
      return answer;
    },
  };
}
