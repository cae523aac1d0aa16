import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';

type Answer = 'out' | 'confirmed' | 'refused' | 'known' | 'unknown' | 'resolved';

/**
 * An order as the design's two tables tell it, written down again without XState and without any
 * code of the module: what the checker holds histories against.
 */
export type ReferenceOrder = {
  readonly state: string;
  readonly started: boolean;
  readonly paid: boolean;
  readonly failed: boolean;
  readonly closed: boolean;
  /** What each attempt came to; attempt n at index n - 1. */
  readonly answers: readonly Answer[];
  readonly firstAttempt: number;
  readonly retryInMs: number | null;
  readonly amount: string;
  readonly payments: readonly { readonly transactionNo: string; readonly amount: string }[];
  /** Codes in the order they arose; acknowledged ones are marked by their index. */
  readonly anomalies: readonly string[];
  readonly acknowledged: readonly number[];
};

type Event<T extends PaymentOrderEvent['type']> = Extract<PaymentOrderEvent, { type: T }>;
type Outcome = Event<
  | 'CancelConfirmed'
  | 'CancelRefused'
  | 'CancelNotExecuted'
  | 'CancelBlocked'
  | 'CancelOutcomeUnknown'
>;

export function created(event: Event<'PaymentOrderCreated'>): ReferenceOrder {
  return {
    ...{ state: 'created', started: false, paid: false, failed: false, closed: false },
    ...{ answers: [], firstAttempt: 1, retryInMs: null, amount: amountOf(event) },
    ...{ payments: [], anomalies: [], acknowledged: [] },
  };
}

/** The order after an event, or null where no table lists it. */
export function next(order: ReferenceOrder, event: PaymentOrderEvent): ReferenceOrder | null {
  if ('attempt' in event && event.attempt > order.answers.length) return null;
  const known = remembered(order, event);
  const state = known === null ? null : stateAfter(order, known, event);
  if (known === null || state === null) return null;
  const entersPaid = state === 'paid' && order.state !== 'paid';
  const unresolved = entersPaid && isInDoubt(known) ? ['cancel-unresolved'] : [];
  return { ...known, state, anomalies: [...known.anomalies, ...unresolved] };
}

export function isInDoubt({ answers }: ReferenceOrder): boolean {
  return answers.includes('unknown');
}

function stateAfter(
  before: ReferenceOrder,
  known: ReferenceOrder,
  event: PaymentOrderEvent,
): string | null {
  const { state } = before;
  const { type } = event;
  const stays =
    /^(Payment(Succeeded|Failed)|ClosedAtGateway|Cancel(Confirmed|Refused|NotExecuted|Blocked|OutcomeUnknown)|AnomalyAcknowledged|CommandRejected)$/;
  const else_ = stays.test(type) ? state : null;
  if (state === 'created' || state === 'paying') {
    if (type === 'PaymentStarted') return state === 'created' ? 'paying' : null;
    if (type === 'PaymentSucceeded') return 'paid';
    if (type === 'PaymentFailed') return 'failed';
    if (type === 'ClosedAtGateway' || type === 'CancelConfirmed') return 'cancelled';
    return type === 'CancelRequested' ? 'cancelling.requesting' : else_;
  }
  if (state === 'cancelled' || state === 'failed') {
    return type === 'PaymentSucceeded' ? 'paid' : else_;
  }
  if (state === 'cancelling.requesting') {
    const isOwn = 'attempt' in event && event.attempt === before.answers.length;
    return isOwn ? weighed(known) : else_;
  }
  return state === 'paid' ? else_ : whileWaiting(before, known, type, else_);
}

function whileWaiting(
  { state, ...before }: ReferenceOrder,
  known: ReferenceOrder,
  type: PaymentOrderEvent['type'],
  else_: string | null,
): string | null {
  const doubted = before.answers.includes('unknown');
  switch (type) {
    case 'PaymentSucceeded':
    case 'ClosedAtGateway':
    case 'CancelConfirmed':
      return settled(known);
    case 'CancelRefused':
    case 'CancelNotExecuted':
    case 'CancelBlocked':
      return state === 'cancelling.inDoubt' && !isInDoubt(known) ? weighed(known) : state;
    case 'CancelRetryDue':
      return state === 'cancelling.needsReview' ? null : 'cancelling.requesting';
    case 'CancelRetryRequested':
      return 'cancelling.requesting';
    case 'CancelAbandoned':
      return state === 'cancelling.inDoubt' || doubted ? null : settled(known);
    case 'CancelResolved':
      return state === 'cancelling.backingOff' ? null : settled(known);
    default:
      return else_;
  }
}

