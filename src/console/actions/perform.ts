/** Takes an action, and reads back what was recorded by it. */

import type { OrderCommandOptions, PaymentOrder, Receipt } from '../../order/types.ts';
import type { Actor, HistoryEvent } from '../../history/event.ts';
import { canonicalJson } from '../../history/canonical-json.ts';
import { instantOf } from '../../runtime.ts';
import { sha256 } from '../../text.ts';
import type { KeptReceipt, ReceiptEvent, Receipts } from '../receipts.ts';
import type { Desk } from '../types.ts';
import type { Choice } from './action.ts';
import { pathOf } from './action.ts';
import type { Filled } from './fields.ts';
import type { Steps } from './steps.ts';
import { stepsOf } from './steps.ts';

/** A source of the console's events. */
export const source = 'console';

/** What is done to which order, and by whom. */
export type Deed = {
  readonly orderNo: string;
  readonly choice: Choice;
  readonly filled: Filled;
  readonly actor: Actor;
  /** The revision that its operator saw. */
  readonly ifRevision: number;
  readonly commandId: string;
};

type WithCommand = Exclude<Steps, readonly []>;

/** Of a payment's digest, as many as tell two payments apart. */
const paymentDigits = 32;

/** Questions have no ids of their own: a repeat of one that is under way is the same one. */
const asking = new WeakMap<Receipts, Map<string, Promise<KeptReceipt>>>();

/**
 * Resolves when the outcome of a call is recorded too. The receipt is kept.
 *
 * @throws {PaymentOrderError} `revision-moved` and whatever the command throws
 */
export async function perform(desk: Desk, deed: Deed): Promise<KeptReceipt> {
  const steps = stepsOf(deed.choice, deed.filled, deed.actor);
  return steps.length === 0 ? askOnce(desk, deed) : command(desk, deed, steps);
}

async function askOnce(desk: Desk, deed: Deed): Promise<KeptReceipt> {
  const { commandId, orderNo } = deed;
  const known = desk.receipts.get(commandId);
  if (known?.about.kind === 'order' && known.about.orderNo === orderNo) return known;
  const running = asking.get(desk.receipts) ?? new Map<string, Promise<KeptReceipt>>();
  asking.set(desk.receipts, running);
  const key = `${orderNo} ${commandId}`;
  const question = running.get(key) ?? ask(desk, deed);
  running.set(key, question);
  return question.finally(() => running.delete(key));
}

async function ask(desk: Desk, deed: Deed): Promise<KeptReceipt> {
  const { orderNo, actor, commandId } = deed;
  const receipt = await desk.orders.ask(orderNo, { actor, correlationId: commandId, source });
  const answered = { answer: receipt.kind, code: null, asked: receipt.answer };
  return keep(desk, deed, receipt.order, answered);
}

async function command(
  desk: Desk,
  deed: Deed,
  [first, payment]: WithCommand,
): Promise<KeptReceipt> {
  const { orderNo, actor, ifRevision } = deed;
  const commandId = idOf(deed.commandId, payment);
  const origin = { actor, source, correlationId: deed.commandId, commandId };
  const options: OrderCommandOptions = { ...origin, ifRevision };
  const receipt = await send(desk, orderNo, first, options);
  const { kind, order } = receipt;
  const code = kind === 'rejected' ? receipt.code : null;
  const answered = { answer: kind, code };
  if (kind === 'rejected' || payment === undefined) {
    return keep(desk, deed, order, answered);
  }
  try {
    const fact = { ...payment.payload, ...origin };
    const paid = await desk.orders.recordPaymentSucceeded(orderNo, fact);
    const isRepeat = kind === 'duplicate' && paid.kind === 'duplicate';
    const answer = isRepeat ? 'duplicate' : 'accepted';
    return await keep(desk, deed, paid.order, { answer, code });
  } catch (failure) {
    const repeat = { ...deed.filled, ifRevision, commandId: deed.commandId };
    return keep(desk, deed, order, { ...answered, failure, repeat });
  }
}

/** With another payment it is another command: a repeat of the form completes what it showed alone. */
function idOf(commandId: string, payment: WithCommand[1]): string {
  if (payment === undefined) return commandId;
  return `${commandId}.${sha256(canonicalJson(payment.payload)).slice(0, paymentDigits)}`;
}

function send(
  { orders }: Desk,
  orderNo: string,
  step: WithCommand[0],
  options: OrderCommandOptions,
): Promise<Receipt> {
  switch (step.type) {
    case 'RetryCancel':
      return orders.retryCancel(orderNo, { ...step.payload, ...options });
    case 'AbandonCancel':
      return orders.abandonCancel(orderNo, { ...step.payload, ...options });
    case 'ResolveCancel':
      return orders.resolveCancel(orderNo, { ...step.payload, ...options });
    case 'RetractFact':
      return orders.retractFact(orderNo, { ...step.payload, ...options });
    case 'AcknowledgeAnomaly':
      return orders.acknowledgeAnomaly(orderNo, { ...step.payload, ...options });
  }
}

type Answered = Pick<KeptReceipt, 'answer' | 'code' | 'asked' | 'failure' | 'repeat'>;

async function keep(
  desk: Desk,
  { orderNo, choice, actor, commandId }: Deed,
  order: PaymentOrder,
  answered: Answered,
): Promise<KeptReceipt> {
  const receipt: KeptReceipt = {
    id: commandId,
    action: pathOf(choice).slice('act/'.length),
    about: { kind: 'order', orderNo },
    actor,
    at: instantOf(desk.runtime.now()),
    ...answered,
    events: await recordedBy(desk, orderNo, commandId, order.revision),
    order,
  };
  desk.receipts.keep(receipt);
  return receipt;
}

/** What has the action's id, and what followed from it, up to the receipt's head. */
async function recordedBy(
  { orders, onError }: Desk,
  orderNo: string,
  commandId: string,
  headRevision: number,
): Promise<readonly ReceiptEvent[]> {
  try {
    const events = await orders.history(orderNo);
    return events
      .filter(({ revision, metadata }) => {
        return revision <= headRevision && metadata.$correlationId === commandId;
      })
      .map(receiptEvent);
  } catch (error) {
    // It is recorded, whether it can be read back now or not.
    onError(error);
    return [];
  }
}

function receiptEvent({ revision, type, data, metadata }: HistoryEvent): ReceiptEvent {
  const { recordedAt, hash } = metadata;
  return { revision, type, recordedAt, hash, data };
}
