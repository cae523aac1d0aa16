import type { Bug } from './bugs.ts';

/** The answer to an attempt, as the stream records it. */
export type Answer =
  'in-flight' | 'confirmed' | 'refused' | 'not-executed' | 'unknown' | 'resolved';

export type OutcomeAnswer = 'confirmed' | 'refused' | 'not-executed' | 'unknown';

/** An event of the order's stream, in as many words as the protocol needs. */
export type ModelEvent =
  | { readonly kind: 'requested' | 'retry-due' | 'paid' | 'retracted' }
  | { readonly kind: 'resolved'; readonly as: 'cancelled' | 'open' }
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
  paid: false,
  closed: false,
  spent: false,
  paidOutside: false,
};

/** How many outcomes of one kind are waited after, before automation stops. */
const waitsPerKind = 1;

export function isInDoubt({ answers }: Order): boolean {
  return answers.includes('unknown');
}

/** Whether an outcome would be the last that is waited after. */
export function isLast(order: Order, attempt: number, answer: OutcomeAnswer): boolean {
  const alike: readonly Answer[] =
    answer === 'not-executed' ? ['not-executed'] : ['unknown', 'refused'];
  const others = order.answers.filter(
    (other, index) => index >= order.firstIndex && index + 1 !== attempt && alike.includes(other),
  );
  return others.length >= waitsPerKind;
}

/** The order after an event, or null where it cannot happen: the design's table, once more. */
export function take(order: Order, event: ModelEvent, bug: Bug | null): Order | null {
  const { state } = order;
  const waits = state === 'backing-off' || state === 'in-doubt';
  switch (event.kind) {
    case 'requested':
      if (state !== 'open') return null;
      return { ...nextAttempt(order), firstIndex: order.answers.length, resolved: false };
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
      return settled({ ...order, answers, closed, resolved: true });
    }
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
  const known: Order = {
    ...order,
    answers: keeps ? order.answers : order.answers.with(attempt - 1, answer),
    closed: order.closed || answer === 'confirmed',
    spent: answer === 'confirmed' ? order.spent : spent,
  };
  if (state === 'requesting') return attempt === known.answers.length ? weighed(known, bug) : known;
  if (state === 'paid' || state === 'cancelled') return known;
  if (answer === 'confirmed') return settled(known);
  const endsDoubt = state === 'in-doubt' && !isInDoubt(known);
  return endsDoubt ? weighed(known, bug) : known;
}

/** An order at rest settles again; what may still close, or was never decided, is for a person. */
function withoutMoney(order: Order, bug: Bug | null): Order {
  if (order.state !== 'paid') return order;
  const refused = order.answers.slice(order.firstIndex).includes('refused');
  const undecided = order.answers.length > 0 && !refused && !order.resolved;
  const doubt = isInDoubt(order) && bug !== 'retraction-forgets-doubt';
  if (!order.closed && (doubt || undecided)) return { ...order, state: 'needs-review' };
  return settled(order);
}

function nextAttempt(order: Order): Order {
  return { ...order, state: 'requesting', answers: [...order.answers, 'in-flight'], spent: true };
}

function weighed(order: Order, bug: Bug | null): Order {
  const doubt = isInDoubt(order) && bug !== 'refusal-ends-doubt';
  const refused = order.answers.slice(order.firstIndex).includes('refused') && !doubt;
  if (order.paid || order.closed || refused) return settled(order);
  if (order.spent) return { ...order, state: 'needs-review' };
  return { ...order, state: isInDoubt(order) ? 'in-doubt' : 'backing-off' };
}

function settled(order: Order): Order {
  return { ...order, state: order.paid ? 'paid' : order.closed ? 'cancelled' : 'open' };
}
