import type { Act } from './act.ts';
import type { Settings } from './changes.ts';
import { broken, faulty, withWorker } from './changes.ts';
import type { Step } from './explorer.ts';
import type { OutcomeAnswer } from './order.ts';
import type { Call, State, Task } from './state.ts';
import { isIdle } from './state.ts';

/** What the holder of a ticket does with it. */
export function calls(state: State, worker: number, settings: Settings): Step<State, Act>[] {
  const at = state.workers[worker];
  if (at === undefined) return [];
  const { call, task } = at;
  if (call === null) return isIdle(at) ? runAnyway(state, worker, settings) : [];
  if (task !== null) return [];
  const { attempt } = call;
  switch (call.at) {
    case 'doubtful': {
      const inFlight = isInFlight(state, attempt);
      const act: Act = { kind: 'look', worker, inFlight };
      const to = inFlight
        ? withWorker(state, worker, { call: { ...call, at: 'ready' } })
        : withWorker(state, worker, {
            call: null,
            task: outcome(attempt, 'not-executed', 'not-sent'),
          });
      return [{ act, to }];
    }
    case 'ready': {
      if (call.age === 0 || settings.bug === 'send-without-fence') {
        const out = withWorker(state, worker, { call: { ...call, at: 'out' } });
        return [{ act: { kind: 'send', worker, attempt }, to: sentNow(out, attempt) }];
      }
      const task = outcome(attempt, 'not-executed', 'not-sent');
      const to = withWorker(state, worker, { call: null, task });
      return [{ act: { kind: 'not-sent', worker, attempt }, to }];
    }
    case 'out':
    case 'late':
      return answers(state, worker, call, settings);
  }
}

/** A request leaves: its attempt must be in flight in the stream, and not have been sent before. */
export function sentNow(state: State, attempt: number): State {
  const sent = state.sent.with(attempt - 1, (state.sent[attempt - 1] ?? 0) + 1);
  const requests = [...state.requests, attempt].toSorted((one, other) => one - other);
  let to: State = { ...state, sent, requests };
  if (!isInFlight(state, attempt)) {
    to = broken(to, `I4: attempt ${attempt} leaves, and the stream does not show it in flight`);
  }
  if ((sent[attempt - 1] ?? 0) > 1) to = broken(to, `I6: attempt ${attempt} was called twice`);
  return to;
}

function isInFlight({ order }: State, attempt: number): boolean {
  return order.state === 'requesting' && order.answers.length === attempt;
}

function answers(state: State, worker: number, call: Call, settings: Settings): Step<State, Act>[] {
  const { attempt, reply } = call;
  const taken = (answer: OutcomeAnswer, rule: string, from: State = state): Step<State, Act> => ({
    act: { kind: 'answered', worker, attempt, answer },
    to: withWorker(from, worker, {
      call: null,
      task: { ...outcome(attempt, answer, rule), isLate: call.at === 'late' },
    }),
  });
  const steps: Step<State, Act>[] = [];
  if (reply !== null) steps.push(taken(reply, reply));
  if (state.faultsLeft === 0) return steps;
  const failing = faulty(state);
  const lostAnswer = settings.bug === 'timeout-as-refusal' ? 'refused' : 'unknown';
  steps.push(taken(lostAnswer, 'answer-lost', failing));
  const index = state.requests.indexOf(attempt);
  if (call.at === 'out' && index >= 0) {
    const requests = state.requests.toSpliced(index, 1);
    steps.push(taken('not-executed', 'connection-refused', { ...failing, requests }));
  }
  return steps;
}

export function outcome(
  attempt: number,
  answer: OutcomeAnswer,
  rule: string,
): Task & { readonly kind: 'outcome' } {
  return { kind: 'outcome', event: { kind: 'outcome', attempt, answer, rule, spent: false } };
}

function runAnyway(state: State, worker: number, { bug }: Settings): Step<State, Act>[] {
  if (bug !== 'anybody-runs-it' || state.order.state !== 'requesting') return [];
  const attempt = state.order.answers.length;
  const to = withWorker(state, worker, { call: { attempt, at: 'ready', age: 0, reply: null } });
  return [{ act: { kind: 'run-anyway', worker, attempt }, to }];
}
