/** What a question about an order looks like on the wire: its parameters, and the data it gets. */

import { z } from 'zod';
import type { QueryEvidence, QueryRequest } from './cancel-gateway.ts';
import { keptText } from './evidence.ts';
import { identifierCharactersMax } from './limits.ts';
import type { Reported } from './query-classification.ts';
import { invalidParameter, text } from './wire.ts';

export const queryApiCode = 'payment.order.query';

/** The business parameters of the call. */
export const queryParamsSchema = z.object({
  etc_order_no: text(identifierCharactersMax),
  etc_process_bill_no: text(identifierCharactersMax).optional(),
});
export type QueryParams = z.infer<typeof queryParamsSchema>;

/**
 * Names the parameters of one question as the platform does.
 *
 * @throws {PaymentOrderError} `invalid-input` with the field, before anything is sent.
 */
export function queryParams(request: QueryRequest): QueryParams {
  const result = queryParamsSchema.safeParse({
    etc_order_no: request.orderNo,
    etc_process_bill_no: request.processBillNo,
  });
  if (result.success) return result.data;
  throw invalidParameter(result.error);
}

/** What the data of an answer says, and the evidence in it. */
export type Report = {
  readonly reported: Reported;
  readonly found: Pick<QueryEvidence, 'amount' | 'currency' | 'payChannel'>;
};

const reportSchema = z.record(z.string(), z.unknown());
const statuses = ['pending', 'succeeded', 'failed', 'canceled'] as const;

/**
 * Reads the data of an answer to a question about `orderNo`. Nothing is coerced: a status counts in
 * the platform's own spelling alone. Of an answer about another order nothing is kept.
 */
export function reportOf(data: unknown, orderNo: string): Report {
  const nothing = (reported: Reported): Report => ({ reported, found: {} });
  if (data === undefined || data === null) return nothing('data-missing');
  const { data: report } = reportSchema.safeParse(data);
  if (report === undefined) return nothing('data-not-an-object');
  const { etc_order_no: named, status, pay_amt: amount, currency, pay_channel: channel } = report;
  if (named === undefined || named === null || named === '') return nothing('order-missing');
  if (named !== orderNo) return nothing('order-differs');
  const found = {
    amount: keptText(amount),
    currency: keptText(currency),
    payChannel: keptText(channel),
  };
  if (status === undefined || status === null) return { reported: 'status-missing', found };
  return { reported: statuses.find((each) => each === status) ?? 'status-unknown', found };
}
