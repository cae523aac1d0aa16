import { closingCauses } from '../../../machines/payment-order.events.ts';
import { oneOf } from '../input/arguments.ts';
import type { Context } from '../context.ts';
import { amountFrom, command } from './orders.ts';

export type FactFlags = {
  readonly factId?: string;
  readonly code?: string;
  readonly occurredAt?: string;
};

export type ClosedFlags = FactFlags & { readonly cause?: string };

export type PaidFlags = FactFlags & {
  readonly transactionNo: string;
  readonly amount?: string;
  readonly currency?: string;
};

export function paid(context: Context, orderNo: string, flags: PaidFlags): Promise<number> {
  const { amount, currency, ...fact } = flags;
  const input = {
    ...fact,
    ...amountFrom({
      ...(amount === undefined ? {} : { amount }),
      ...(currency === undefined ? {} : { currency }),
    }),
  };
  return command(context, 'change', (orders, options) =>
    orders.recordPaymentSucceeded(orderNo, { ...input, ...options }),
  );
}

export function failed(context: Context, orderNo: string, fact: FactFlags): Promise<number> {
  return command(context, 'change', (orders, options) =>
    orders.recordPaymentFailed(orderNo, { ...fact, ...options }),
  );
}

export function closed(context: Context, orderNo: string, flags: ClosedFlags): Promise<number> {
  const { cause, ...fact } = flags;
  const stated = cause === undefined ? {} : { cause: oneOf(cause, closingCauses, '--cause') };
  return command(context, 'change', (orders, options) =>
    orders.recordClosedAtGateway(orderNo, { ...fact, ...stated, ...options }),
  );
}
