import { userInfo } from 'node:os';
import type { Actor, CommandOptions, PaymentOrders, Receipt } from '../../index.ts';
import { identifier } from '../../../machines/payment-order.events.ts';
import { oneOf, wholeNumber } from '../input/arguments.ts';
import type { Context } from '../context.ts';
import { outcomeLines, printReceipt } from '../output/receipts.ts';
import type { Purpose } from '../session.ts';
import { commandOptions, stopping, withOrders } from '../session.ts';
import { UsageError } from '../input/usage-error.ts';

export type AmountFlags = { readonly amount?: string; readonly currency?: string };
export type NoteFlags = { readonly note?: string };

export function create(
  context: Context,
  orderNo: string,
  flags: AmountFlags & { readonly processBillNo: string },
): Promise<number> {
  const { processBillNo } = flags;
  const order = { orderNo, processBillNo, ...amountFrom(flags) };
  return command(context, 'create', (orders, options) => orders.create({ ...order, ...options }));
}

export function start(context: Context, orderNo: string): Promise<number> {
  return command(context, 'change', (orders, options) => orders.startPayment(orderNo, options));
}

export function cancel(
  context: Context,
  orderNo: string,
  { reason, wait }: { readonly reason?: string; readonly wait: boolean },
): Promise<number> {
  const input = { ...(reason === undefined ? {} : { reason }), wait };
  return command(context, 'call', (orders, options) =>
    orders.cancel(orderNo, { ...input, ...options }),
  );
}

export function retry(context: Context, orderNo: string, note: NoteFlags): Promise<number> {
  const actor = operator(context);
  return command(context, 'call', (orders, options) =>
    orders.retryCancel(orderNo, { ...note, ...options, actor }),
  );
}

export function abandon(context: Context, orderNo: string, note: NoteFlags): Promise<number> {
  const actor = operator(context);
  return command(context, 'change', (orders, options) =>
    orders.abandonCancel(orderNo, { ...note, ...options, actor }),
  );
}

export function resolve(
  context: Context,
  orderNo: string,
  resolution: string,
  { evidence }: { readonly evidence: string },
): Promise<number> {
  const actor = operator(context);
  const input = {
    resolution: oneOf(resolution, ['cancelled', 'paid', 'failed', 'open'], 'RESOLUTION'),
    ...{ evidence, by: actor.id },
  };
  return command(context, 'change', (orders, options) =>
    orders.resolveCancel(orderNo, { ...input, ...options, actor }),
  );
}

export function acknowledge(
  context: Context,
  orderNo: string,
  number: string,
  note: NoteFlags,
): Promise<number> {
  const actor = operator(context);
  const input = { ...note, number: wholeNumber(number, 'number'), by: actor.id };
  return command(context, 'change', (orders, options) =>
    orders.acknowledgeAnomaly(orderNo, { ...input, ...options, actor }),
  );
}

/** Runs one command or fact and prints its receipt; after a signal, only what became of it. */
export function command(
  context: Context,
  purpose: Purpose,
  run: (orders: PaymentOrders, options: CommandOptions) => Promise<Receipt>,
): Promise<number> {
  return withOrders(context, purpose, async (orders) => {
    const { signal } = stopping(context, purpose);
    const mayCall = purpose === 'call';
    // Not ended by the signal: what is under way ends first, and then its outcome can be said.
    const receipt = await run(orders, commandOptions(context.settings));
    if (!signal.aborted) return printReceipt(context, receipt, mayCall);
    if (mayCall) for (const line of outcomeLines(context, receipt)) context.screen.talk(line);
    throw signal.reason;
  });
}

/** Both or neither is the schema's business; that they are numbers in digits is ours. */
export function amountFrom({ amount, currency }: AmountFlags): {
  readonly amountMinor?: number;
  readonly currency?: string;
} {
  return {
    ...(amount === undefined ? {} : { amountMinor: wholeNumber(amount, 'amountMinor') }),
    ...(currency === undefined ? {} : { currency }),
  };
}

/** Who steps in by hand must be known: `--actor`, else the user of the operating system. */
function operator({ settings }: Context): Actor {
  if (settings.actor !== undefined) return settings.actor;
  const id = identifier.safeParse(userName()).data;
  if (id !== undefined) return { kind: 'operator', id };
  throw new UsageError('say who decides this: give --actor ID');
}

function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number without a name.
    return undefined;
  }
}
