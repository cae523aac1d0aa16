import { PaymentOrderError } from '../errors.ts';
import type { CommandOptions, PaymentOrders, Receipt, RecordedEvent } from '../index.ts';
import type { GatewaySettings } from '../open.ts';
import { openPaymentOrders } from '../open.ts';
import { orderNotFound } from '../order/decide.ts';
import { gatewayFrom } from './input/settings.ts';
import { isAbsentFile } from './input/store-path.ts';
import type { Context, Stopping } from './io.ts';
import { stopOnSignal } from './io.ts';
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
  const { settings } = context;
  const mayCall = purpose === 'call' || purpose === 'recover';
  const late: unknown[] = [];
  const gateway = mayCall ? await gatewayOf(context) : undefined;
  warnOfMemory(context);
  const orders = await openPaymentOrders({
    store: settings.storeUrl,
    // Recovery refuses to start without a gateway, and must not leave a new file behind.
    readOnly:
      isOnlyRead(purpose, settings.storeUrl) || (purpose === 'recover' && gateway === undefined),
    gateway,
    attemptDeadlineMs: settings.attemptDeadlineMs,
    onError: (error) => late.push(error),
  });
  const exitCode = await use(orders).finally(() => orders.close());
  for (const error of late) throw error;
  return exitCode;
}

/** Sends one command or fact and prints its receipt; after a signal, only its outcome. */
export function send(
  context: Context,
  purpose: Purpose,
  run: (orders: PaymentOrders, options: CommandOptions) => Promise<Receipt>,
): Promise<number> {
  return withOrders(context, purpose, async (orders) => {
    const { signal } = stopping(context, purpose);
    const mayCall = purpose === 'call';
    const { commandId, actor, correlationId } = context.settings;
    // A signal does not end it: a call in flight completes first, and its outcome is reported.
    const receipt = await run(orders, { commandId, actor, correlationId });
    if (!signal.aborted) return printReceipt(context, receipt, mayCall);
    if (mayCall) for (const line of outcomeLines(context, receipt)) context.screen.talk(line);
    throw signal.reason;
  });
}

/** The gateway of the settings; warns of weak ones. */
export function gatewayOf(context: Context): Promise<GatewaySettings | undefined> {
  return gatewayFrom(context.settings, (message) => {
    warn(context, { message });
  });
}

/** A memory store ends with the command. */
export function warnOfMemory(context: Context): void {
  const { settings, words } = context;
  if (settings.store === 'memory:') warn(context, { message: words.store.forgotten });
}

/** From now on a signal ends the waiting; a call in flight continues. */
export function stopping({ io, screen, words }: Context, purpose: Purpose): Stopping {
  return stopOnSignal(io, () => {
    if (purpose === 'call' || purpose === 'recover') screen.talk(words.callGoesOn);
  });
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

/** Verifies a history that was shown, warns of each fault, and gives the exit code. */
export async function warnOfFaults(
  context: Context,
  orders: PaymentOrders,
  orderNo: string,
): Promise<number> {
  return reportFaults(context, (await orders.verify(orderNo)).faults);
}

function isOnlyRead(purpose: Purpose, store: string): boolean {
  if (purpose === 'create' || purpose === 'recover') return false;
  return purpose === 'read' || isAbsentFile(store);
}
