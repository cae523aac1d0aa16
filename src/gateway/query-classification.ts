/** The table of what was seen of a question, and what is learned from it. */

import { callRuleOf, callRules } from './call-classification.ts';
import type { CallRuleName, SeenCall } from './call-classification.ts';
import type { BillAnswer, QueryAnswer } from './cancel-gateway.ts';

/** What the data of an answer says of the order that was asked about; see `reportOf`. */
export type Reported = keyof typeof reports;

/** What a question about an order saw. */
export type SeenQuery = SeenCall<{ readonly reported: Reported }>;

/** What the data of an answer is where a bill was asked for. */
export type ReportedBill = keyof typeof billReports;

/** What a question for a bill saw. */
export type SeenBill = SeenCall<{ readonly reported: ReportedBill }>;

/** One row of the table that classifies questions about an order. */
export type QueryRule = {
  /** Stable across releases: it is stored with every answer. */
  readonly rule: string;
  readonly status: QueryAnswer['status'];
  /** What was seen, in English. */
  readonly meaning: string;
};

/** One row of the table that classifies questions for a bill. */
export type BillRule = Omit<QueryRule, 'status'> & { readonly status: BillAnswer['status'] };

/** The answers that say that the call may not be made. All other failures may pass. */
const unavailable: ReadonlySet<CallRuleName> = new Set([
  'call-disabled',
  'permission-missing',
  'api-code-unknown',
]);

function statusOfCall(rule: CallRuleName): 'unavailable' | 'unknown' {
  return unavailable.has(rule) ? 'unavailable' : 'unknown';
}

/** 200 and 000: what the data says. */
const reports = {
  'data-missing': ['unknown', '000, but no data'],
  'data-not-an-object': ['unknown', '000, but the data is an array, a text or a number'],
  'order-missing': ['unknown', '000, but the answer names no order'],
  'order-differs': ['unknown', '000, but the answer is about another order; it is never used'],
  'status-missing': ['unknown', '000, but no status, or null'],
  'status-unknown': ['unknown', '000, but a status that the platform does not document'],
  pending: ['pending', 'status pending: the payment is still open'],
  succeeded: ['succeeded', 'status succeeded: the order is paid'],
  failed: ['failed', 'status failed: the payment failed'],
  canceled: ['canceled', 'status canceled: the order is closed, whoever closed it'],
} as const satisfies Record<string, readonly [QueryAnswer['status'], string]>;

const billReports = {
  'bill-missing': ['unknown', '000, but no data; not taken for an empty bill'],
  'bill-not-an-array': ['unknown', '000, but the data is not an array'],
  'bill-read': ['read', '000 and an array of rows'],
} as const satisfies Record<string, readonly [BillAnswer['status'], string]>;

/** A rule of a question about an order. */
export type QueryRuleName = CallRuleName | Reported;

/** A rule of a question for a bill. */
export type BillRuleName = CallRuleName | ReportedBill;

// The keys of the table are the names of the rules.
const rulesOfCall = (Object.keys(callRules) as CallRuleName[]).map((rule) => ({
  rule,
  status: statusOfCall(rule),
  meaning: callRules[rule][1],
}));

/**
 * Every rule of a question about an order, in the order in which they are tried: phase, HTTP status,
 * body, code, data.
 */
export const queryRules: readonly QueryRule[] = [...rulesOfCall, ...rulesOf(reports)];

/** Every rule of a question for a bill, in the same order. */
export const billRules: readonly BillRule[] = [...rulesOfCall, ...rulesOf(billReports)];

function rulesOf<Status>(table: Readonly<Record<string, readonly [Status, string]>>) {
  return Object.entries(table).map(([rule, [status, meaning]]) => ({ rule, status, meaning }));
}

/**
 * Classifies what a question saw. Total: what no rule matches is `unknown`, by `no-rule`.
 *
 * Source: the platform's document of the call (支付－查询支付单).
 */
export function classifyQuery(seen: SeenQuery): {
  readonly status: QueryAnswer['status'];
  readonly rule: QueryRuleName;
} {
  const rule = callRuleOf(seen);
  if (rule !== null) return { status: statusOfCall(rule), rule };
  // Only an envelope has no rule of the call.
  if (!('reported' in seen)) return { status: 'unknown', rule: 'no-rule' };
  return { status: reports[seen.reported][0], rule: seen.reported };
}

/**
 * Classifies what a question for a bill saw, in the same way.
 *
 * Source: the platform's document of the call (商户对账单查询).
 */
export function classifyBill(seen: SeenBill): {
  readonly status: BillAnswer['status'];
  readonly rule: BillRuleName;
} {
  const rule = callRuleOf(seen);
  if (rule !== null) return { status: statusOfCall(rule), rule };
  if (!('reported' in seen)) return { status: 'unknown', rule: 'no-rule' };
  return { status: billReports[seen.reported][0], rule: seen.reported };
}
