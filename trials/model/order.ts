import type { Bug } from './bugs.ts';

/** The answer to an attempt, as the stream records it. */
export type Answer =
  | 'in-flight'
  | 'confirmed'
  | 'refused'
  | 'not-executed'
  | 'unknown'
  | 'resolved'
  /** The platform said how the order ended. */
  | 'settled'
  /** The platform said that it is open, when the attempt could no longer take effect. */
  | 'not-seen';

export type OutcomeAnswer = 'confirmed' | 'refused' | 'not-executed' | 'unknown';

/** How the platform says that an order stands; `unknown`: nothing was learned. */
export type Status = 'pending' | 'closed' | 'paid' | 'unknown';

export type ReportEvent = {
  readonly kind: 'reported';
  readonly status: Status;
  /** It was asked when no attempt could take effect any more. */
  readonly conclusive: boolean;
  /** How many attempts, and how many events, there were when it was asked. */
  readonly attempts: number;
  readonly head: number;
  /** Nobody asks or calls any further by itself. */
  readonly spent: boolean;
};

/** An event of the order's stream, in as many words as the protocol needs. */
export type ModelEvent =
  | { readonly kind: 'requested' | 'retry-due' | 'paid' | 'retracted' }
  | { readonly kind: 'resolved'; readonly as: 'cancelled' | 'open' }
  | ReportEvent
  | {
      readonly kind: 'outcome';
      readonly attempt: number;
      readonly answer: OutcomeAnswer;
      readonly rule: string;
      /** No further attempt is made by itself: decided when the outcome is, and recorded. */
      readonly spent: boolean;
    };

export type OrderState =
  'open' | 'requesting' | 'backing-off' | 'in-doubt' | 'needs-review' | 'paid' | 'cancelled';

export type Order = {
  readonly state: OrderState;
  readonly answers: readonly Answer[];
  /** Attempts from this index on are those of the newest cancel. */
  readonly firstIndex: number;
  /** The newest cancel was decided by an operator. */
  readonly resolved: boolean;
  /** The newest cancel is over by a refusal or a resolution. */
  readonly ended: boolean;
  /** How many questions in doubt settled nothing since the newest cancel began. */
  readonly questions: number;
  /** How many events there were before the last refusal. */
  readonly refusedAt: number;
  /** How many events were taken. */
  readonly length: number;
  readonly paid: boolean;
  readonly closed: boolean;
  readonly spent: boolean;
  /** Money was recorded while no attempt was out: from then on the order is paid. */
  readonly paidOutside: boolean;
};

export const newOrder: Order = {
  state: 'open',
  answers: [],
  firstIndex: 0,
  resolved: false,
  ended: false,
  questions: 0,
  refusedAt: -1,
  length: 0,
  paid: false,
  closed: false,
  spent: false,
  paidOutside: false,
};

/** How many outcomes of one kind are waited after, before automation stops. */
const waitsPerKind = 1;
/** Where the platform can be asked, one question in doubt is waited after too. */
const waitsInDoubt = { asked: 2, 'not-asked': 1 };

export function isInDoubt({ answers }: Order): boolean {
  return answers.includes('unknown');
}

const didNotRun: readonly Answer[] = ['not-executed', 'not-seen'];
const mayHaveRun: readonly Answer[] = ['unknown', 'refused'];

/** How many attempts of the newest cancel ended so, one of them left out. */
function endedSo({ answers, firstIndex }: Order, alike: readonly Answer[], leftOut = 0): number {
  return answers.filter(
    (other, index) => index >= firstIndex && index + 1 !== leftOut && alike.includes(other),
  ).length;
}

/** Whether an outcome would be the last that is waited after. */
export function isLast(
  order: Order,
  attempt: number,
  answer: OutcomeAnswer,
  asks: boolean,
): boolean {
  if (answer === 'not-executed') return endedSo(order, didNotRun, attempt) >= waitsPerKind;
  const spent = endedSo(order, mayHaveRun, attempt) + order.questions;
  return spent >= waitsInDoubt[asks ? 'asked' : 'not-asked'];
}

/** Whether a report would be the last that is waited after; `after` is what it leads to. */
export function isLastReport(after: Order, bug: Bug | null): boolean {
  if (!isInDoubt(after)) return Math.max(1, endedSo(after, didNotRun)) > waitsPerKind;
  const questions = bug === 'asks-without-end' ? 0 : after.questions;
  return endedSo(after, mayHaveRun) + questions > waitsInDoubt.asked;
}

/** The order after an event, or null where it cannot happen: the design's table, once more. */
export function take(order: Order, event: ModelEvent, bug: Bug | null): Order | null {
  const after = taken(order, event, bug);
  return after === null ? null : { ...after, length: order.length + 1 };
}

