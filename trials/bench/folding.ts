import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { figure, inRounds } from './figure.ts';
import type { Figure } from './figure.ts';

/** So that a round of either takes about as long. */
const counts = { ours: 40_000, xstate: 2_000 };

export async function foldFigure(rounds?: number): Promise<Figure> {
  const [ours, xstate] = [threadOf('ours'), threadOf('xstate')];
  try {
    return figure({
      name: 'folds of a 10-event history',
      ...(await inRounds(ours.perSecond, xstate.perSecond, rounds)),
      unit: '/s',
      alternative: "XState's transition()",
      atLeast: 30,
      remark: 'each in a thread of its own, in turn',
    });
  } finally {
    await Promise.all([ours.end(), xstate.end()]);
  }
}

function threadOf(which: keyof typeof counts) {
  const thread = new Worker(new URL('./fold-thread.ts', import.meta.url), { workerData: which });
  return {
    perSecond: async () => {
      thread.postMessage(counts[which]);
      // The thread answers each count with a number.
      const [perSecond] = (await once(thread, 'message')) as [number];
      return perSecond;
    },
    end: () => thread.terminate(),
  };
}
