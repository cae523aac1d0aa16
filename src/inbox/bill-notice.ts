/**
 * The notices that reconciling a bill puts into the inbox. Each says itself what it means, so that
 * its fact needs no translator: neither when its order is created, nor after a crash.
 */

import { z } from 'zod';
import type { FactType } from '../../machines/payment-order.events.ts';
import { bytesOfStored, textOf } from './body.ts';
import type { NoticeState } from './notice.ts';
import { readTranslation } from './translation.ts';
import type { Meaning } from './translation.ts';

/** The source of these notices, and of their facts, and what vouches for them. */
const bill = 'bill';

/** A fact that a bill tells. */
export type BilledFact = {
  readonly orderNo: string;
  readonly type: FactType;
  readonly fact: Readonly<Record<string, string | number>>;
};

const schema = z.strictObject({
  bill: z.literal(1),
  orderNo: z.string(),
  type: z.string(),
  fact: z.record(z.string(), z.unknown()),
});

/** The same fact makes the same notice, so a bill that is read again tells nothing new. */
export function billNotice({ orderNo, type, fact }: BilledFact) {
  const sorted = Object.fromEntries(Object.entries(fact).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const body = JSON.stringify({ bill: 1, orderNo, type, fact: sorted });
  return { body, source: bill, vouchedBy: bill };
}

/** What a notice means that reconciling made; null for any other. */
export function meaningOfBillNotice(state: NoticeState): Meaning | null {
  const { source, vouchedBy } = state.delivery;
  if (source !== bill || vouchedBy !== bill) return null;
  const { data } = schema.safeParse(jsonIn(textOf(bytesOfStored(state.body))));
  if (data === undefined) return null;
  const { orderNo, type, fact } = data;
  return readTranslation({ kind: 'fact', orderNo, type, fact }, state);
}

function jsonIn(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}
