import type { Act } from './act.ts';
import { answered } from './asking.ts';
import { faulty, older, orphaned, touchedAt, waitOf, withWorker } from './changes.ts';
import { outcome } from './calling.ts';
import type { Step } from './explorer.ts';
import type { State, Worker } from './state.ts';
import { idle, isIdle } from './state.ts';

/** The gateway closes an order once and refuses afterwards, however late a request comes. */
export function gatewaySteps(state: State): Step<State, Act>[] {
  const { gateway, requests, workers } = state;
  const steps: Step<State, Act>[] = [];
  for (const [index, attempt] of requests.entries()) {
    if (requests.indexOf(attempt) !== index) continue;
    const left = requests.toSpliced(index, 1);
    const reply = gateway.closed || gateway.paid ? 'refused' : 'confirmed';
    const waiting = workers.findIndex(
      ({ call }) =>
        call?.attempt === attempt &&
        call.reply === null &&
        (call.at === 'out' || call.at === 'late'),
    );
    const call = workers[waiting]?.call ?? null;
    const executed: State = {
      ...state,
      requests: left,
      gateway: { ...gateway, closed: gateway.closed || reply === 'confirmed' },
    };
    const to =
      call === null ? executed : withWorker(executed, waiting, { call: { ...call, reply } });
    steps.push({ act: { kind: 'execute', attempt, reply }, to });
    if (state.faultsLeft > 0) {
      const lost = faulty({ ...state, requests: left });
      steps.push({ act: { kind: 'request-lost', attempt }, to: lost });
    }
  }
  if (!gateway.closed && !gateway.paid) {
    const to = { ...state, gateway: { ...gateway, paid: true } };
    steps.push({ act: { kind: 'payer-pays' }, to });
  }
  return steps;
}

/** A process can end between any two steps, and its successor knows nothing of it. */
export function crashes(state: State, worker: number): Step<State, Act>[] {
  const at = state.workers[worker];
  if (at === undefined || isIdle(at) || state.faultsLeft === 0) return [];
  const to = orphaned(withWorker(faulty(state), worker, idle), at.batch);
  return [{ act: { kind: 'crash', worker }, to }];
}

/** A tick of a third of nothing in particular: see `Age`. */
export function timePasses(state: State): Step<State, Act>[] {
  if (state.touched !== null && mustTakeEffect(state)) return [];
  const waited = waitOf(state.order.state, older(state.waited));
  const workers = state.workers.map(aged);
  const orphans = state.orphans.map((orphan) => ({ ...orphan, age: older(orphan.age) }));
  // Of what nobody asks, it does not matter how old it is.
  const touched = state.touched === null ? null : touchedAt(older(state.touched));
  const { closed, closedFor } = state.gateway;
  const ages = closed && touched !== null;
  const gateway = ages ? { ...state.gateway, closedFor: older(closedFor) } : state.gateway;
  const isSame =
    touched === state.touched &&
    gateway.closedFor === closedFor &&
    waited === state.waited &&
    workers.every((worker, index) => worker === state.workers[index]) &&
    orphans.every(({ age }, index) => age === state.orphans[index]?.age);
  if (isSame) return [];
  return [
    { act: { kind: 'time-passes' }, to: { ...state, waited, touched, gateway, workers, orphans } },
  ];
}

/**
 * What is assumed of the gateway: a request takes effect before its outcome is a tick old, or never.
 */
function mustTakeEffect({ requests, order, workers, orphans }: State): boolean {
  if (requests.length === 0) return false;
  const isDrawn = ({ task, batch }: Worker) =>
    task?.kind === 'outcome' || batch?.event.kind === 'outcome';
  return (
    order.state !== 'requesting' ||
    workers.some(isDrawn) ||
    orphans.some(({ event }) => event.kind === 'outcome')
  );
}

function aged(worker: Worker): Worker {
  const { batch, call, question } = worker;
  let next = worker;
  if (batch !== null && batch.age < 2) {
    next = { ...next, batch: { ...batch, age: older(batch.age) } };
  }
  if (question !== null) {
    const age = older(question.age);
    next =
      age === 2
        ? { ...next, question: null, task: answered(question, 'unknown') }
        : { ...next, question: { ...question, age } };
  }
  if (call !== null && call.age < 2) {
    const age = older(call.age);
    next = { ...next, call: { ...call, age } };
    // Without an answer by the deadline the outcome is unknown; a later answer is recorded too.
    if (age === 2 && call.at === 'out') {
      const task = outcome(call.attempt, 'unknown', 'call-unanswered');
      next = { ...next, task, call: { ...call, age, at: 'late' } };
    }
  }
  return next;
}
