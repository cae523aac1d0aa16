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

export type FaultName = keyof typeof faultMeanings;

/** One step of a fault plan: what happens to one request after `delayMs`. */
export type Fault = {
  readonly name: FaultName | 'code';
  /** 0 to 600,000. */
  readonly delayMs: number;
  /** For `code`: the responseCode to answer; nothing is executed. */
  readonly responseCode?: string;
};

/**
 * The steps of each order: what happens to its first accepted request, its second, and so on, at
 * most 1000. After them everything is `ok`. The entry `*` is for orders without an entry.
 *
 * A step is the name of a fault, `code:RESPONSECODE`, `delay:MS` (at most 600,000), or a delay and
 * another step joined by `+`.
 *
 * @example const faults: FaultPlan = { O1: ['delay:300+silent-after', 'ok'], '*': ['http-500'] };
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
    parseFaults(names);
    plan.set(orderNo, names);
  }
  return Object.fromEntries(plan);
}

/**
 * Parses the steps of one order.
 *
 * @throws {PaymentOrderError} `invalid-input`, field `faults`
 * @example parseFaults(['delay:300+reset-after']); // [{ name: 'reset-after', delayMs: 300 }]
 */
export function parseFaults(steps: readonly string[]): Fault[] {
  if (!isListOfTexts(steps)) throw invalid('must be a list of steps');
  if (steps.length > stepsMax) throw invalid(`must have at most ${stepsMax} steps for an order`);
  return steps.map(parseFault);
}

function parseFault(step: string): Fault {
  const [, delay, name = ''] = /^(?:delay:([0-9]{1,6})(?:\+|$))?(.*)$/.exec(step) ?? [];
  const delayMs = Number(delay ?? 0);
  if (delayMs > delayMsMax) throw invalid(`must have delays of at most ${delayMsMax} ms`);
  const [, responseCode] = /^code:([A-Za-z0-9]{1,12})$/.exec(name) ?? [];
  if (responseCode !== undefined) return { name: 'code', delayMs, responseCode };
  if (isFaultName(name)) return { name, delayMs };
  if (name === '' && delay !== undefined && !step.endsWith('+')) return { name: 'ok', delayMs };
  const known = Object.keys(faultMeanings).join(', ');
  throw invalid(
    `has an unknown fault ${JSON.stringify(step)} (known: ${known}, delay:MS, code:CODE)`,
  );
}

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faultMeanings, name);
}

const invalid = (problem: string) => invalidInput('faults', problem);
