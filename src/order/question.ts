/**
 * How a doubt ends: the platform is asked how the order stands, and its answer is recorded as a fact.
 *
 * A question changes nothing at the platform. So nothing has to be recorded before it, and it may be
 * asked again: whoever dies between the question and the record has lost nothing. What must not go
 * wrong is what the answer is taken for. It speaks of the attempts that had been made when it was
 * asked, and of nothing that was recorded since. And `pending` says that an attempt did not run only
 * if the attempt could no longer take effect by then.
 */

import { fitReport } from '../../machines/payment-order.outcomes.ts';
import type { Asked } from '../../machines/payment-order.outcomes.ts';
import { inDoubt, isInFlight } from '../../machines/payment-order.facts.ts';
import type { EventData } from '../../machines/payment-order.events.ts';
import { compact } from '../compact.ts';
import { minorUnits } from '../currency.ts';
import { PaymentOrderError } from '../errors.ts';
import { retold } from '../foreign-error.ts';
import type { CancelGateway, QueryAnswer } from '../gateway/cancel-gateway.ts';
import type { EventContext, OrderHistory } from '../history/load.ts';
import { late, withinLimit } from '../runtime.ts';
import { decideReport } from './decide-report.ts';
import { gatewayActor } from './gateways.ts';
import type { NamedGateway, WhyLeftAlone } from './gateways.ts';
import { wishIn } from './retry-wish.ts';
import { requireRevision, transact } from './transact.ts';
import type { OrderDependencies } from './transact.ts';

/** A gateway of this process that can be asked. */
export type AskableGateway = NamedGateway & {
  readonly port: Required<Pick<CancelGateway, 'query'>>;
};

type Report = EventData<'StatusReported'>;

export type Question = {
  /** Who asks, and why. Without an actor it is the platform that answers. */
  readonly context: Omit<EventContext, 'source'> & { readonly source?: string | undefined };
  /** The order waits for this answer, so it is recorded even if it repeats the one before it. */
  readonly isWaitedFor: boolean;
};

export type Answered = {
  /** What was answered, whether it is recorded or not. */
  readonly answer: EventData<'StatusReported'>;
  readonly isRecorded: boolean;
  /** The order afterwards. */
  readonly order: OrderHistory;
};

/** The call of the platform that answers. */
export const queryCall = 'payment.order.query';

export function isAskable(gateway: NamedGateway | WhyLeftAlone): gateway is AskableGateway {
  return typeof gateway !== 'string' && gateway.port.query !== undefined;
}

/**
 * Requires that a gateway is configured, and that every one can be asked.
 *
 * @param field - The option that needs the answers.
 * @throws {PaymentOrderError} `gateway-not-configured` or `gateway-cannot-be-asked`
 */
export function requireAskable(
  gateways: readonly Pick<NamedGateway, 'port'>[],
  field = 'a question',
): void {
  if (gateways.length === 0) {
    const problem = 'needs a gateway; give url, appId and privateKey';
    throw notAskable('gateway-not-configured', field, problem);
  }
  if (!gateways.every(({ port }) => port.query !== undefined)) throw cannotBeAsked(field);
}

/**
 * The gateway that may be asked about an order.
 *
 * @throws {PaymentOrderError} `gateway-not-configured`, `no-gateway` or `gateway-cannot-be-asked`
 */
export async function askableOf(
  { gateways }: Pick<OrderDependencies, 'gateways'>,
  { known }: Pick<OrderHistory, 'known'>,
): Promise<AskableGateway> {
  const gateway = await gateways.require(known, 'a question');
  if (isAskable(gateway)) return gateway;
  throw cannotBeAsked('a question');
}

function cannotBeAsked(field: string): PaymentOrderError {
  return notAskable('gateway-cannot-be-asked', field, 'needs a gateway with the method query');
}

function notAskable(
  code: 'gateway-not-configured' | 'gateway-cannot-be-asked',
  field: string,
  problem: string,
): PaymentOrderError {
  const message = `${field}: ${problem}; nothing was asked or stored`;
  return new PaymentOrderError(code, message, { field, problem });
}

/** Asks once, and records the answer if it says something that is not known or is waited for. */
export async function ask(
  dependencies: OrderDependencies,
  gateway: AskableGateway,
  order: OrderHistory,
  { context, isWaitedFor }: Question,
): Promise<Answered> {
  const { orderNo } = order.known;
  const conclusiveInMs = untilConclusive(order, dependencies);
  const asked: Asked = {
    conclusive: conclusiveInMs <= 0 && !isInFlight(order.known),
    attempts: order.known.answers.length,
    headRevision: order.head.revision,
  };
  const { answer, wishMs } = await answerOf(dependencies, gateway, order, asked);
  const { policy, runtime } = dependencies;
  const { answer: decided, order: after } = await transact(dependencies, orderNo, (found) => {
    const event = { type: 'StatusReported', ...answer } as const;
    const now = requireRevision(orderNo, found, asked.headRevision);
    const random = runtime.random();
    const waiting = { isWaitedFor, conclusiveInMs, wishMs };
    const decision = decideReport(now, event, { policy, random, ...waiting });
    const { actor = gatewayActor(gateway, queryCall), source = 'query' } = context;
    return { decision, context: { ...context, actor, source } };
  });
  return { answer, isRecorded: decided.kind === 'accepted', order: after };
}

