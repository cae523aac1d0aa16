import type { Act } from './act.ts';
import type { Settings } from './changes.ts';
import { withWorker } from './changes.ts';
import type { Step } from './explorer.ts';
import type { ModelEvent } from './order.ts';
import { isLast } from './order.ts';
import type { Batch, State, Task } from './state.ts';
import { isIdle } from './state.ts';
import { sentNow } from './calling.ts';
import { reportFor } from './asking.ts';

/** An idle worker begins something that has an effect; a busy one decides about what it has. */
export function decisions(state: State, worker: number, settings: Settings): Step<State, Act>[] {
  const at = state.workers[worker];
  if (at === undefined || at.batch !== null) return [];
  if (at.task !== null) return [decision(state, worker, at.task, settings)];
  if (!isIdle(at)) return [];
  return tasks(state, settings)
    .map((task) => decision(state, worker, task, settings))
    .filter(({ act }) => act.kind === 'decide' && act.event !== null);
}

function tasks(
  { gateway, requests, order }: State,
  { retracts = false }: Settings,
): readonly Task[] {
  const attempts = order.answers.length;
  const asks = order.state === 'in-doubt' || order.state === 'needs-review';
  return [
    ...[{ kind: 'cancel' } as const, { kind: 'timer' } as const],
    // What may be taken back may also have been recorded by mistake.
    ...(gateway.paid || retracts ? [{ kind: 'pay' } as const] : []),
    ...(retracts && order.paid ? [{ kind: 'retract' } as const] : []),
    // An operator resolves by the gateway's books, once nothing can change them.
    ...(asks && gateway.closed ? [{ kind: 'resolve', as: 'cancelled', attempts } as const] : []),
    ...(asks && isOpenForGood(gateway, requests)
      ? [{ kind: 'resolve', as: 'open', attempts } as const]
      : []),
  ];
}

function isOpenForGood({ closed }: State['gateway'], requests: readonly number[]): boolean {
  return !closed && requests.length === 0;
}

function decision(state: State, worker: number, task: Task, settings: Settings): Step<State, Act> {
  const event = eventFor(state, task, settings);
  const act: Act = { kind: 'decide', worker, task, event };
  if (event === null) return { act, to: withWorker(state, worker, { task: null }) };
  const batch: Batch = {
    event,
    expected: state.stream.length,
    tries: 1,
    stored: false,
    delayed: 'none',
    forgotten: false,
    age: 0,
  };
  const to = withWorker(state, worker, { task, batch });
  const enters = event.kind === 'requested' || event.kind === 'retry-due';
  if (settings.bug !== 'call-before-append' || !enters) return { act, to };
  return { act, to: sentNow(to, state.order.answers.length + 1) };
}

/** What is appended for a task, given the whole stream; null where there is nothing to do. */
function eventFor(at: State, task: Task, settings: Settings): ModelEvent | null {
  const { order, waited, stream } = at;
  const { state, answers } = order;
  const mayTry = answers.length < settings.attemptsMax;
  const asks = settings.asks !== undefined;
  switch (task.kind) {
    case 'cancel':
      return state === 'open' && mayTry ? { kind: 'requested' } : null;
    case 'pay':
      return stream.some(({ kind }) => kind === 'paid') ? null : { kind: 'paid' };
    case 'retract':
      return stream.some(({ kind }) => kind === 'retracted') || !order.paid
        ? null
        : { kind: 'retracted' };
    case 'resolve': {
      const isSame = task.attempts === answers.length || settings.bug === 'resolve-later-attempts';
      const asks = state === 'in-doubt' || state === 'needs-review';
      return asks && isSame ? { kind: 'resolved', as: task.as } : null;
    }
    case 'timer': {
      if (state === 'requesting' && waited === 2) {
        const attempt = answers.length;
        const spent = isLast(order, attempt, 'unknown', asks);
        return { kind: 'outcome', attempt, answer: 'unknown', rule: 'attempt-abandoned', spent };
      }
      // In doubt the gateway is asked, where it can be.
      const probes = state === 'in-doubt' && settings.asks === undefined;
      const waits = state === 'backing-off' || probes;
      const closed = (state === 'paid' || state === 'cancelled') && answers.length > 0;
      const fires = (waits && waited > 0) || (closed && settings.bug === 'retry-after-closed');
      return fires && mayTry ? { kind: 'retry-due' } : null;
    }
    case 'report':
      return reportFor(at, task, settings);
    case 'outcome': {
      const { attempt, answer, rule } = task.event;
      const isSeen = stream.some(
        (event) =>
          event.kind === 'outcome' &&
          event.attempt === attempt &&
          event.answer === answer &&
          event.rule === rule,
      );
      const spent = answer !== 'confirmed' && isLast(order, attempt, answer, asks);
      return isSeen ? null : { ...task.event, spent };
    }
  }
}
