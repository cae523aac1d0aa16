import { invalidInput } from '../errors.ts';
import { delayMsMax, stepsMax } from './limits.ts';

/** Every fault, and what it does to one accepted cancel request. */
export const faultMeanings = {
  ok: 'nothing: the request is handled and answered',
  'silent-before': 'not executed; no answer until the caller gives up',
  'silent-after': 'executed; no answer until the caller gives up',
  'reset-before': 'not executed; the connection is reset',
  'reset-after': 'executed; the connection is reset',
  truncated: 'executed; half of the answer, then the connection closes',
  'http-500': 'not executed; HTTP 500',
  html: 'not executed; an HTML page with HTTP 200',
  'slow-bytes': 'executed; the answer comes one byte per 50 ms',
  'wrong-type': 'executed; cancel_result is the text "true"',
  'odd-words': 'executed; the requestId is a number, and the message is very long',
  'duplicate-delivery': 'executed twice; the answer is that of the second time',
  'paid-during': 'the payment arrives first; the order is paid, the cancel refused',
} as const;

/** Every fault of a question about an order, and how it is answered. */
export const queryFaultMeanings = {
  ok: 'nothing: the question is answered',
  silent: 'no answer until the caller gives up',
  reset: 'the connection is reset',
  truncated: 'half of the answer, then the connection closes',
  'http-500': 'HTTP 500',
  html: 'an HTML page with HTTP 200',
  'slow-bytes': 'the answer comes one byte per 50 ms',
  'odd-words': 'the requestId is a number, and the message is very long',
  'odd-status': 'the status is CLOSED, which the platform does not document',
  'null-status': 'the status is null',
  'other-order': 'the answer is about another order, which is paid',
  'no-data': 'the data is null',
  array: 'the data is an array with the answer in it',
} as const;

/** Every fault of a question for a bill, and how it is answered. */
export const billFaultMeanings = {
  ok: 'nothing: the bill is answered',
  silent: 'no answer until the caller gives up',
  reset: 'the connection is reset',
  truncated: 'half of the answer, then the connection closes',
  'http-500': 'HTTP 500',
  'no-data': 'the data is null',
  'bad-row': 'the bill begins with a row whose amount is no amount',
} as const;

export type FaultName = keyof typeof faultMeanings;
export type QueryFaultName = keyof typeof queryFaultMeanings;
export type BillFaultName = keyof typeof billFaultMeanings;

/** What the steps of a plan are for: cancels, questions about an order, questions for a bill. */
export type FaultyCall = 'cancel' | 'query' | 'bill';

/** One step of a fault plan: what happens to one request after `delayMs`. */
export type Fault<Name extends string = FaultName> = {
  readonly name: Name | 'code';
  /** 0 to 600,000. */
  readonly delayMs: number;
  /** For `code`: the responseCode to answer; nothing is executed. */
  readonly responseCode?: string;
};

/**
 * The steps of each order: what happens to its first accepted cancel, its second, and so on, at
 * most 1000. After them everything is `ok`. The entry `*` is for orders without an entry. Entries
 * `query:ORDER` and `query:*` are for questions about an order, `bill:*` for questions for a bill.
 *
 * A step is the name of a fault, `code:RESPONSECODE`, `delay:MS` (at most 600,000), or a delay and
 * another step joined by `+`.
 *
 * @example
 * const faults: FaultPlan = { O1: ['delay:300+silent-after', 'ok'], 'query:*': ['odd-status'] };
 */
export type FaultPlan = Readonly<Record<string, readonly string[]>>;

/** What is wrong with the form of a plan; its steps are parsed for each order. */
export function problemOfPlan(plan: unknown): string | null {
  const isPlan =
    typeof plan === 'object' && plan !== null && Object.values(plan).every(isListOfTexts);
  return isPlan ? null : 'must be an object with a list of steps for each order';
}

function isListOfTexts(list: unknown): boolean {
  return Array.isArray(list) && list.every((text) => typeof text === 'string');
}

/**
 * Parses a fault plan from text: orders separated by `;`, steps by `,`.
 *
 * @throws {PaymentOrderError} `invalid-input`, field `faults`
 * @example parseFaultPlan('O1=silent-after,ok;*=http-500');
 */
export function parseFaultPlan(text: string): FaultPlan {
  // No compiler stops a caller in JavaScript.
  if (typeof (text as unknown) !== 'string') throw invalid('must be text');
  const plan = new Map<string, readonly string[]>();
  for (const part of text.split(';')) {
    if (part.trim() === '') continue;
    const [orderNo = '', steps, ...rest] = part.split('=').map((piece) => piece.trim());
    if (orderNo === '' || steps === undefined || rest.length > 0) {
      throw invalid(`must be ORDER=step,step;… but has ${JSON.stringify(part)}`);
    }
    if (plan.has(orderNo)) throw invalid(`must name ${orderNo} only once`);
    const names = steps.split(',').map((step) => step.trim());
    parseFaults(names, faultyCallOf(orderNo));
    plan.set(orderNo, names);
  }
  return Object.fromEntries(plan);
}

/** What an entry of a plan is for, by the prefix of its key; see `FaultPlan`. */
export function faultyCallOf(key: string): FaultyCall {
  if (key === 'bill:*') return 'bill';
  return key.startsWith('query:') ? 'query' : 'cancel';
}

const meanings = {
  cancel: faultMeanings,
  query: queryFaultMeanings,
  bill: billFaultMeanings,
} as const;

/** The faults of one kind of call. */
type NameOf<Call extends FaultyCall> = keyof (typeof meanings)[Call] & string;

/**
 * Parses the steps of one order.
 *
 * @param call - What the steps are for. Default `cancel`.
 * @throws {PaymentOrderError} `invalid-input`, field `faults`
 * @example parseFaults(['delay:300+reset-after']); // [{ name: 'reset-after', delayMs: 300 }]
 */
export function parseFaults(steps: readonly string[]): Fault[];
export function parseFaults<Call extends FaultyCall>(
  steps: readonly string[],
  call: Call,
): Fault<NameOf<Call>>[];
export function parseFaults(
  steps: readonly string[],
  call: FaultyCall = 'cancel',
): Fault<string>[] {
  if (!isListOfTexts(steps)) throw invalid('must be a list of steps');
  if (steps.length > stepsMax) throw invalid(`must have at most ${stepsMax} steps for an order`);
  return steps.map((step) => parseFault(step, meanings[call]));
}

function parseFault(step: string, known: Readonly<Record<string, string>>): Fault<string> {
  const [, delay, name = ''] = /^(?:delay:([0-9]{1,6})(?:\+|$))?(.*)$/.exec(step) ?? [];
  const delayMs = Number(delay ?? 0);
  if (delayMs > delayMsMax) throw invalid(`must have delays of at most ${delayMsMax} ms`);
  const [, responseCode] = /^code:([A-Za-z0-9]{1,12})$/.exec(name) ?? [];
  if (responseCode !== undefined) return { name: 'code', delayMs, responseCode };
  if (Object.hasOwn(known, name)) return { name, delayMs };
  if (name === '' && delay !== undefined && !step.endsWith('+')) return { name: 'ok', delayMs };
  const names = Object.keys(known).join(', ');
  throw invalid(
    `has an unknown fault ${JSON.stringify(step)} (known: ${names}, delay:MS, code:CODE)`,
  );
}

const invalid = (problem: string) => invalidInput('faults', problem);