/**
 * How long attempts that were made may still take effect, ms; 0 or less where none can. What a clock
 * far ahead recorded is not waited for longer than anything else.
 */
function untilConclusive(
  { attemptTouchedAtMs }: OrderHistory,
  { runtime, conclusiveAfterMs }: OrderDependencies,
): number {
  if (attemptTouchedAtMs === null) return 0;
  const leftMs = Math.ceil(attemptTouchedAtMs + conclusiveAfterMs - runtime.now());
  return Math.min(leftMs, conclusiveAfterMs);
}

/** The answer, and how long the platform asked to be left alone. Never rejects. */
async function answerOf(
  { runtime, attemptDeadlineMs, onError }: OrderDependencies,
  gateway: AskableGateway,
  { stream, known }: OrderHistory,
  asked: Asked,
): Promise<{ readonly answer: Report; readonly wishMs: number }> {
  const { orderNo, processBillNo } = known;
  let given: unknown;
  try {
    const question = { orderNo, processBillNo };
    given = await withinLimit(runtime, attemptDeadlineMs, async () => gateway.port.query(question));
    if (given === late) given = unanswered;
  } catch (error) {
    const what = 'threw instead of returning an answer, so nothing is learned from it';
    onError(portFailed(stream, what, retold(error)));
    given = { status: 'unknown', rule: 'query-failed' } satisfies QueryAnswer;
  }
  const { report, changed } = fitReport(asked, given);
  if (changed.length > 0) {
    const what = changed.includes('status')
      ? 'returned no status that exists, so nothing is learned from it'
      : `gave evidence that no event can hold as it is (${changed.join(', ')}); the answer ` +
        'counts, with each of these fields made to fit or left out';
    onError(portFailed(stream, what));
  }
  const wishMs = wishIn(given);
  if (report.rule !== orderDiffers) return { answer: withAmount(report), wishMs };
  onError(wrongOrder(stream));
  return { answer: compact({ ...report, ...notUsed }), wishMs };
}

/** The rule of an answer about another order, whichever gateway found it. */
const orderDiffers = 'order-differs';

/** Whatever a port says of another order. */
const notUsed = {
  status: 'unknown',
  amount: undefined,
  amountCurrency: undefined,
  payChannel: undefined,
} as const;

const unanswered: QueryAnswer = { status: 'unknown', rule: 'query-unanswered' };

/** The amount as a number, where it can be read. Where the platform names no currency, it is yuan. */
function withAmount(report: Report): Report {
  const { amount, amountCurrency = 'CNY' } = report;
  if (amount === undefined) return report;
  const currency = amountCurrency.toUpperCase();
  try {
    return { ...report, amountMinor: minorUnits(amount, currency), currency };
  } catch (error) {
    if (!(error instanceof PaymentOrderError)) throw error;
    return report;
  }
}

function portFailed(stream: string, what: string, cause?: Error): PaymentOrderError {
  const message =
    `stream ${stream}: the gateway port was asked how the order stands and ${what}; correct the ` +
    'port: the type QueryAnswer says what each field may be';
  return new PaymentOrderError('gateway-failed', message, { stream, cause });
}

function wrongOrder(stream: string): PaymentOrderError {
  const message =
    `stream ${stream}: the platform was asked about this order and answered with another one; the ` +
    'answer was not used: ask the platform about the request, whose id the history holds';
  return new PaymentOrderError('wrong-order-answered', message, { stream });
}

/** True where a refusal is the newest thing that decided, and its cancel is over. */
function isJustRefused({ known }: OrderHistory): boolean {
  const isNewest = known.history.at(-1)?.type === 'CancelRefused';
  return isNewest && !known.paid && !known.closed && !inDoubt(known) && !isInFlight(known);
}

/**
 * Asks once why a cancel was refused: the order may be paid, and nobody told it. Best effort: what
 * goes wrong is reported.
 */
export async function askWhyRefused(
  dependencies: OrderDependencies,
  gateway: NamedGateway,
  order: OrderHistory,
): Promise<void> {
  if (!isAskable(gateway) || !isJustRefused(order)) return;
  const { $correlationId } = order.head.metadata;
  const context = { $correlationId, $causationId: order.head.id };
  try {
    await ask(dependencies, gateway, order, { context, isWaitedFor: false });
  } catch (error) {
    dependencies.onError(error);
  }
}
