/** The calls that ask the platform and change nothing there. */

import { makeCall } from './call.ts';
import type { CallContext } from './call.ts';
import type { BillAnswer, BillRequest, QueryAnswer, QueryRequest } from './cancel-gateway.ts';
import { billApiCode, billParams, readBill } from './bill-wire.ts';
import { classifyBill, classifyQuery } from './query-classification.ts';
import { queryApiCode, queryParams, reportOf } from './query-wire.ts';
import { answerOf } from './wire.ts';

/** A question has no deadline of its own: it may be asked as long as it has time for an answer. */
const always = (): boolean => true;

export async function askForStatus(
  context: CallContext,
  request: QueryRequest,
): Promise<QueryAnswer> {
  const { seen, evidence, retryAfterMs } = await makeCall(context, {
    apiCode: queryApiCode,
    params: queryParams(request),
    maySend: always,
    answerBytesMax: context.answerBytesMax,
    read: (body) => answerOf(body, (data) => reportOf(data, request.orderNo)),
  });
  const { status, rule } = classifyQuery(seen);
  // Beside another code than success, data says nothing.
  const found = 'found' in seen && seen.reported === rule ? seen.found : {};
  return { status, rule, ...found, ...evidence, retryAfterMs };
}

export async function askForBill(context: CallContext, request: BillRequest): Promise<BillAnswer> {
  const { seen, evidence } = await makeCall(context, {
    apiCode: billApiCode,
    params: billParams(request),
    maySend: always,
    answerBytesMax: context.billBytesMax,
    read: (body) => readBill(body, context.runtime),
  });
  const { status, rule } = classifyBill(seen);
  if (status !== 'read') return { status, rule, ...evidence };
  return { status, rule, entries: 'entries' in seen ? seen.entries : [], ...evidence };
}
