/**
 * Recognises a fact that is told again. Sources repeat their notices for days, so what was recorded
 * once must never be recorded twice, while two declines of a minute apart are two.
 */

import { hasRole } from '../../machines/payment-order.events.ts';
import type { FactType, PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { digest } from './chain.ts';

type Fact = PaymentOrderEvent<FactType>;

export function isFact(event: PaymentOrderEvent): event is Fact {
  return hasRole(event.type, 'fact');
}

/** A fact without an id gets one: its number, or else a digest of what it says and when. */
export function withFactId(fact: Fact, orderNo: string): Fact {
  if (fact.factId !== undefined) return fact;
  return { ...fact, factId: numberIn(fact, orderNo) ?? digestOf(fact, orderNo) };
}

/** A fact's key and its content: one that has both alike was told before. */
export function contentKey(fact: Fact, orderNo: string): string {
  const key = `${fact.type}:${fact.factId ?? numberIn(fact, orderNo) ?? ''}`;
  switch (fact.type) {
    case 'PaymentSucceeded': {
      const { amountMinor = '', currency = '' } = fact;
      return [key, numberIn(fact, orderNo) ?? '', amountMinor, currency].join('\n');
    }
    case 'PaymentRefunded':
      return [key, fact.refundNo, fact.amountMinor, fact.currency].join('\n');
    case 'PaymentFailed':
      return [key, fact.code ?? ''].join('\n');
    case 'PaymentDeclined':
      return [key, fact.transactionNo ?? '', fact.code ?? ''].join('\n');
    case 'ClosedAtGateway':
      return [key, fact.code ?? '', fact.cause ?? 'unstated'].join('\n');
  }
}

/**
 * The same fact as it would be told today. Version 1 of the machine took every number for an id, and
 * computed ids without the time. Where the fact's id was given, the fact itself.
 */
export function asToldToday(fact: Fact, orderNo: string, occurredAt: string | undefined): Fact {
  const { factId, ...told } = fact;
  const number = fact.type === 'PaymentSucceeded' ? fact.transactionNo : undefined;
  const ofVersion1 = number ?? digestOf({ ...told, occurredAt: undefined }, '');
  if (factId !== undefined && factId !== ofVersion1) return fact;
  return withFactId({ ...told, occurredAt: fact.occurredAt ?? occurredAt }, orderNo);
}

/** The number that is a fact's id by default. The order's own number says nothing of a payment. */
function numberIn(fact: Fact, orderNo: string): string | undefined {
  if (fact.type === 'PaymentRefunded') return fact.refundNo;
  if (fact.type !== 'PaymentSucceeded' || fact.transactionNo === orderNo) return undefined;
  return fact.transactionNo;
}

/** What the source says in its own words is not part of an id. */
function digestOf(fact: Fact, orderNo: string): string {
  const isUnnumbered = fact.type === 'PaymentSucceeded' && numberIn(fact, orderNo) === undefined;
  // 'unstated' is the same as no cause: facts recorded before causes existed keep their ids.
  const isUnstated = fact.type === 'ClosedAtGateway' && fact.cause === 'unstated';
  const content = {
    ...fact,
    ...{ type: undefined, factId: undefined, message: undefined, isOfVersion1: undefined },
    ...(isUnnumbered ? { transactionNo: undefined } : {}),
    ...(isUnstated ? { cause: undefined } : {}),
  };
  return `sha256:${digest(content)}`;
}
