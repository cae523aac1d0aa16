import type { Bug } from './bugs.ts';
import type { ModelEvent } from './order.ts';
import { take } from './order.ts';
import type { Age, Batch, State, Worker } from './state.ts';

/** How far the model goes, and which mistake is planted into it. */
export type Settings = {
  readonly workers: number;
  /** No further attempt is begun beyond this many. */
  readonly attemptsMax: number;
  /** No way has more crashes, lost and late messages than this. */
  readonly faultsMax: number;
  /** A payment may be recorded by mistake, and an operator may take it back, once. */
  readonly retracts?: boolean;
  /** The gateway can be asked; besides recovery, operators ask so many times. */
  readonly asks?: number;
  readonly bug: Bug | null;
};

export function withWorker(state: State, worker: number, change: Partial<Worker>): State {
  const before = state.workers[worker];
  if (before === undefined) throw new RangeError(`no worker ${worker}`);
  return { ...state, workers: state.workers.with(worker, { ...before, ...change }) };
}

export function broken(state: State, what: string): State {
  return { ...state, broken: [...state.broken, what] };
}

/** The stream grows; every copy of an append that expected its old end is dead from then on. */
export function placed(state: State, event: ModelEvent, age: Age, bug: Bug | null): State {
  const order = take(state.order, event, bug);
  const stream = [...state.stream, event];
  if (order === null) {
    return broken({ ...state, stream }, `I3: ${event.kind} cannot happen in ${state.order.state}`);
  }
  const waitsAgain = event.kind === 'reported' && order.state === 'in-doubt';
  const begins = order.state !== state.order.state || waitsAgain;
  return {
    ...state,
    stream,
    order,
    orphans: [],
    waited: waitOf(order.state, begins ? age : state.waited),
    touched: touchesAttempt(event) && state.touched !== null ? touchedAt(age) : state.touched,
    workers: state.workers.map((worker) =>
      worker.batch === null || worker.batch.delayed === 'none'
        ? worker
        : { ...worker, batch: { ...worker.batch, delayed: 'none' } },
    ),
  };
}

export function touchedAt(age: Age): 0 | 1 {
  return age === 0 ? 0 : 1;
}

function touchesAttempt({ kind }: ModelEvent): boolean {
  return kind === 'requested' || kind === 'retry-due' || kind === 'outcome';
}

/** Only an attempt has a deadline beyond the time of a wait; elsewhere nothing is waited for. */
export function waitOf(state: State['order']['state'], age: Age): Age {
  if (state === 'requesting') return age;
  if (state !== 'backing-off' && state !== 'in-doubt') return 0;
  return age === 0 ? 0 : 1;
}

/** What remains after a crash or after giving up: a copy that is still under way. */
export function orphaned(state: State, batch: Batch | null): State {
  if (batch === null || batch.delayed === 'none') return state;
  const { event, expected, age } = batch;
  return { ...state, orphans: [...state.orphans, { event, expected, age }] };
}

export function older(age: Age): Age {
  return age === 0 ? 1 : 2;
}

/** What goes wrong is counted, so that the ways stay finite in what they may combine. */
export function faulty(state: State): State {
  return { ...state, faultsLeft: state.faultsLeft - 1 };
}
