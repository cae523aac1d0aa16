import { PaymentOrderError } from '../errors.ts';
import type { CommandOptions, PaymentOrders, Receipt, RecordedEvent } from '../index.ts';
import { openPaymentOrders } from '../open.ts';
import { orderNotFound } from '../order/decide.ts';
import { gatewayFrom } from './input/settings.ts';
import { isAbsentFile } from './input/store-path.ts';
import type { Context } from './io.ts';
import { Stopped } from './io.ts';
import { reportFaults, warn } from './output/failure.ts';
import { outcomeLines, printReceipt } from './output/receipts.ts';

/**
 * - `read`: never writes; an absent file reads as empty and stays absent.
 * - `change`: writes to an existing store; an absent file has no order to change and stays absent.
 * - `call`: as `change`, and may call the gateway.
 * - `create`, `recover`: make an absent file; `recover` may call the gateway.
 */
export type Purpose = 'read' | 'change' | 'call' | 'create' | 'recover';

/**
 * Opens the orders, lets `use` work, and closes them, which awaits calls in flight and their
 * records. An error that `use` did not wait for is thrown at the end.
 */
export async function withOrders(
  context: Context,
  purpose: Purpose,
  use: (orders: PaymentOrders) => Promise<number>,
): Promise<number> {
  const late: unknown[] = [];
  const orders = await open(context, purpose, (error) => late.push(error));
  const exitCode = await use(orders).finally(() => orders.close());
  for (const error of late) throw error;
  return exitCode;
}

/** Opens the orders; warns of weak gateway settings and of a store that ends with the command. */
export async function open(
  context: Context,
  purpose: Purpose,
  onError: (error: unknown) => void,
): Promise<PaymentOrders> {
  const { settings, words } = context;
  const gateway = mayCall(purpose)
    ? await gatewayFrom(settings, (message) => {
        warn(context, { message });
      })
    : undefined;
  if (settings.store === 'memory:') warn(context, { message: words.store.forgotten });
  return openPaymentOrders({
    store: settings.storeUrl,
    // Recovery refuses to start without a gateway, and must not leave a new file behind.
    readOnly:
      isOnlyRead(purpose, settings.storeUrl) || (purpose === 'recover' && gateway === undefined),
    gateway,
    attemptDeadlineMs: settings.attemptDeadlineMs,
    onError,
  });
}

/** Sends one command or fact and prints its receipt; after a signal, only its outcome. */
export function send(
  context: Context,
  purpose: Purpose,
  run: (orders: PaymentOrders, options: CommandOptions) => Promise<Receipt>,
): Promise<number> {
  return withOrders(context, purpose, async (orders) => {
    const { signal } = stopping(context, purpose);
    const { commandId, actor, correlationId } = context.settings;
    // A signal does not end it: a call in flight completes first, and its outcome is reported.
    const receipt = await run(orders, { commandId, actor, correlationId });
    if (!signal.aborted) return printReceipt(context, receipt, mayCall(purpose));
    if (mayCall(purpose))
      for (const line of outcomeLines(context, receipt)) context.screen.talk(line);
    throw signal.reason;
  });
}

/** From now on the first signal ends the waiting; a call in flight continues. */
export function stopping(
  { io, screen, words }: Context,
  purpose: Purpose,
): { readonly signal: AbortSignal; readonly stopped: Promise<Stopped> } {
  const controller = new AbortController();
  const { promise: stopped, resolve } = Promise.withResolvers<Stopped>();
  io.onSignal?.((signal) => {
    if (controller.signal.aborted) return;
    if (mayCall(purpose)) screen.talk(words.callGoesOn);
    const reason = new Stopped(signal);
    controller.abort(reason);
    resolve(reason);
  });
  return { signal: controller.signal, stopped };
}

/**
 * The events of an order that can be read.
 *
 * @throws {PaymentOrderError} `order-not-found`; or `store-corrupt` if none can be read.
 */
export async function existing(
  orders: PaymentOrders,
  orderNo: string,
): Promise<readonly RecordedEvent[]> {
  const events = await orders.recordedEvents(orderNo);
  if (events.length > 0) return events;
  const [fault] = (await orders.verify(orderNo)).faults;
  if (fault === undefined) throw orderNotFound(orderNo);
  throw new PaymentOrderError('store-corrupt', fault.message, { stream: fault.stream });
}

/** Lets `show` print what an order's history says, then warns of each fault in it. */
export function readOrder(
  context: Context,
  orderNo: string,
  show: (orders: PaymentOrders) => Promise<void>,
): Promise<number> {
  return withOrders(context, 'read', async (orders) => {
    await show(orders);
    return reportFaults(context, (await orders.verify(orderNo)).faults);
  });
}

function mayCall(purpose: Purpose): boolean {
  return purpose === 'call' || purpose === 'recover';
}

function isOnlyRead(purpose: Purpose, store: string): boolean {
  if (purpose === 'create' || purpose === 'recover') return false;
  return purpose === 'read' || isAbsentFile(store);
}