function taken(order: Order, event: ModelEvent, bug: Bug | null): Order | null {
  const { state } = order;
  const waits = state === 'backing-off' || state === 'in-doubt';
  switch (event.kind) {
    case 'requested':
      if (state !== 'open') return null;
      return {
        ...nextAttempt(order),
        firstIndex: order.answers.length,
        resolved: false,
        questions: 0,
      };
    case 'retry-due': {
      const closed = state === 'paid' || state === 'cancelled';
      const lets = waits || (bug === 'retry-after-closed' && closed);
      return lets ? nextAttempt(order) : null;
    }
    case 'paid': {
      const outside = state !== 'requesting';
      const known = { ...order, paid: true, paidOutside: order.paidOutside || outside };
      return outside ? { ...known, state: 'paid' } : known;
    }
    case 'resolved': {
      if (state !== 'in-doubt' && state !== 'needs-review') return null;
      const answers = order.answers.map((answer) => (answer === 'unknown' ? 'resolved' : answer));
      const closed = order.closed || event.as === 'cancelled';
      return settled({ ...order, answers, closed, resolved: true, ended: true });
    }
    case 'reported':
      return afterReport(order, event, bug);
    case 'retracted':
      return order.paid ? withoutMoney({ ...order, paid: false, paidOutside: false }, bug) : null;
    case 'outcome':
      return afterOutcome(order, event, bug);
  }
}

function afterOutcome(
  order: Order,
  event: ModelEvent & { readonly kind: 'outcome' },
  bug: Bug | null,
): Order | null {
  const { state } = order;
  const { attempt, answer, spent } = event;
  const before = order.answers[attempt - 1];
  if (before === undefined) return null;
  const keeps = answer === 'unknown' && before !== 'in-flight';
  const answers = keeps ? order.answers : order.answers.with(attempt - 1, answer);
  const isRefused = answer === 'refused';
  const known = ended({
    ...order,
    answers: isRefused && bug !== 'refusal-believes-pending' ? doubted(order, answers) : answers,
    refusedAt: isRefused ? order.length : order.refusedAt,
    closed: order.closed || answer === 'confirmed',
    spent: answer === 'confirmed' ? order.spent : spent,
  });
  if (state === 'requesting') return attempt === known.answers.length ? weighed(known, bug) : known;
  if (state === 'paid' || state === 'cancelled') return known;
  if (answer === 'confirmed') return settled(known);
  const endsDoubt = state === 'in-doubt' && !isInDoubt(known);
  const bringsDoubt = state === 'backing-off' && isInDoubt(known);
  return endsDoubt || bringsDoubt ? weighed(known, bug) : known;
}

/** What the platform called pending may have been closed already: its status lags. */
function doubted({ ended: isOver }: Order, answers: readonly Answer[]): readonly Answer[] {
  return isOver ? answers : answers.map((answer) => (answer === 'not-seen' ? 'unknown' : answer));
}

/** A refusal ends its cancel as soon as nothing is in doubt or in flight. */
function ended(order: Order): Order {
  const isCertain = !isInDoubt(order) && !order.answers.includes('in-flight');
  return isCertain && isRefused(order) ? { ...order, ended: true } : order;
}

function isRefused({ answers, firstIndex }: Order): boolean {
  return answers.slice(firstIndex).includes('refused');
}

/** A report speaks of the attempts that had been made when it was asked. */
export function afterReport(order: Order, event: ReportEvent, bug: Bug | null): Order {
  const { state } = order;
  const { status, conclusive, head, spent } = event;
  const doubtsAs = (as: Answer) =>
    order.answers.map((answer, index) =>
      answer === 'unknown' && index < event.attempts ? as : answer,
    );
  if (status === 'closed' || status === 'paid') {
    const outside = status === 'paid' && state !== 'requesting';
    const known: Order = {
      ...order,
      answers: doubtsAs('settled'),
      closed: order.closed || status === 'closed',
      paid: order.paid || status === 'paid',
      paidOutside: order.paidOutside || outside,
    };
    return state === 'requesting' ? known : settled(known);
  }
  if (!isInDoubt(order)) return order;
  const isSaid = status === 'pending' || bug === 'unknown-as-pending';
  const isConclusive = isSaid && conclusive && order.refusedAt < head;
  const answers = isConclusive ? doubtsAs('not-seen') : order.answers;
  const questions = order.questions + (isInDoubt({ ...order, answers }) ? 1 : 0);
  const known = ended({ ...order, answers, questions, spent });
  return state === 'in-doubt' ? weighed(known, bug) : known;
}

/** An order at rest settles again; what may still close, or was never decided, is for a person. */
function withoutMoney(order: Order, bug: Bug | null): Order {
  if (order.state !== 'paid') return order;
  const undecided = order.answers.length > 0 && !isRefused(order) && !order.resolved;
  const doubt = isInDoubt(order) && bug !== 'retraction-forgets-doubt';
  if (!order.closed && (doubt || undecided)) return { ...order, state: 'needs-review' };
  return settled(order);
}

function nextAttempt(order: Order): Order {
  const answers = [...order.answers, 'in-flight' as const];
  return { ...order, state: 'requesting', answers, spent: true, ended: false };
}

function weighed(order: Order, bug: Bug | null): Order {
  const doubt = isInDoubt(order) && bug !== 'refusal-ends-doubt';
  const refused = isRefused(order) && !doubt;
  if (order.paid || order.closed || refused) return settled(order);
  if (order.spent) return { ...order, state: 'needs-review' };
  return { ...order, state: isInDoubt(order) ? 'in-doubt' : 'backing-off' };
}

function settled(order: Order): Order {
  return { ...order, state: order.paid ? 'paid' : order.closed ? 'cancelled' : 'open' };
}