function weighed(known: ReferenceOrder): string {
  const isRefused =
    known.answers.slice(known.firstAttempt - 1).includes('refused') && !isInDoubt(known);
  if (known.paid || known.closed || isRefused) return settled(known);
  if (known.retryInMs === null) return 'cancelling.needsReview';
  return isInDoubt(known) ? 'cancelling.inDoubt' : 'cancelling.backingOff';
}

function settled(known: ReferenceOrder): string {
  if (known.paid) return 'paid';
  if (known.closed) return 'cancelled';
  if (known.failed) return 'failed';
  return known.started ? 'paying' : 'created';
}

function remembered(order: ReferenceOrder, event: PaymentOrderEvent): ReferenceOrder | null {
  const withAnomaly = (code: string | false, change: Partial<ReferenceOrder>): ReferenceOrder => ({
    ...{ ...order, ...change },
    anomalies: code === false ? order.anomalies : [...order.anomalies, code],
  });
  switch (event.type) {
    case 'PaymentOrderCreated':
      return null;
    case 'CommandRejected':
    case 'CancelAbandoned':
      return order;
    case 'PaymentStarted':
      return { ...order, started: true };
    case 'PaymentSucceeded':
      return withPayment(order, event);
    case 'PaymentFailed':
      return withAnomaly(order.paid && 'contradicted', { failed: true });
    case 'ClosedAtGateway':
      return withAnomaly(order.paid && 'contradicted', { closed: true });
    case 'CancelRequested':
      return attempted({ ...order, firstAttempt: order.answers.length + 1 });
    case 'CancelRetryDue':
    case 'CancelRetryRequested':
      return attempted(order);
    case 'CancelConfirmed':
      return withAnomaly(order.paid && 'cancelled-and-paid', {
        ...{ closed: true, answers: answered(order, event) },
      });
    case 'CancelRefused':
    case 'CancelNotExecuted':
    case 'CancelBlocked':
    case 'CancelOutcomeUnknown':
      // The service records the wait; there is no other source of it.
      if (event.retryInMs === undefined) return null;
      return { ...order, answers: answered(order, event), retryInMs: event.retryInMs };
    case 'CancelResolved': {
      const answers = order.answers.map((answer): Answer =>
        answer === 'unknown' ? 'resolved' : answer,
      );
      const { resolution } = event;
      if (resolution === 'open') return { ...order, answers, failed: false };
      const isLate = resolution === 'paid' && order.failed;
      const fact = { cancelled: 'closed', paid: 'paid', failed: 'failed' }[resolution];
      return withAnomaly(isLate && 'paid-after-failure', { answers, [fact]: true });
    }
    case 'AnomalyAcknowledged': {
      const isOpen = event.number <= order.anomalies.length;
      if (!isOpen || order.acknowledged.includes(event.number)) return null;
      return { ...order, acknowledged: [...order.acknowledged, event.number] };
    }
  }
}

function withPayment(order: ReferenceOrder, event: Event<'PaymentSucceeded'>): ReferenceOrder {
  const amount = amountOf(event);
  const { transactionNo } = event;
  const agree = (one: string, other: string) => one === '' || other === '' || one === other;
  const same = order.payments.filter((payment) => payment.transactionNo === transactionNo);
  const isNew = same.length === 0;
  const agrees = same.some((payment) => agree(payment.amount, amount));
  const found = [
    !agree(order.amount, amount) && 'amount-mismatch',
    isNew && order.payments.length > 0 && 'double-payment',
    isNew && order.closed && 'paid-after-cancel',
    isNew && order.failed && 'paid-after-failure',
    !isNew && !agrees && 'contradicted',
  ].filter((code) => code !== false);
  return {
    ...{ ...order, paid: true, anomalies: [...order.anomalies, ...found] },
    payments: [...order.payments, { transactionNo, amount }],
  };
}

function attempted(order: ReferenceOrder): ReferenceOrder {
  return { ...order, answers: [...order.answers, 'out'], retryInMs: null };
}

const answerOf: Readonly<Record<Outcome['type'], Answer>> = {
  CancelConfirmed: 'confirmed',
  CancelRefused: 'refused',
  CancelNotExecuted: 'known',
  CancelBlocked: 'known',
  CancelOutcomeUnknown: 'unknown',
};

function answered({ answers }: ReferenceOrder, event: Outcome): ReferenceOrder['answers'] {
  const index = event.attempt - 1;
  // 'unknown' tells nothing: it stands only where nothing was known.
  const tellsNothing = event.type === 'CancelOutcomeUnknown' && answers[index] !== 'out';
  return tellsNothing ? answers : answers.with(index, answerOf[event.type]);
}

function amountOf(of: { amountMinor?: number | undefined; currency?: string | undefined }): string {
  return of.amountMinor === undefined ? '' : `${of.amountMinor} ${of.currency ?? ''}`;
}
