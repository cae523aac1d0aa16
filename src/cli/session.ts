import { PaymentOrderError } from '../errors.ts';
import type {
  CommandOptions,
  GatewaySettings,
  PaymentOrders,
  Receipt,
  RecordedEvent,
} from '../index.ts';
import { openPaymentOrders } from '../open.ts';
import { orderNotFound } from '../order/decide.ts';
import type { Settings } from './input/settings.ts';
import { isAbsentFile } from './input/store-path.ts';
import type { Context, Purpose } from './io.ts';
import { mayCall, needsGateway, Stopped } from './io.ts';
import { reportFailures, reportFaults, warn } from './output/failure.ts';

/**
 * Opens the orders, lets `use` work, and closes them, which awaits calls in flight and their
 * records. All errors that `use` did not wait for are reported at the end. Without any, a signal that
 * came is thrown.
 */
export async function withOrders(
  context: Context,
  use: (orders: PaymentOrders, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const late: unknown[] = [];
  const orders = await open(context, (error) => late.push(error));
  // What only reads has nothing to finish, and so ends at once.
  const signal = context.purpose === 'read' ? neverAborted : stopping(context).signal;
  let lateCode: number | null = null;
  let exitCode: number;
  try {
    exitCode = await use(orders, signal).finally(() => orders.close());
  } finally {
    if (late.length > 0) lateCode = reportFailures(late, context, context.settings.storeUrl);
  }
  if (lateCode !== null) return lateCode;
  signal.throwIfAborted();
  return exitCode;
}

const neverAborted = new AbortController().signal;

/** Opens the orders; warns of weak gateway settings and of a store that ends with the command. */
export async function open(
  context: Context,
  onError: (error: unknown) => void,
): Promise<PaymentOrders> {
  const { purpose, settings, words } = context;
  const gateways = needsGateway(purpose) ? await gatewaysOf(context) : undefined;
  if (settings.store === 'memory:') warn(context, { message: words.store.forgotten });
  return openPaymentOrders({
    store: settings.storeUrl,
    index: settings.index,
    // Recovery refuses to start without a gateway, and must not leave a new file behind.
    readOnly:
      isOnlyRead(purpose, settings.storeUrl) || (purpose === 'recover' && gateways === undefined),
    gateways,
    adopt: gateways === undefined ? undefined : adoptionFrom(settings),
    attemptDeadlineMs: settings.attemptDeadlineMs,
    conclusiveAfterMs: settings.conclusiveAfterMs,
    onError,
  });
}

async function gatewaysOf(
  context: Context,
): Promise<Readonly<Record<string, GatewaySettings>> | undefined> {
  const { gatewaysFrom } = await import('./input/gateways.ts');
  const told = (message: string) => {
    warn(context, { message });
  };
  return gatewaysFrom(context.settings, told, context.purpose === 'recover' ? 'again' : 'once');
}

/** The one that is named adopts. Unasked, one of several never does, even where it is alone. */
function adoptionFrom({ adopt, gateway, gatewaysFile }: Settings): boolean | string | undefined {
  if (adopt) return gateway.name ?? true;
  return gatewaysFile !== undefined && gateway.name !== undefined ? false : undefined;
}

/** Sends one command or fact and prints its receipt; after a signal, only its outcome. */
export function send(
  context: Context,
  run: (orders: PaymentOrders, options: CommandOptions) => Promise<Receipt>,
): Promise<number> {
  const isCalling = mayCall(context.purpose);
  return withOrders(context, async (orders, signal) => {
    const { outcomeLines, printReceipt } = await import('./output/receipts.ts');
    const { commandId, actor, correlationId } = context.settings;
    // A signal does not end it: a call in flight completes first, and its outcome is reported.
    const receipt = await run(orders, { commandId, actor, correlationId });
    if (!signal.aborted) return printReceipt(context, receipt, isCalling);
    for (const line of outcomeLines(context, receipt)) context.screen.talk(line);
    throw signal.reason;
  });
}

/** From now on the first signal asks to stop: nothing new is begun, what is out is awaited. */
export function stopping({ io, purpose, screen, words }: Context): {
  readonly signal: AbortSignal;
  readonly stopped: Promise<Stopped>;
} {
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
  return withOrders(context, async (orders) => {
    await show(orders);
    return reportFaults(context, (await orders.verify(orderNo)).faults);
  });
}

function isOnlyRead(purpose: Purpose, store: string): boolean {
  if (purpose === 'create' || purpose === 'recover') return false;
  return purpose === 'read' || isAbsentFile(store);
}
