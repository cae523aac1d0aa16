import { PaymentOrderError } from '../errors.ts';

/** What each fault does to one accepted cancel request. */
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
  'duplicate-delivery': 'executed twice; the answer is that of the second time',
  'paid-during': 'the payment arrives first: the order is paid, the cancel refused',
} as const;

export type FaultName = keyof typeof faultMeanings;

/** One step of a plan: what happens to one request, after `delayMs`. */
export type Fault = {
  readonly name: FaultName | 'code';
  readonly delayMs: number;
  /** For `code`: the responseCode that is answered, and nothing executed. */
  readonly responseCode?: string;
};

/**
 * For an order number, or `*` for every order without its own entry: what happens to its first
 * accepted request, its second, and so on; then all is `ok`. A step is a fault's name, `delay:MS`,
 * `code:RESPONSECODE`, or a delay and another joined by `+`: `delay:300+silent-after`.
 */
export type FaultPlan = Readonly<Record<string, readonly string[]>>;

const delayMsMax = 600_000;
const stepsMax = 1000;

/** Reads `O1=silent-after,ok;*=http-500`. Errors: `invalid-input`, field `faults`. */
export function parseFaultPlan(text: string): FaultPlan {
  const plan = new Map<string, readonly string[]>();
  for (const part of text.split(';')) {
    if (part.trim() === '') continue;
    const [orderNo = '', steps, ...rest] = part.split('=').map((piece) => piece.trim());
    if (orderNo === '' || steps === undefined || rest.length > 0) {
      throw invalid(`expected ORDER=step,step;… and found ${JSON.stringify(part)}`);
    }
    if (plan.has(orderNo)) throw invalid(`${orderNo} stands twice`);
    const names = steps.split(',').map((step) => step.trim());
    parseFaults(names);
    plan.set(orderNo, names);
  }
  return Object.fromEntries(plan);
}

/** Reads the steps of one order. Errors: `invalid-input`, field `faults`. */
export function parseFaults(steps: readonly string[]): Fault[] {
  if (steps.length > stepsMax) throw invalid(`more than ${stepsMax} steps`);
  return steps.map(parseFault);
}

function parseFault(step: string): Fault {
  const [, delay, name = ''] = /^(?:delay:([0-9]{1,6})(?:\+|$))?(.*)$/.exec(step) ?? [];
  const delayMs = Number(delay ?? 0);
  if (delayMs > delayMsMax) throw invalid(`a delay over ${delayMsMax} ms`);
  const [, responseCode] = /^code:([A-Za-z0-9]{1,12})$/.exec(name) ?? [];
  if (responseCode !== undefined) return { name: 'code', delayMs, responseCode };
  if (isFaultName(name)) return { name, delayMs };
  if (name === '' && delay !== undefined && !step.endsWith('+')) return { name: 'ok', delayMs };
  const known = Object.keys(faultMeanings).join(', ');
  throw invalid(`unknown fault ${JSON.stringify(step)}; known: ${known}, delay:MS, code:CODE`);
}

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faultMeanings, name);
}

function invalid(problem: string): PaymentOrderError {
  return new PaymentOrderError('invalid-input', `faults: ${problem}`, { field: 'faults' });
}
