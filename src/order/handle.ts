import type { EventData } from '../../machines/payment-order.events.ts';
import { PaymentOrderError } from '../errors.ts';
import { runAttempt } from './attempt.ts';
import type { EventContext, OrderHistory } from '../history/load.ts';
import { decideCommand, decideFact, orderNotFound } from './decide.ts';
import { eventContextOf } from './input.ts';
import type { ParsedCommand, ParsedFact, ParsedOptions, ParsedQuestion } from './input.ts';
import { currentOrder } from './kept.ts';
import { ask, askWhyRefused, askableOf, requireAskable } from './question.ts';
import { requireSeen } from './refused.ts';
import { transact } from './transact.ts';
import type { OrderDependencies, Transacted } from './transact.ts';
import type { AskReceipt, Command, Receipt } from './types.ts';
import { receiptOf, viewOf } from './view.ts';

/** What it takes to handle a command or fact from its input to its receipt. */
export type HandlerDependencies = OrderDependencies & { readonly running: RunningWork };

/** The work that must end before the store is closed. */
export class RunningWork {
  readonly #running = new Set<Promise<unknown>>();
  #ending: Promise<void> | null = null;

  /**
   * What new work needs.
   * @throws {PaymentOrderError} `store-closed` once the work is to end.
   */
  ifOpen<Needed>(needed: Needed): Needed {
    if (this.#ending === null) return needed;
    const message = 'this PaymentOrders instance is closed; open a new one';
    throw new PaymentOrderError('store-closed', message);
  }

  /** Lets nothing new begin, stops what begins by itself, awaits the rest, and releases. */
  end(stop: () => Promise<unknown>, release: () => Promise<void>): Promise<void> {
    return (this.#ending ??= stop()
      .then(() => this.#ended())
      .then(release));
  }

  track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const forget = () => this.#running.delete(work);
    work.then(forget, forget);
    return work;
  }

  async #ended(): Promise<void> {
    // Work may begin other work: an accepted cancel begins its attempt.
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}

/**
 * Decides and records a command, makes the attempt that it began, and answers.
 *
 * @param andThen - Goes on from the receipt, as part of the same work.
 */
export async function handleCommand(
  dependencies: HandlerDependencies,
  { orderNo, command, options }: ParsedCommand,
  andThen: (receipt: Receipt) => Promise<Receipt> = (receipt) => Promise.resolve(receipt),
): Promise<Receipt> {
  const context = eventContextOf(options, 'command', dependencies);
  const { commandId, signal, wait = true, ifRevision: given } = options;
  const isNew = command.type === 'CreatePaymentOrder';
  const gateway = isNew ? dependencies.gateways.ofNewOrder(command.payload.gateway) : undefined;
  return unlessAborted(dependencies, signal, async () => {
    const isFirst = command.type === 'RequestCancel' && dependencies.askFirst;
    const ifRevision = isFirst
      ? await askBeforeCancel(dependencies, orderNo, options, context)
      : given;
    const read = await readBefore(dependencies, orderNo, command, gateway);
    const attemptsSeen = read?.known.answers.length;
    const seen = { commandId, attemptsSeen, gateway, ifRevision };
    const decide = (order: OrderHistory | null) => ({
      decision: decideCommand(order, orderNo, command, seen),
      context,
    });
    const transacted = await transact(dependencies, orderNo, decide, read);
    return andThen(await makeAttempt(dependencies, orderNo, transacted, wait));
  });
}

/** The order as a command has to be decided on first; undefined where whatever is known may serve. */
async function readBefore(
  dependencies: HandlerDependencies,
  orderNo: string,
  { type }: Command,
  gateway: EventData<'PaymentOrderCreated'>['gateway'],
): Promise<OrderHistory | null | undefined> {
  // Evidence is about the attempts that had been made when it came.
  if (type === 'ResolveCancel') return currentOrder(dependencies, orderNo);
  if (type !== 'CreatePaymentOrder') return undefined;
  // A new order is not looked for: if there is one, the append meets it. To claim an account for an
  // order that another one has created already would be wrong.
  const isNew = dependencies.kept.of(orderNo) === undefined;
  return isNew && dependencies.gateways.isClaimed(gateway) ? null : undefined;
}

/** Decides and records a fact, and answers. */
export async function handleFact(
  dependencies: HandlerDependencies,
  { orderNo, fact, options, occurredAt }: ParsedFact,
): Promise<Receipt> {
  const context = { ...eventContextOf(options, 'fact', dependencies), occurredAt };
  return unlessAborted(dependencies, options.signal, async () => {
    const { answer, order } = await transact(dependencies, orderNo, (found) => ({
      decision: decideFact(found, orderNo, fact),
      context,
    }));
    return receiptOf(answer, order);
  });
}

/**
 * Asks the platform how an order stands, records the answer, and tells it.
 *
 * @throws {PaymentOrderError} `gateway-not-configured`, `gateway-cannot-be-asked`, `no-gateway` or
 * `order-not-found`
 */
export async function handleQuestion(
  dependencies: HandlerDependencies,
  { orderNo, options }: ParsedQuestion,
): Promise<AskReceipt> {
  requireAskable(dependencies.gateways.all);
  const context = eventContextOf(options, 'query', dependencies);
  return unlessAborted(dependencies, options.signal, async () => {
    const order = await currentOrder(dependencies, orderNo);
    if (order === null) throw orderNotFound(orderNo);
    const gateway = await askableOf(dependencies, order);
    const answered = await ask(dependencies, gateway, order, { context, isWaitedFor: false });
    const kind = answered.isRecorded ? 'recorded' : 'not-recorded';
    const view = viewOf(answered.order);
    const { revision, hash } = view;
    const { position } = answered.order.head;
    return { kind, answer: answered.answer, order: view, revision, hash, position };
  });
}

/**
 * Where the platform says that the order ended, the cancel that follows is answered by that.
 *
 * @returns the revision that the cancel is decided on, where its sender named one: to have recorded
 * the answer is not to have moved on.
 */
async function askBeforeCancel(
  dependencies: HandlerDependencies,
  orderNo: string,
  { commandId, ifRevision }: ParsedOptions,
  { actor, $correlationId }: EventContext,
): Promise<number | undefined> {
  if (dependencies.gateways.isEmpty) return ifRevision;
  const order = await currentOrder(dependencies, orderNo);
  const isRepeat = commandId !== undefined && order?.deduplication.command(commandId) !== undefined;
  if (order === null || isRepeat || !order.takes({ type: 'CancelRequested' })) return ifRevision;
  requireSeen(order.stream, order.head, ifRevision);
  const gateway = await askableOf(dependencies, order);
  const { isRecorded, order: after } = await ask(dependencies, gateway, order, {
    context: { actor, $correlationId },
    isWaitedFor: false,
  });
  const isOwn = isRecorded && after.head.revision - 1 === ifRevision;
  return isOwn ? after.head.revision : ifRevision;
}

/** Makes the attempt that the append began, if it began one. */
async function makeAttempt(
  dependencies: HandlerDependencies,
  orderNo: string,
  { answer, order, ticket }: Transacted,
  wait: boolean,
): Promise<Receipt> {
  const { running, onError } = dependencies;
  if (ticket === null) return receiptOf(answer, order);
  const attempt = running.track(runAttempt(dependencies, orderNo, ticket));
  const asking = attempt.then((after) => askWhyRefused(dependencies, ticket.gateway, after));
  // What the attempt throws is thrown below.
  running.track(asking).catch(() => undefined);
  if (wait) return receiptOf(answer, await attempt);
  attempt.catch(onError);
  return receiptOf(answer, order);
}

/**
 * Begins the work unless the signal has aborted. From then on the signal ends the wait: the work
 * goes on, and its failure goes to `onError`.
 *
 * @throws The reason of the signal.
 */
async function unlessAborted<T>(
  { running, onError }: HandlerDependencies,
  signal: AbortSignal | undefined,
  begin: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const work = running.track(begin());
  if (signal === undefined) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => {
    // The caller gets the reason of its own signal, whatever its type.
    reject(signal.reason as Error);
    work.catch(onError);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
