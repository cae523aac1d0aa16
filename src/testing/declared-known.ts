import type { EventData, PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { AnomalyCode, AttemptResult } from '../../machines/payment-order.facts.ts';
import type { DeclaredMoney, DeclaredPayment, DeclaredRefund } from './declared-money.ts';

export type DeclaredAnomaly = {
  readonly number: number;
  readonly code: AnomalyCode;
  /** Of the event that opened it. */
  readonly revision: number;
  readonly acknowledged: boolean;
  readonly retracted: boolean;
};

/** Everything that was ever said about the order, so that it can be weighed again. */
export type Said = { readonly revision: number; readonly event: PaymentOrderEvent };

/** What an operator found out, and about which attempts. */
export type Resolution = {
  readonly found: EventData<'CancelResolved'>['resolution'];
  readonly attempts: readonly number[];
};

export type DeclaredFacts = {
  readonly orderNo: string;
  readonly ordered: DeclaredMoney;
  readonly revision: number;
  readonly said: readonly Said[];
  readonly started: boolean;
  readonly paid: boolean;
  readonly failed: boolean;
  readonly closed: boolean;
  /** A fact says so: the channel or the platform closed it. */
  readonly closedOutThere: boolean;
  readonly payments: readonly DeclaredPayment[];
  readonly refunds: readonly DeclaredRefund[];
  readonly cancel: {
    readonly reason?: string | undefined;
    readonly firstAttempt: number;
    readonly budgetFrom: number;
    readonly isOver: boolean;
  } | null;
  readonly answers: readonly AttemptResult[];
  readonly resolutions: readonly Resolution[];
  /** Asked in doubt, since the budget began, and answered without an end. */
  readonly questions: number;
  /** By which events it was told first; a refusal, last. */
  readonly toldAt: Readonly<
    Record<'paid' | 'payment' | 'failed' | 'closed' | 'refused', number | null>
  >;
  readonly retryInMs: number | null;
  readonly attemptDeadlineMs: number | null;
  readonly anomalies: readonly DeclaredAnomaly[];
};

export function knownAtFirst(created: EventData<'PaymentOrderCreated'>): DeclaredFacts {
  const { orderNo, amountMinor, currency } = created;
  return {
    orderNo,
    ordered: { amountMinor, currency },
    revision: 0,
    said: [],
    started: false,
    paid: false,
    failed: false,
    closed: false,
    closedOutThere: false,
    payments: [],
    refunds: [],
    cancel: null,
    answers: [],
    resolutions: [],
    questions: 0,
    toldAt: { paid: null, payment: null, failed: null, closed: null, refused: null },
    retryInMs: null,
    attemptDeadlineMs: null,
    anomalies: [],
  };
}

export function isInDoubt({ answers }: Pick<DeclaredFacts, 'answers'>): boolean {
  return answers.includes('unknown');
}

/** Opens an anomaly for each code; `known.revision` is that of the event. */
export function flagged(
  known: DeclaredFacts,
  ...codes: readonly (AnomalyCode | false | null)[]
): DeclaredFacts {
  const found = codes.filter((code) => code !== false && code !== null);
  const { anomalies, revision } = known;
  const added = found.map((code, index) => ({
    number: anomalies.length + 1 + index,
    code,
    revision,
    acknowledged: false,
    retracted: false,
  }));
  return { ...known, anomalies: [...anomalies, ...added] };
}
