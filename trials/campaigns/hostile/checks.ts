import type { PaymentOrders } from '../../../src/payment-orders.ts';
import type { HistoryEvent } from '../../../src/history/event.ts';
import type { Asked, Platform, Wanted } from './platform.ts';
import { requestFaults, sha256 } from './platform.ts';

const kindOf: Readonly<Record<string, string>> = {
  CancelConfirmed: 'confirmed',
  CancelRefused: 'refused',
  CancelNotExecuted: 'not-executed',
  CancelBlocked: 'blocked',
  CancelOutcomeUnknown: 'outcome-unknown',
};

/** Unknown because time ran out: always right, because a machine may be slow. */
const outOfTime = ['answer-timeout', 'body-timeout'];

/** Before the first byte: right for any attempt whose request never arrived. */
const unsent = ['no-connection-free', 'connect-timeout', 'not-sent', 'connect-failed'];

export const processBillNo = 'F20210222151600564862';
export const reason = '临时决定关单取消支付';

export type Checked = {
  readonly faults: readonly string[];
  readonly outcomes: readonly HistoryEvent[];
  /** Attempts that may or may not have run, by the history's own words. */
  readonly doubts: number;
};

/**
 * Every promise about calls that a whole life of one order can break, checked from what the
 * platform saw and what stands in the history; each fault begins with its invariant.
 */
export async function checkOrder(
  orders: PaymentOrders,
  platform: Platform,
  orderNo: string,
): Promise<Checked> {
  const events = await orders.history(orderNo);
  const order = await orders.get(orderNo);
  const { faults: broken } = await orders.verify(orderNo);
  const outcomes = events.filter(({ type }) => kindOf[type] !== undefined);
  const asked = platform.asked(orderNo);
  const wanted: Wanted = {
    params: { etc_order_no: orderNo, etc_process_bill_no: processBillNo, reason },
    host: new URL(platform.server.url).host,
  };
  const attempts = events.filter(({ type }) => entering.has(type)).length;
  const doubts = doubtsIn(outcomes);
  const faults = [
    ...broken.map(({ code, message }) => `I10 ${code} ${message}`),
    ...outcomeFaults(outcomes, asked, wanted),
    ...(asked.length > attempts ? [`I6 ${asked.length} requests for ${attempts} attempts`] : []),
    ...truthFaults(order?.stateDetail ?? 'absent', asked, outcomes),
  ];
  if (order !== null && order.cancel?.inDoubt !== doubts > 0 && !order.closed) {
    faults.push(`I6 in doubt is ${String(order.cancel?.inDoubt)} with ${doubts} doubtful attempts`);
  }
  return { faults: faults.map((fault) => `${fault} [${orderNo}]`), outcomes, doubts };
}

const entering = new Set(['CancelRequested', 'CancelRetryDue', 'CancelRetryRequested']);

/** Each request has the one outcome that its answer deserves, and no outcome is without request. */
function outcomeFaults(
  outcomes: readonly HistoryEvent[],
  asked: readonly Asked[],
  wanted: Wanted,
): readonly string[] {
  const faults: string[] = [];
  const sent = outcomes.filter(({ data }) => data['sentAt'] !== undefined);
  for (const { request, behaviour } of asked) {
    const hash = sha256(bodyTextOf(request));
    const own = sent.filter(({ data }) => data['requestSha256'] === hash);
    const [outcome] = own;
    if (outcome === undefined || own.length > 1) {
      faults.push(`I6 '${behaviour.name}' has ${own.length} recorded outcomes`);
      continue;
    }
    faults.push(...requestFaults(request, outcome, wanted));
    const { rule } = outcome.data;
    const kind = kindOf[outcome.type];
    const isSlow = kind === 'outcome-unknown' && outOfTime.includes(String(rule));
    if (!isSlow && (kind !== behaviour.kind || rule !== behaviour.rule)) {
      faults.push(`I8 '${behaviour.name}' was recorded as ${String(kind)}, ${String(rule)}`);
    }
  }
  const arrived = new Set(asked.map(({ request }) => sha256(bodyTextOf(request))));
  for (const { type, data } of sent) {
    // Written, but given up before the other side read it: the outcome can only be unknown.
    if (arrived.has(String(data['requestSha256'])) || type === 'CancelOutcomeUnknown') continue;
    faults.push(`I6 ${type}, ${String(data['rule'])}, though no request arrived`);
  }
  for (const { type, data } of outcomes) {
    if (data['sentAt'] !== undefined || unsentRules.has(String(data['rule']))) continue;
    faults.push(`I6 ${type}, ${String(data['rule'])}, without a request`);
  }
  return faults;
}

const bodyTextOf = (request: string) => request.slice(request.indexOf('\r\n\r\n') + 4);

/** All rules that an attempt without a request may have; a level that expects one names it. */
const unsentRules = new Set([
  ...unsent,
  'key-unavailable',
  'dns-failed',
  'connection-refused',
  'connection-lost-before-sending',
  'tls-handshake-failed',
  'tls-certificate-invalid',
  'tls-host-name-mismatch',
  'attempt-abandoned',
]);

/** No state may say more than the platform's own answers. */
function truthFaults(
  state: string,
  asked: readonly Asked[],
  outcomes: readonly HistoryEvent[],
): readonly string[] {
  const confirmed = asked.filter(({ behaviour }) => behaviour.kind === 'confirmed').length;
  const mayHaveRun = asked.filter(({ behaviour }) => behaviour.kind === 'outcome-unknown').length;
  const faults: string[] = [];
  if (state === 'cancelled' && confirmed === 0) faults.push('I8 cancelled without a confirmation');
  if (state === 'paying' && outcomes.length > 0 && mayHaveRun + confirmed > 0) {
    faults.push('I8 not cancelled, though an attempt may have run');
  }
  return faults;
}

function doubtsIn(outcomes: readonly HistoryEvent[]): number {
  const definite = new Set<unknown>();
  const attempts = new Set<unknown>();
  for (const { type, data } of outcomes) {
    attempts.add(data['attempt']);
    if (type !== 'CancelOutcomeUnknown') definite.add(data['attempt']);
  }
  return [...attempts].filter((attempt) => !definite.has(attempt)).length;
}
