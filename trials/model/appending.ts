import type { Act, AppendStep } from './act.ts';
import { questionAfter } from './asking.ts';
import type { Settings } from './changes.ts';
import { broken, faulty, orphaned, placed, withWorker } from './changes.ts';
import type { Step } from './explorer.ts';
import type { Batch, State } from './state.ts';

/** Every way in which one try of an append can go, by EventStoreDB's rule. */
export function appends(state: State, worker: number, settings: Settings): Step<State, Act>[] {
  const batch = state.workers[worker]?.batch ?? null;
  if (batch === null) return [];
  const step = (result: AppendStep, to: State): Step<State, Act> => ({
    act: { kind: 'append', worker, result },
    to,
  });
  const unknown = (result: AppendStep, after: Batch, to: State = state) =>
    state.faultsLeft === 0 ? [] : [step(result, retried(faulty(to), worker, after, settings))];
  if (settings.bug === 'append-at-newest') return atNewest(state, worker, batch, settings);
  if (batch.stored) {
    return [
      step('found-stored', settled(state, worker, batch, 'doubtful')),
      ...unknown('request-lost', batch),
    ];
  }
  if (batch.expected < state.stream.length) {
    // The read-back finds nothing of its own: the same as a conflict at the first try.
    const to = withWorker(state, worker, { batch: null });
    const lost = batch.forgotten
      ? broken(to, 'I17: a conflict was reported, but the event is stored')
      : to;
    return [step('conflict', lost), ...unknown('request-lost', batch)];
  }
  const stored = placed(state, batch.event, batch.age, settings.bug);
  const at = batch.tries === 1 ? 'ready' : 'doubtful';
  return [
    step('stored', settled(stored, worker, batch, at)),
    ...unknown('ack-lost', { ...batch, stored: true, delayed: 'none' }, stored),
    ...unknown('request-lost', batch),
    ...(hasDelayed(state) ? [] : unknown('delayed', { ...batch, delayed: 'own' })),
  ];
}

/** One copy under way at a time: what two could do, one does after the other. */
function hasDelayed({ orphans, workers }: State): boolean {
  return orphans.length > 0 || workers.some(({ batch }) => (batch?.delayed ?? 'none') !== 'none');
}

/** Copies that were given up arrive, if they still can: the end of the stream is as they expect. */
export function arrivals(state: State, settings: Settings): Step<State, Act>[] {
  const steps: Step<State, Act>[] = [];
  for (const [worker, { batch }] of state.workers.entries()) {
    if (batch === null || batch.delayed === 'none') continue;
    const isOwn = batch.delayed === 'own';
    const grown = placed(state, batch.event, batch.age, settings.bug);
    const after: Batch = {
      ...batch,
      delayed: 'none',
      ...(isOwn ? { stored: true } : { forgotten: true }),
    };
    const to = withWorker(grown, worker, { batch: after });
    steps.push({ act: { kind: 'delayed-append-arrives', worker }, to });
  }
  for (const { event, age } of state.orphans) {
    const to = placed(state, event, age, settings.bug);
    steps.push({ act: { kind: 'delayed-append-arrives', worker: null }, to });
  }
  return steps;
}

/** Tries an append again within its budget, then gives it up. */
function retried(state: State, worker: number, batch: Batch, { bug }: Settings): State {
  if (batch.age > 0) {
    // A caller gets 'append-outcome-unknown'; an outcome is kept and decided again.
    const keeps = state.workers[worker]?.task?.kind === 'outcome';
    const given = withWorker(state, worker, { batch: null, ...(keeps ? {} : { task: null }) });
    return orphaned(given, batch);
  }
  const again: Batch = { ...batch, tries: 2 };
  if (bug !== 'new-id-on-retry') return withWorker(state, worker, { batch: again });
  const renamed: Batch = {
    ...again,
    stored: false,
    forgotten: again.forgotten || again.stored,
    delayed: again.delayed === 'own' ? 'other-id' : again.delayed,
  };
  return withWorker(state, worker, { batch: renamed });
}

/** Whose append entered an attempt has the ticket for it. */
function settled(state: State, worker: number, batch: Batch, at: 'ready' | 'doubtful'): State {
  const { event, age } = batch;
  const before = state.workers[worker];
  const question = before === undefined ? null : questionAfter(state, before, batch);
  const done = withWorker(state, worker, { task: null, batch: null, question });
  if (event.kind !== 'requested' && event.kind !== 'retry-due') return done;
  // The attempt that this event entered is the one after those that were made before it.
  const attempt = state.stream.slice(0, batch.expected + 1).filter(entersAttempt).length;
  return withWorker(done, worker, { call: { attempt, at, age, reply: null } });
}

const entersAttempt = ({ kind }: Batch['event']) => kind === 'requested' || kind === 'retry-due';

function atNewest(
  state: State,
  worker: number,
  batch: Batch,
  settings: Settings,
): Step<State, Act>[] {
  const grown = placed(state, batch.event, batch.age, settings.bug);
  const stored = batch.stored ? broken(grown, 'I9: one event id stands twice') : grown;
  const at = batch.tries === 1 ? 'ready' : 'doubtful';
  const here = { ...batch, expected: state.stream.length };
  const lost = retried(faulty(stored), worker, { ...batch, stored: true }, settings);
  return [
    { act: { kind: 'append', worker, result: 'stored' }, to: settled(stored, worker, here, at) },
    ...(state.faultsLeft === 0
      ? []
      : [{ act: { kind: 'append', worker, result: 'ack-lost' } as const, to: lost }]),
  ];
}
