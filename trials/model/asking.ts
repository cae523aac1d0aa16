import type { Act } from './act.ts';
import { faulty, withWorker } from './changes.ts';
import type { Bug } from './bugs.ts';
import type { Settings } from './changes.ts';
import type { Step } from './explorer.ts';
import { afterReport, isInDoubt, isLastReport, newOrder, take } from './order.ts';
import type { Order, ReportEvent, Status } from './order.ts';
import type { Batch, Question, State, Task, Worker } from './state.ts';
import { isIdle } from './state.ts';

/** Recovery asks in doubt, operators at any time; the gateway answers, and nothing else changes. */
export function questions(state: State, worker: number, settings: Settings): Step<State, Act>[] {
  const at = state.workers[worker];
  if (at === undefined || settings.asks === undefined) return [];
  if (at.question !== null) return answers(state, worker, at.question);
  if (!isIdle(at)) return [];
  const { order, waited, asksLeft } = state;
  const asked = (isWaitedFor: boolean, from: State): Step<State, Act> => ({
    act: { kind: 'ask', worker, isWaitedFor },
    to: withWorker(from, worker, { question: questionAbout(state, isWaitedFor, settings) }),
  });
  return [
    ...(order.state === 'in-doubt' && waited > 0 ? [asked(true, state)] : []),
    ...(asksLeft > 0 ? [asked(false, { ...state, asksLeft: asksLeft - 1 })] : []),
  ];
}

function questionAbout(
  { order, stream, touched }: State,
  isWaitedFor: boolean,
  { bug }: Settings,
): Question {
  const isOver = touched !== 0 && order.state !== 'requesting';
  const conclusive = isOver || bug === 'pending-too-early';
  return { conclusive, attempts: order.answers.length, head: stream.length, isWaitedFor, age: 0 };
}

/** A refusal that leaves no doubt is asked about once by whom it was given to. */
export function questionAfter(
  { stream, touched }: State,
  worker: Worker,
  { event, expected, age }: Batch,
): Question | null {
  const isFirst = worker.task?.kind === 'outcome' && worker.task.isLate !== true;
  if (touched === null || event.kind !== 'outcome' || event.answer !== 'refused') return null;
  let order: Order | null = newOrder;
  // What others recorded since is not known to who asks.
  for (const each of stream.slice(0, expected + 1)) order = order && take(order, each, null);
  if (!isFirst || order?.state !== 'open') return null;
  const head = expected + 1;
  return { conclusive: age > 0, attempts: order.answers.length, head, isWaitedFor: false, age: 0 };
}

export function answered(
  { isWaitedFor, conclusive, attempts, head }: Question,
  status: Status,
): Task {
  const event = { kind: 'reported', status, conclusive, attempts, head, spent: false } as const;
  return { kind: 'report', event, isWaitedFor };
}

function answers(state: State, worker: number, question: Question): Step<State, Act>[] {
  const told = (status: Status, from: State): Step<State, Act> => ({
    act: { kind: 'told', worker, status },
    to: withWorker(from, worker, { question: null, task: answered(question, status) }),
  });
  const { closed, closedFor, paid } = state.gateway;
  const truth = closed ? 'closed' : paid ? 'paid' : 'pending';
  return [
    told(truth, state),
    // It may lag behind a close.
    ...(closed && closedFor < 2 ? [told('pending', state)] : []),
    ...(state.faultsLeft > 0 ? [told('unknown', faulty(state))] : []),
  ];
}

/** What is appended of an answer, given the whole stream; null where it adds nothing. */
export function reportFor(
  at: State,
  { event: told, isWaitedFor }: Task & { readonly kind: 'report' },
  { bug }: Settings,
): ReportEvent | null {
  const { order, stream } = at;
  const isBlurred = bug === 'status-for-later-attempts';
  const now = { attempts: order.answers.length, head: stream.length };
  const event = isBlurred ? { ...told, ...now } : told;
  const after = afterReport(order, event, bug);
  const saysMore =
    after.closed !== order.closed ||
    after.paid !== order.paid ||
    after.answers.some((answer, index) => answer !== order.answers[index]);
  if (isEnd(event) && saysMore) return event;
  const isStanding = stream.length === event.head;
  if (!isStanding || (!isWaitedFor && isRepeat(at, event, after))) return null;
  const isSpent = !isEnd(event) && isInDoubt(order) && isLastReport(after, bug);
  return { ...event, spent: isSpent && !isOneMore(at, event, bug) };
}

/** Where the waits are spent before pending can prove anything, one more lasts until it can. */
function isOneMore({ order, stream }: State, event: ReportEvent, bug: Bug | null): boolean {
  if (event.status !== 'pending' || event.conclusive) return false;
  return stream.at(-1)?.kind !== 'reported' || !isLastReport(order, bug);
}

/** While a doubt waits, all answers that leave it say the same. */
function isRepeat({ order, stream }: State, event: ReportEvent, after: Order): boolean {
  const before = stream.findLast(({ kind }) => kind === 'reported');
  if (before?.kind !== 'reported') return false;
  const isSame = before.status === event.status;
  if (isEnd(event)) return isSame;
  if (before !== stream.at(-1)) return false;
  const waits = ['requesting', 'backing-off', 'in-doubt'].includes(order.state);
  return (waits && isInDoubt(after)) || (isSame && before.conclusive === event.conclusive);
}

const isEnd = ({ status }: ReportEvent) => status === 'closed' || status === 'paid';
